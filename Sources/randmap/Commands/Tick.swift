// What is due by the clock in a configuration, and what comes of it: a value, so that it can be worked out again under the
// lock.

import Changes
import Editing
import PostfixFiles
import Routing
import System

struct Tick {
  let before: MailConfig
  private(set) var config: MailConfig
  /// What was done, in words; safe to show.
  private(set) var done: [String] = []
  /// What is due and cannot be done; the rest is done all the same.
  private(set) var problems: [String] = []
  /// Only what changes this file alone is done; nil: all.
  private let file: String?

  init(_ config: MailConfig, _ judge: RampJudge, in file: String? = nil) {
    before = config
    self.file = file
    self.config = config
    let now = config.environment.clock()
    for end in config.endedDrains(at: now) {
      attempt(end.summary, "\(end.member) of \(end.pool) stays drained") { config throws(EditRefusal) in
        try config.returning(end)
      }
    }
    for plan in self.config.ramps() { follow(plan, judge, at: now) }
  }

  var set: ChangeSet { config.changeSet(summary: "tick: \(done.joined(separator: "; "))") }

  private mutating func follow(_ plan: RampPlan, _ judge: RampJudge, at now: Int) {
    // A person has to say that it goes on.
    if plan.ramp.pause != nil { return }
    let ramp = judge.judged(plan, at: now)
    if !plan.isActive, ramp == plan.ramp { return }
    let name = "\(plan.member) of \(plan.pool)"
    let words: String
    if let pause = ramp.pause {
      words = "the ramp of \(name) is paused at \(percent(ramp.share(at: now))): \(pause.why ?? "")"
    } else if ramp.isOver(at: now) {
      words = "the ramp of \(name) is over: \(percent(ramp.share(at: now)))"
    } else {
      let bound = ramp.cap == nil ? "" : ", held back by \(ramp.most ?? 0) messages a day"
      words =
        "\(name) gets \(percent(ramp.share(at: now))) now, step \(ramp.position(at: now)) of \(ramp.stepCount)"
        + " to \(Ramp.percent(ramp.to))\(bound)"
    }
    attempt(words, "the ramp of \(name) does not move") { config throws(EditRefusal) in
      try config.following(plan, as: ramp)
    }
  }

  /// Keeps what `change` makes where it makes a difference.
  private mutating func attempt(
    _ success: String, _ failure: String, _ change: (MailConfig) throws(EditRefusal) -> MailConfig
  ) {
    do throws(EditRefusal) {
      var changed = try change(config)
      if let path = changed.leaveFilesOfOthers(as: config).first {
        let directory = printable(config.directory)
        problems.append(
          "\(printable(failure)): \(printable(path)) is outside \(directory), which no Postfix of this machine uses"
        )
        return
      }
      let before = config.changeSet(summary: "").changes
      let after = changed.changeSet(summary: "").changes
      if after == before || file != nil && after.contains(where: { $0.path != file }) { return }
      config = changed
      done.append(printable(success))
    } catch {
      problems.append(printable("\(failure): \(error.message)"))
    }
  }
}
