// The edits of a pool, as commands: set, add, remove, drain, restore.

import ArgumentParser
import Editing
import PostfixFiles
import Routing

private let poolHelp: ArgumentHelp = "The pool, as `randmap pools` names it."
private let memberHelp: ArgumentHelp = "The member as it is written, or any spelling of its gateway."
private let everywhereHelp: ArgumentHelp = "A member as it is written, or a gateway: every pool that has it."

struct SetCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Set the weight or the share of a pool's member.",
    discussion: """
      A percentage becomes the smallest weights within the tolerance, the others keeping their ratios; the total \
      weight is at most 100.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var writing: WriteOptions
  @Option(help: ArgumentHelp("How far from a percentage the share may be.", valueName: "percent"))
  var tolerance = 0.5
  @Argument(help: poolHelp) var pool: String
  @Argument(help: memberHelp) var member: String
  @Argument(help: "A weight such as 2, or a share such as 33%.") var weight: String

  func edits(_ config: MailConfig) throws -> [Edit] {
    if weight.hasSuffix("%"), let share = Double(weight.dropLast()) {
      return [.setShare(pool: pool, member: member, share: share / 100, tolerance: tolerance / 100)]
    }
    guard let number = Int(weight) else {
      throw Failure(.wrongCall, "\"\(printable(weight))\": need a weight such as 2, or a share such as 33%")
    }
    return [.setWeight(pool: pool, member: member, weight: number)]
  }
}

struct AddCommand: EditCommand {
  static let configuration = CommandConfiguration(commandName: "add", abstract: "Add a member to a pool.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var writing: WriteOptions
  @Argument(help: poolHelp) var pool: String
  @Argument(help: "The new member, such as smtp:[gw.example].") var member: String
  @Argument(help: "How often it is listed.") var weight = 1

  func edits(_ config: MailConfig) throws -> [Edit] { [.add(pool: pool, member: member, weight: weight)] }
}

struct RemoveCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a member from a pool; drain keeps it as a comment.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var writing: WriteOptions
  @Argument(help: poolHelp) var pool: String
  @Argument(help: memberHelp) var member: String

  func edits(_ config: MailConfig) throws -> [Edit] { [.remove(pool: pool, member: member)] }
}

struct DrainCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain", abstract: "Take a member out of its pools, kept in its place as a comment.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var writing: WriteOptions
  @Argument(help: everywhereHelp) var member: String
  @Option(help: "Only this pool.") var pool: String?

  func edits(_ config: MailConfig) throws -> [Edit] {
    try config.memberships(of: member, in: pool, drained: false).map {
      .drain(pool: $0.pool, member: $0.member)
    }
  }
}

struct RestoreCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Put a drained member back.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var writing: WriteOptions
  @Argument(help: everywhereHelp) var member: String
  @Option(help: "Only this pool.") var pool: String?

  func edits(_ config: MailConfig) throws -> [Edit] {
    try config.memberships(of: member, in: pool, drained: true).map {
      .restore(pool: $0.pool, member: $0.member)
    }
  }
}

extension MailConfig {
  /// The pools and members that a name means, drained ones or those that get mail.
  fileprivate func memberships(
    of name: String, in pool: String?, drained: Bool
  ) throws -> [(pool: String, member: String)] {
    var pools = pools().filter { $0.notation != .single }
    if let pool {
      guard let wanted = self.pool(pool) else {
        throw Failure(.wrongCall, EditRefusal.unknownPool(pool, known: pools.map(\.id)).message)
      }
      pools = [wanted]
    }
    let found = pools.eachTextOnce.flatMap { pool in
      pool.members(matching: name, in: self).filter { $0.isDrained == drained }.map { (pool.id, $0.result) }
    }
    guard found.isEmpty else { return found }
    throw Failure(.wrongCall, "no pool has \(drained ? "a drained" : "a") member \"\(printable(name))\"")
  }
}
