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
  /// Only what changes one of these files alone is done; nil: all.
  private let files: Set<String>?
  /// Looked at once: which directory is this machine's own takes the reading of its settings.
  private let place: OwnPlace

  init(_ config: MailConfig, _ judge: RampJudge, in files: Set<String>? = nil) {
    before = config
    place = OwnPlace(config.directory)
    self.files = files
    self.config = config
    let now = config.environment.clock()
    let (returned, atOnce, barred, rest) = config.returning(config.endedDrains(at: now), mayChange: mayChange)
    self.config = returned
    done = atOnce.map(\.summary)
    for (end, file) in barred { refuse(Self.staysDrained(end), file) }
    for end in rest {
      attempt(end.summary, Self.staysDrained(end)) { config throws(EditError) in try config.returning(end) }
    }
    let plans = self.config.ramps().compactMap { Self.due($0, judge, at: now) }
    let (moved, followed) = self.config.following(
      plans.map { ($0.plan, $0.ramp) }, mayChange: mayChange)
    self.config = moved
    for (due, followed) in zip(plans, followed) {
      let failure = "the ramp of \(due.plan.member) of \(due.plan.pool) does not move"
      switch followed {
      case .same: continue
      case .done: done.append(printable(due.words))
      case .barred(let file): refuse(failure, file)
      case .refused(let error): problems.append(printable("\(failure): \(error.message)"))
      case .left:
        attempt(due.words, failure) { config throws(EditError) in
          try config.following(due.plan, as: due.ramp)
        }
      }
    }
    if !done.isEmpty, let path = before.filesBeingWritten(before: self.config).first {
      self.config = before
      done = []
      problems.append("\(EditGuard.beingWritten(path: path).message). What is due waits for the next call")
    }
  }

  private static func staysDrained(_ end: DrainEnd) -> String { "\(end.member) of \(end.pool) stays drained" }

  private func mayChange(_ path: String) -> Bool { place.has(path) && files?.contains(path) != false }

  var set: ChangeSet { config.changeSet(summary: "tick: \(done.joined(separator: "; "))") }

  /// A plan as it is to be followed, with words for it; nil where it waits.
  private static func due(
    _ plan: RampPlan, _ judge: RampJudge, at now: Int
  ) -> (plan: RampPlan, ramp: Ramp, words: String)? {
    // A person has to say that it goes on.
    if plan.ramp.pause != nil { return nil }
    let ramp = judge.judged(plan, at: now)
    if !plan.isActive, ramp == plan.ramp { return nil }
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
    return (plan, ramp, words)
  }

  /// What is not done as it needs a file that may not be changed. Of one that has its turn in another write there is nothing to say.
  private mutating func refuse(_ failure: String, _ path: String) {
    if place.has(path) { return }
    problems.append(
      "\(printable(failure)): \(printable(path)) is outside \(printable(config.directory)), which no Postfix of this machine uses"
    )
  }

  /// Keeps what `change` makes where it makes a difference.
  private mutating func attempt(
    _ success: String, _ failure: String, _ change: (MailConfig) throws(EditError) -> MailConfig
  ) {
    do throws(EditError) {
      let changed = try change(config)
      // A plan may leave all as it is: then nothing was done.
      let paths = changed.editedDocuments.filter { $0.bytes != config.document($0.path)?.bytes }.map(\.path)
      if let path = paths.first(where: { !place.has($0) }) { return refuse(failure, path) }
      if paths.isEmpty || paths.contains(where: { !mayChange($0) }) { return }
      config = changed
      done.append(printable(success))
    } catch {
      problems.append(printable("\(failure): \(error.message)"))
    }
  }
}
