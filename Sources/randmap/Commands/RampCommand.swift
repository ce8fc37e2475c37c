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

  private var wish: RampWish {
    var wish = RampWish()
    (wish.to, wish.over, wish.from, wish.steps) = (to, over, from, steps)
    (wish.max, wish.stopAt, wish.why) = (max, stopAt, why)
    (wish.pause, wish.resume, wish.cancel) = (pause, resume, cancel)
    return wish
  }

  func validate() throws {
    if let problem = wish.problem { throw ValidationError(problem) }
    if wish.isEdit, member == nil { throw ValidationError("need the MEMBER whose share is meant") }
  }

  func run() throws {
    if !wish.isEdit { return try show() }
    try edit()
  }

  private func show() throws {
    let format = try common.format(or: Format.text)
    let place = try Workplace(common, command: "ramp")
    defer { place.close() }
    let isIncomplete = place.sayUnreadableFiles()
    let now = place.config.environment.clock()
    let observed = ObservedRamps(try plans(place.config), in: place, common, now: now)
    let report = RampReport(plans: observed.plans, now: now, observed: observed.share)
    switch format {
    case .text: for line in report.text { Output.standard.advice(line) }
    case .json: Output.standard.write(try JSON.text(report.object))
    }
    if isIncomplete { throw ExitCode(ExitStatus.findings.rawValue) }
  }

  /// The plans that the call means.
  private func plans(_ config: MailConfig) throws -> [RampPlan] {
    try refusing { () throws(EditError) in try wish.plans(of: member, in: pool, config) }
  }

  func edits(_ config: MailConfig) throws -> [Edit] {
    try refusing { () throws(EditError) in try wish.edits(of: member ?? "", in: pool, config) }
  }

  func details(_ edited: MailConfig) -> [String] {
    guard !cancel, let plans = try? plans(edited) else { return [] }
    let report = RampReport(plans: plans, now: edited.environment.clock())
    return plans.isEmpty ? [] : report.textOfEdit
  }
}

/// What members with plans really got, from the mail log.
private struct ObservedRamps {
  let plans: [RampPlan]
  private var shares: [RampPlan: RampReport.Observed] = [:]

  /// Each plan needs a look at the log from the beginning of its step: of more, it would take too long.
  private static let most = 5

  init(_ plans: [RampPlan], in place: Workplace, _ common: CommonOptions, now: Int) {
    self.plans = plans
    guard plans.count <= Self.most, !place.isDemo, place.config.hasRunningPostfix else { return }
    for plan in plans where plan.isActive {
      let begin = plan.ramp.time(of: plan.ramp.position(at: now))
      let since = max(begin, plan.ramp.resumed ?? plan.ramp.start)
      guard since < now, let report = RampJudge.reportOfDeliveries(common, since: since, now: now),
        let pool = report.pools.first(where: { $0.id == plan.pool }), let messages = pool.messages,
        messages > 0,
        let share = pool.members.first(where: { $0.result == plan.member })?.observed
      else { continue }
      shares[plan] = RampReport.Observed(share: share, messages: messages)
    }
  }

  func share(_ plan: RampPlan) -> RampReport.Observed? { shares[plan] }
}
