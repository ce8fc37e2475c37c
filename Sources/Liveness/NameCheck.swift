// Whether names lead to addresses, without a connection to anything: for an edit that names a gateway for the first time.

import Dispatch
import Gateways
import Synchronization

/// What the name servers say of some gateways within a while.
package enum NameCheck {
  private final class Answers: Sendable {
    let found = Mutex<[Gateway: ResolutionError]>([:])
  }

  /// More are not asked for.
  private static let mostNames = 50

  /// The gateways whose names lead to no address, and why; those that nothing is known of when the time is over count as not
  /// answered.
  package static func unresolved(
    _ targets: [Target], settings: ProbeSettings, within limit: DispatchTimeInterval
  ) -> [Gateway: ResolutionError] {
    var lookups: [Gateway: NameLookup] = [:]
    for target in targets where lookups.count < mostNames {
      let lookup = NameLookup(target, settings: settings)
      if lookup.literal == nil { lookups[target.gateway] = lookup }
    }
    if lookups.isEmpty { return [:] }
    let answers = Answers()
    answers.found.withLock {
      $0 = lookups.mapValues { _ in ResolutionError(.unanswered, "no name server has answered") }
    }
    let group = DispatchGroup()
    for (gateway, lookup) in lookups {
      // A thread may sit in a lookup for a while yet: it is not waited for.
      DispatchQueue.global().async(group: group) {
        let answer = lookup.addresses()
        answers.found.withLock {
          $0[gateway] = if case .failure(let problem) = answer { problem } else { nil }
        }
      }
    }
    _ = group.wait(timeout: .now() + limit)
    return answers.found.withLock { $0 }
  }
}
