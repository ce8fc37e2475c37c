// What a person asks for when they drain a member: until when, and why. The command and the line of the console read it here.

import PostfixFiles
import Routing

package struct DrainWish: Hashable, Sendable {
  package var until: String?
  package var span: String?
  package var why: String?

  package init(until: String? = nil, span: String? = nil, why: String? = nil) {
    self.until = until
    self.span = span
    self.why = why
  }

  /// What is wrong with the words themselves; nil where nothing is.
  package var problem: String? {
    if until != nil, span != nil { return "--until and --for: need one of the two" }
    if let span, WrittenTime.span(span) == nil {
      return "--for \(printable(span)): need a span of time such as 30m, 2h or 3d"
    }
    if let why, why.utf8.count > Drain.longestReason {
      return "--why: need at most \(Drain.longestReason) bytes"
    }
    return nil
  }

  /// The edits that drain a member, in one pool or in all that have it. One that is drained already keeps what is
  /// not said anew: its end, or its reason.
  package func edits(
    of member: String, in pool: String?, _ config: MailConfig
  ) throws(EditError) -> [Edit] {
    if let problem { throw .badCall(problem) }
    let now = config.environment.clock()
    let drain = try drain(now: now)
    let state: Bool? = drain == Drain() ? false : nil
    return try config.memberships(of: member, in: pool, drained: state).compactMap {
      // One that is past ends nothing any more: `tick` would restore the member.
      let old = $0.drain?.until.flatMap { $0 > now ? $0 : nil }
      let wanted = Drain(until: drain.until ?? old, why: why == nil ? $0.drain?.why : drain.why)
      return $0.drain == wanted ? nil : .drain(pool: $0.pool, member: $0.member, wanted)
    }
  }

  /// The same for a member that has no drain yet.
  package func drain(in config: MailConfig) throws(EditError) -> Drain {
    if let problem { throw .badCall(problem) }
    return try drain(now: config.environment.clock())
  }

  private func drain(now: Int) throws(EditError) -> Drain {
    let reason = why.flatMap { $0.isEmpty ? nil : $0 }
    guard let text = until ?? span else { return Drain(why: reason) }
    guard let end = WrittenTime.parse(text, now: now, spans: .ahead) else {
      throw .badCall("--until \(printable(text)): \(WrittenTime.need(.ahead))")
    }
    guard end > now else {
      throw .badCall(
        "--until \(printable(text)): that is past, it is \(WrittenTime.local(now)) now; need a later time")
    }
    return Drain(until: end, why: reason)
  }
}
