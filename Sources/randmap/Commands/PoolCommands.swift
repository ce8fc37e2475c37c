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
      A percentage becomes the smallest weights within the tolerance, the others keeping their ratios. The total \
      weight is at most 100; a tolerance below 0.5 percentage points may need more, up to 1000.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var writing: WriteOptions
  @Option(help: ArgumentHelp("How far from a percentage the share may be.", valueName: "points"))
  var tolerance = usualTolerance * 100
  @Flag(help: "Divide all weights of the pool by their common divisor.") var reduce = false
  @Argument(help: poolHelp) var pool: String
  @Argument(help: memberHelp) var member: String
  @Argument(help: "A weight such as 2, or a share such as 33%.") var weight: String

  /// The share that was asked for, as a fraction of 1.
  private var share: Double? {
    weight.hasSuffix("%") ? Double(weight.dropLast()).map { $0 / 100 } : nil
  }

  func validate() throws {
    guard tolerance >= 0 else { throw ValidationError("--tolerance: need percentage points, such as 0.1") }
  }

  func edits(_ config: MailConfig) throws -> [Edit] {
    let reduction = reduce ? [Edit.reduce(pool: pool)] : []
    if let share {
      return [.setShare(pool: pool, member: member, share: share, tolerance: tolerance / 100)] + reduction
    }
    guard let number = Int(weight) else {
      throw Failure(.wrongCall, "\"\(printable(weight))\": need a weight such as 2, or a share such as 33%")
    }
    return [.setWeight(pool: pool, member: member, weight: number)] + reduction
  }

  /// What a percentage came to: `33% -> 1:2 = 33.3%, 0.3 points off`.
  func remarks(_ edited: MailConfig) -> [String] {
    guard let share, let pool = edited.pool(pool),
      let chosen = pool.members(matching: member, in: edited).first
    else { return [] }
    let active = pool.members.filter { !$0.isDrained }
    let weights = active.map { "\($0.weight)" }.joined(separator: ":")
    let error = abs(pool.share(chosen) - share) * 100
    let words = "\(printable(weight)) -> \(weights) = \(percent(pool.share(chosen)))"
    return ["\(words), \(error < 0.005 ? "exactly" : "\(points(error)) points off")"]
  }

  /// With one digit, or two where one would say nothing.
  private func points(_ error: Double) -> Double {
    error < 0.05 ? (error * 100).rounded() / 100 : (error * 10).rounded() / 10
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

  var isForEveryPool: Bool { pool == nil }

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

  var isForEveryPool: Bool { pool == nil }

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
