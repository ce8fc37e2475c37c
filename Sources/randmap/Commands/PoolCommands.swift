// The edits of a pool, as commands: set, add, remove, drain, restore.

import ArgumentParser
import Editing
import PostfixFiles
import Routing
import System

private let poolHelp: ArgumentHelp =
  "The pool, as `randmap pools` names it, or its mail, such as from:customer.example."
private let memberHelp: ArgumentHelp = "The member as it is written, or any spelling of its gateway."
private let everywhereHelp: ArgumentHelp = "A member as it is written, or a gateway: every pool that has it."

struct SetCommand: EditCommand, CommandWithReason {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Set the weight or the share of a pool's member.",
    discussion: """
      A percentage becomes the smallest weights within the tolerance, the others keeping their ratios. The tolerance is \
      0.5 percentage points, or a tenth of the percentage where that is less. The total weight is at most 100 \
      where that is enough, and at most 1000. Where POOL is one destination, it \
      becomes a pool with MEMBER in it.

      Examples:
        randmap set relayhost '[gw2.example]:587' 30%
        randmap set relay_transport '[in1.example]' 2 --write --reload
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var writing: WriteOptions
  @OptionGroup var history: HistoryOptions
  @Option(help: ArgumentHelp("How far from a percentage the share may be.", valueName: "points"))
  var tolerance: Double?
  @Flag(help: "Divide all weights of the pool by their common divisor.") var reduce = false
  @Argument(help: poolHelp) var pool: String
  @Argument(help: memberHelp) var member: String
  @Argument(help: "A weight such as 2, or a share such as 33%.") var weight: String

  func validate() throws {
    guard tolerance ?? 0 >= 0 else {
      throw ValidationError("--tolerance: need percentage points, such as 0.1")
    }
  }

  func edits(_ config: MailConfig) throws -> [Edit] {
    let asked = try AskedWeight(weight)
    return [asked.edit(pool: pool, member: member, tolerance: tolerance)]
      + (reduce ? [.reduce(pool: pool)] : [])
  }

  func remarks(_ edited: MailConfig, in place: Workplace) -> [String] {
    (try? AskedWeight(weight))?.remarks(pool: pool, member: member, in: edited) ?? []
  }
}

struct AddCommand: EditCommand, CommandWithReason {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a member to a pool; one destination becomes a pool of two.",
    discussion: """
      Examples:
        randmap add relayhost '[gw2.example]:587'
        randmap add relay_transport 'relay:[in4.example]' 10% --probe --write
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var writing: WriteOptions
  @OptionGroup var history: HistoryOptions
  @Argument(help: poolHelp) var pool: String
  @Argument(help: "The new member, such as smtp:[gw.example]; its weight may follow: smtp:[gw.example]=2.")
  var member: String
  @Argument(help: "A weight such as 2, or a share such as 33%; 1 where nothing is said.") var weight: String?

  /// The weight comes after the member, as with `randmap pool`, or in a word of its own.
  private func asked() throws -> (member: String, weight: AskedWeight) {
    guard let match = member.wholeMatch(of: /(.+)=(\d+(?:\.\d+)?%?)/) else {
      return (member, try AskedWeight(weight ?? "1"))
    }
    guard weight == nil else {
      throw CommandError(.wrongCall, "\(printable(member)) has its weight already; need it once")
    }
    return (String(match.output.1), try AskedWeight(String(match.output.2)))
  }

  func edits(_ config: MailConfig) throws -> [Edit] {
    let (member, weight) = try asked()
    return switch weight {
    case .number(let number): [.add(pool: pool, member: member, weight: number)]
    case .share:
      [.add(pool: pool, member: member, weight: 1), weight.edit(pool: pool, member: member, tolerance: nil)]
    }
  }

  func remarks(_ edited: MailConfig, in place: Workplace) -> [String] {
    (try? asked()).map { $0.weight.remarks(pool: pool, member: $0.member, in: edited) } ?? []
  }
}

/// A weight of the call: a number, or a percentage.
enum AskedWeight {
  case number(Int)
  /// A fraction of 1, and the text of it.
  case share(Double, written: String)

  init(_ text: String) throws {
    if text.hasSuffix("%"), let points = plainNumber(text.dropLast()) {
      self = .share(points / 100, written: text)
    } else if let number = Int(text) {
      self = .number(number)
    } else {
      throw CommandError(
        .wrongCall, "\"\(printable(text))\": need a weight such as 2, or a share such as 33%")
    }
  }

  /// - Parameter tolerance: in percentage points; nil: the smaller of half a point and a tenth of the percentage.
  func edit(pool: String, member: String, tolerance: Double?) -> Edit {
    switch self {
    case .number(let number): .setWeight(pool: pool, member: member, weight: number)
    case .share(let share, _):
      .setShare(
        pool: pool, member: member, share: share,
        tolerance: tolerance.map { $0 / 100 } ?? WeightChoice.tolerance(of: share))
    }
  }

