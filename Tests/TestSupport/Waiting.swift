// Waiting for something to become true: the one place in the tests that sleeps.
import Glibc

extension Duration {
  /// When to give up waiting, where nothing says more: it is not reached, even on a machine that stands still for a while.
  package static let long = Duration.seconds(90)
}

/// Looks every few milliseconds until `look` answers something, and returns it.
///
/// - Parameters:
///   - what: What is waited for, as the rest of "waited 90 s for ...".
///   - limit: When to give up. Generous, because a limit that is not reached costs nothing.
///   - seen: What was there instead; asked once, for the failure's message.
@discardableResult
package func waitFor<Value, Problem: Error>(
  _ what: String,
  limit: Duration = .long,
  seen: @autoclosure () -> String = "",
  _ look: () throws(Problem) -> Value?
) throws(TestFailure) -> Value {
  try WaitingPermission.require("waits for \(what)")
  let deadline = ContinuousClock.now + limit
  while true {
    // The clock is read first: a look that began in time counts, however slow the machine.
    let last = ContinuousClock.now >= deadline
    do throws(Problem) {
      if let value = try look() { return value }
    } catch {
      throw TestFailure("while waiting for \(what): \(error)")
    }
    if last {
      let instead = seen()
      throw TestFailure("waited \(limit) for \(what)" + (instead.isEmpty ? "" : "; there was:\n\(instead)"))
    }
    usleep(3_000)
  }
}

/// Looks every few milliseconds until `condition` holds; see ``waitFor(_:limit:seen:_:)``.
package func waitUntil<Problem: Error>(
  _ what: String,
  limit: Duration = .long,
  seen: @autoclosure () -> String = "",
  _ condition: () throws(Problem) -> Bool
) throws(TestFailure) {
  try waitFor(what, limit: limit, seen: seen()) { () throws(Problem) -> Bool? in
    try condition() ? true : nil
  }
}
