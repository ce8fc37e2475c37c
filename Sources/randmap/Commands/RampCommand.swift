// `randmap ramp`: a share that grows in steps, by a plan that is written beside the pool.

import ArgumentParser
import Editing
import PostfixFiles
import Routing
import System

struct RampCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "ramp",
    abstract: "Move the share of a member in steps, by a plan; without options: show the plans.",
    discussion: """
      The plan is a comment beside the pool; of a pool in a database it is in the member's row. In a pool file the agent \
      follows it at once, in a database the query that Postfix asks; everywhere else `randmap tick` moves the weights, which \
      the timer randmap-tick.timer calls every minute. With --pool, a member that the pool does not have yet is added. \
      `randmap tick` pauses the plan where the gateway defers more than --stop-at of at least 20 messages, and holds it to \
      --max; --resume goes on where it was. Formats: text, json.

      Examples:
        randmap ramp 'relay:[in4.example]' --pool relay_transport --to 25% --over 4w
        randmap ramp --format json
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var writing: WriteOptions
  @Argument(help: "A member as it is written, or a gateway: every pool that has it.") var member: String?
  @Option(help: "Only this pool.") var pool: String?
  @Option(help: ArgumentHelp("The last share, such as 25%.", valueName: "share")) var to: String?
  @Option(help: ArgumentHelp("The time that it takes, such as 4w.", valueName: "span")) var over: String?
  @Option(
    help: ArgumentHelp(
      "The first share.", discussion: "By default what the member has; 1% of one that has none.",
      valueName: "share"))
  var from: String?
  @Option(
    help: ArgumentHelp(
      "How often the share moves: minutely, hourly, daily or weekly.",
      discussion: "By default what gives at least seven steps.", valueName: "step"))
  var steps: String?
  @Option(help: ArgumentHelp("The most messages a day, such as 500/day.", valueName: "number")) var max:
    String?
  @Option(
    help: ArgumentHelp("Pause where the gateway defers more; by default 10%.", valueName: "share"))
  var stopAt: String?
  @Flag(help: "Leave the share as it is until --resume.") var pause = false
  @Option(help: ArgumentHelp("Say why it is paused.", valueName: "text")) var why: String?
  @Flag(help: "Go on where the plan was paused.") var resume = false
  @Flag(help: "Take the plan away; the weights stay.") var cancel = false

  var isForEveryPool: Bool { pool == nil }

  private enum Format: String, CaseIterable { case text, json }

  func validate() throws {
    let wishes = [to != nil, pause, resume, cancel].count { $0 }
    if wishes > 1 { throw ValidationError("need only one of --to, --pause, --resume and --cancel") }
    if wishes == 1, member == nil { throw ValidationError("need the MEMBER whose share is meant") }
    if (to != nil) != (over != nil) {
      throw ValidationError("--to and --over: need both, such as --to 25% --over 4w")
    }
    if to == nil, [from, steps, max, stopAt].contains(where: { $0 != nil }) {
      throw ValidationError("--from, --steps, --max and --stop-at are of a new plan: need --to and --over")
    }
    if why != nil, !pause { throw ValidationError("--why: need --pause with it") }
    if let why, why.utf8.count > Drain.longestReason {
      throw ValidationError("--why: need at most \(Drain.longestReason) bytes")
    }
    for (option, text) in [("--to", to), ("--from", from), ("--stop-at", stopAt)] {
      if let text, Ramp.share(text) == nil {
        throw ValidationError(
          "\(option) \(printable(text)): need a share above 0% and below 100%, such as 25%")
      }
    }
    if let over, !(1...Ramp.longest).contains(WrittenTime.span(over) ?? 0) {
      throw ValidationError(
        "--over \(printable(over)): need a span of time such as 3d or 4w, of at most ten years")
    }
    if let max, Ramp.perDay(max) == nil {
      throw ValidationError("--max \(printable(max)): need a number of messages a day, such as 500/day")
    }
    if let steps, Ramp.Step(rawValue: steps) == nil {
      throw ValidationError("--steps \(printable(steps)): need one of minutely, hourly, daily, weekly")
    }
  }

  func run() throws {
    if to == nil, !pause, !resume, !cancel { return try show() }
    try edit()
  }

  private func show() throws {
    let format = try common.format(or: Format.text)
    let place = try Workplace(common, command: "ramp")
    defer { place.close() }
    let isIncomplete = place.sayUnreadableFiles()
    let report = RampReport(plans: try plans(place.config), now: place.config.environment.clock())
    switch format {
    case .text: for line in report.text { Output.standard.line(line) }
    case .json: Output.standard.write(try JSON.text(report.object))
    }
    if isIncomplete { throw ExitCode(ExitStatus.findings.rawValue) }
  }

  /// The plans that the call means.
  private func plans(_ config: MailConfig) throws -> [RampPlan] {
    guard let member else {
      guard let pool else { return config.ramps() }
      let id = config.pool(pool)?.id
      return config.ramps().filter { $0.pool == id }
    }
    let meant = try memberships(of: member, in: config)
    return config.ramps().filter { plan in meant.contains { $0.pool == plan.pool && $0.member == plan.member }
    }
  }

  private func memberships(
    of member: String, in config: MailConfig
  ) throws -> [(pool: String, member: String, drain: Drain?)] {
    try refusing { () throws(EditRefusal) in try config.memberships(of: member, in: pool, drained: nil) }
  }

  func edits(_ config: MailConfig) throws -> [Edit] {
    let now = config.environment.clock()
    if to != nil { return try planning(config, at: now) }
    let plans = try plans(config)
    guard !plans.isEmpty else {
      throw Failure(.wrongCall, "\"\(printable(member ?? ""))\" has no plan: see `randmap ramp`")
    }
    return plans.compactMap { plan in
      if cancel { return .endRamp(pool: plan.pool, member: plan.member) }
      var ramp = plan.ramp
      if resume {
        guard ramp.pause != nil else { return nil }
        ramp = ramp.resumed(at: now)
      } else {
        // What it was paused for first counts.
        ramp.pause = Ramp.Pause(since: ramp.pause?.since ?? now, why: why ?? ramp.pause?.why)
      }
      return .ramp(pool: plan.pool, member: plan.member, ramp)
    }
  }

  private func planning(_ config: MailConfig, at now: Int) throws -> [Edit] {
    let member = member ?? ""
    let last = to.flatMap(Ramp.share) ?? 0
    let seconds = over.flatMap { WrittenTime.span($0) } ?? 1
    func ramp(from share: Double) throws -> Ramp {
      let first = from.flatMap(Ramp.share) ?? share
      guard abs(first - last) > 0.00005 else {
        throw Failure(
          .wrongCall, "it has \(Ramp.percent(first)) already: need another share for --to, or --from")
      }
      return Ramp(
        from: first, to: last, start: now, over: seconds,
        step: steps.flatMap(Ramp.Step.init) ?? .usual(for: seconds), most: max.flatMap(Ramp.perDay),
        stopAt: stopAt.flatMap(Ramp.share) ?? Ramp.usualStopAt)
    }
    if let pool, let wanted = config.pool(pool), wanted.members(matching: member, in: config).isEmpty {
      if wanted.notation == .single {
        throw Failure(
          .findings, EditRefusal.onlyOneDestination(wanted.id, destination: wanted.text.text.text).message)
      }
      return [
        .add(pool: wanted.id, member: member, weight: 1),
        .ramp(pool: wanted.id, member: member, try ramp(from: 0.01)),
      ]
    }
    return try memberships(of: member, in: config).flatMap { found -> [Edit] in
      let isDrained = found.drain != nil
      guard let pool = config.pool(found.pool),
        let current = pool.members.first(where: { $0.result == found.member && $0.isDrained == isDrained })
      else { return [] }
      let plan = try ramp(from: isDrained ? 0.01 : (pool.share(current) * 10_000).rounded() / 10_000)
      return (isDrained ? [.restore(pool: found.pool, member: found.member)] : [])
        + [.ramp(pool: found.pool, member: found.member, plan)]
    }
  }

  func details(_ edited: MailConfig) -> [String] {
    guard !cancel, let plans = try? plans(edited) else { return [] }
    let report = RampReport(plans: plans, now: edited.environment.clock())
    return plans.isEmpty ? [] : report.text
  }

  func remarks(_ edited: MailConfig, in place: Workplace) -> [String] {
    guard to != nil || resume, let plans = try? plans(edited) else { return [] }
    let pools = edited.pools().filter { pool in plans.contains { $0.pool == pool.id } }
    return [
      place.whyNothingWill("move its share", pools), place.whyNothingCounts(pools, isBound: max != nil),
    ].compactMap(\.self)
  }
}