  /// What a percentage came to, and what will change it again.
  func remarks(pool: String, member: String, in edited: MailConfig) -> [String] {
    shareRemarks(pool: pool, member: member, in: edited)
      + planRemarks(pool: pool, member: member, in: edited)
  }

  private func planRemarks(pool: String, member: String, in edited: MailConfig) -> [String] {
    let members = (try? edited.poolsNamed(pool, for: member).first)?.members ?? []
    return members.filter { $0.ramp != nil && !$0.isDrained }.map { member in
      let name = printable(member.result)
      return
        "a plan moves the share of \(name), and its next step changes the shares again; to stop it: randmap ramp '\(name)' --pause --write"
    }
  }

  /// `asked for 33%, got 33.3% (1:2), 0.3 points off`.
  private func shareRemarks(pool: String, member: String, in edited: MailConfig) -> [String] {
    guard case .share(let share, let written) = self,
      let pool = try? edited.poolsNamed(pool, for: member).first,
      let chosen = pool.members(matching: member, in: edited).first
    else { return [] }
    let active = pool.members.filter { !$0.isDrained }
    let weights =
      active.count > 12 ? "of \(pool.totalWeight)" : active.map { "\($0.weight)" }.joined(separator: ":")
    let error = abs(pool.share(chosen) - share) * 100
    let words =
      "asked for \(printable(written)), got \(percent(pool.share(chosen), apartFrom: share)) (\(weights))"
    if error < 1e-9 { return ["\(words), exactly"] }
    let exact =
      pool.exactTotal(giving: share, to: chosen).map { total in
        "; a total of \(total) would be exact"
          + (total > largestTotal ? ", and a list has at most \(largestTotal)" : "")
      } ?? ""
    if error < 0.005 { return ["\(words), less than 0.01 points off\(exact)"] }
    return ["\(words), \(points(error)) points off\(exact)"]
  }

  /// With one digit, or two where one would say nothing.
  private func points(_ error: Double) -> Double {
    error < 0.05 ? (error * 100).rounded() / 100 : (error * 10).rounded() / 10
  }
}

struct RemoveCommand: EditCommand, CommandWithReason {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a member from a pool; drain keeps it as a comment.",
    discussion: """
      Examples:
        randmap remove relay_transport '[in2.example]'
        randmap remove relay_transport '[in3.example]' --write --reload
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var writing: WriteOptions
  @OptionGroup var history: HistoryOptions
  @Argument(help: poolHelp) var pool: String
  @Argument(help: memberHelp) var member: String

  func edits(_ config: MailConfig) throws -> [Edit] { [.remove(pool: pool, member: member)] }
}

struct DrainCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain", abstract: "Take a member out of its pools, kept in its place as a comment.",
    discussion: """
      With --until or --for the drain ends by itself: in a pool file the agent has the member again at once, everywhere \
      else `randmap tick` restores it, which the timer randmap-tick.timer calls every minute. A member that is drained \
      already gets another end and another reason. A TIME is 18:00, tomorrow 8:00, a span such as 2h, or \
      2026-11-28T18:00Z.

      Examples:
        randmap drain '[in2.example]' --until 'tomorrow 8:00' --why 'new disk'
        randmap drain '[in2.example]' --for 2h --pool relay_transport --write
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var writing: WriteOptions
  @Argument(help: everywhereHelp) var member: String
  @Option(help: "Only this pool.") var pool: String?
  @Option(help: ArgumentHelp("End the drain at this time.", valueName: "time")) var until: String?
  @Option(name: .customLong("for"), help: ArgumentHelp("End the drain after this time.", valueName: "span"))
  var span: String?
  @Option(help: ArgumentHelp("Say why; shown wherever the member is.", valueName: "text")) var why: String?

  var isForEveryPool: Bool { pool == nil }

  private var wish: DrainWish { DrainWish(until: until, span: span, why: why) }

  func validate() throws {
    if let problem = wish.problem { throw ValidationError(problem) }
  }

  func edits(_ config: MailConfig) throws -> [Edit] {
    try refusing { () throws(EditError) in try wish.edits(of: member, in: pool, config) }
  }
}

struct RestoreCommand: EditCommand, CommandWithReason {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Put a drained member back.",
    discussion: """
      Examples:
        randmap restore '[in9.example]'
        randmap restore '[in9.example]' --pool relay_transport --write --reload
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var writing: WriteOptions
  @OptionGroup var history: HistoryOptions
  @Argument(help: everywhereHelp) var member: String
  @Option(help: "Only this pool.") var pool: String?

  var isForEveryPool: Bool { pool == nil }

  func edits(_ config: MailConfig) throws -> [Edit] {
    // What the agent has again is still to be written, and this writes it.
    let ended = config.endedDrains(at: config.environment.clock())
    let found = try refusing { () throws(EditError) in
      try config.memberships(of: member, in: pool, drained: true, orOneOf: ended)
    }
    return found.map { .restore(pool: $0.pool, member: $0.member) }
  }
}
