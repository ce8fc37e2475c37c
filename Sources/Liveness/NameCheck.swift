// Whether names lead to addresses, without a connection to anything: for an edit that names a gateway for the first time.

import Dispatch
import Gateways
import Synchronization

/// What the name servers say of some gateways within a while.
package enum NameCheck {
  package struct Outcome: Sendable {
    /// The gateways whose names lead to no address, and why; those that nothing is known of when the time is over count as not
    /// answered.
    package fileprivate(set) var unresolved: [Gateway: ResolutionError] = [:]
    /// How many names were too many to ask for.
    package fileprivate(set) var notAsked = 0
  }

  private final class Answers: Sendable {
    let found: Mutex<[Target: ResolutionError]>

    init(_ found: [Target: ResolutionError]) { self.found = Mutex(found) }
  }

  /// More are not asked for.
  static let mostNames = 50

  /// - Parameter targets: of a gateway that is asked for in several ways, the worst answer counts.
  package static func unresolved(
    _ targets: [Target], settings: ProbeSettings, within limit: DispatchTimeInterval
  ) -> Outcome {
    var lookups: [Target: NameLookup] = [:]
    var (asked, others): (Set<Gateway>, Set<Gateway>) = ([], [])
    for target in targets {
      let lookup = NameLookup(target, settings: settings)
      if lookup.literal != nil { continue }
      if asked.contains(target.gateway) || asked.count < mostNames {
        asked.insert(target.gateway)
        lookups[target] = lookup
      } else {
        others.insert(target.gateway)
      }
    }
    var outcome = Outcome(notAsked: others.count)
    if lookups.isEmpty { return outcome }
    let answers = Answers(
      lookups.mapValues { _ in ResolutionError(.unanswered, "no name server has answered") })
    let group = DispatchGroup()
    for (target, lookup) in lookups {
      // A thread may sit in a lookup for a while yet: it is not waited for.
      DispatchQueue.global().async(group: group) {
        let answer = lookup.addresses()
        answers.found.withLock {
          $0[target] = if case .failure(let problem) = answer { problem } else { nil }
        }
      }
    }
    _ = group.wait(timeout: .now() + limit)
    for (target, problem) in answers.found.withLock({ $0 }) {
      let former = outcome.unresolved[target.gateway]
      outcome.unresolved[target.gateway] = former.map { $0.isAsBad(as: problem) ? $0 : problem } ?? problem
    }
    return outcome
  }
}

extension ResolutionError {
  /// Whether it is as certain as another that mail has no way.
  fileprivate func isAsBad(as other: ResolutionError) -> Bool { rank >= other.rank }

  private var rank: Int {
    switch kind {
    case .domain, .absent, .otherFamily: 2
    case .unanswered: 1
    case .excluded: 0
    }
  }
}
