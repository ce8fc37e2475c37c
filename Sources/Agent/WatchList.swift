// Which gateways are probed: those that the configuration names all the time, and those that only requests name by turns.

import Gateways
import Routing

/// A value. The targets of the configuration are always in ``watched``; of the others, so many at a time. New ones take the
/// place of those that were probed once; when there are no new ones, the places change with each ``turn()``.
struct WatchList {
  /// What the configuration names.
  private let fixed: Set<Target>
  private let fixedGateways: Set<Gateway>
  /// What requests name, by gateway, as far as it is being probed.
  private var extra: [Gateway: Set<Target>] = [:]
  private var extraCount = 0
  /// All that requests name.
  private var known: Set<Target> = []
  /// What was never probed, the next one last.
  private var fresh: [Target] = []
  /// What was probed and is not now, the one that waits longest first.
  private var rested: [Target] = []
  private let mostExtra: Int
  private let mostKnown: Int

  /// Targets beside those of the configuration that are probed at a time.
  static let mostExtra = 2_000
  /// Those that are known at all. Names have a bound, so this is a bound in bytes too.
  static let mostKnown = 40_000
  /// The longest name of a gateway that is probed: a domain name has at most 255 bytes, a socket's path 107.
  static let longestName = 300

  init(_ fixed: Set<Target>, mostExtra: Int = Self.mostExtra, mostKnown: Int = Self.mostKnown) {
    self.fixed = fixed
    self.mostExtra = mostExtra
    self.mostKnown = mostKnown
    fixedGateways = Set(fixed.map(\.gateway))
  }

  /// What is to be probed now.
  var watched: Set<Target> { extra.values.reduce(into: fixed) { $0.formUnion($1) } }

  /// The gateways of the configuration.
  var configured: Set<Gateway> { fixedGateways }

  /// Whether this gateway is probed now.
  func watches(_ gateway: Gateway) -> Bool { fixedGateways.contains(gateway) || extra[gateway] != nil }

  /// Has further targets probed, now or when their turn comes. Returns whether ``watched`` changed.
  mutating func want(_ targets: some Sequence<Target>) -> Bool {
    var hasChanged = false
    for target in targets where !fixed.contains(target) && !known.contains(target) && known.count < mostKnown
    {
      guard target.gateway.description.utf8.count <= Self.longestName else { continue }
      known.insert(target)
      if extraCount < mostExtra {
        watch(target)
        hasChanged = true
      } else {
        fresh.append(target)
      }
    }
    return hasChanged
  }

  /// A gateway was probed: a new one takes its place, if there is any. Returns whether ``watched`` changed.
  mutating func found(_ gateway: Gateway) -> Bool {
    guard !fresh.isEmpty, let targets = extra[gateway] else { return false }
    rest(gateway, targets)
    while extraCount < mostExtra, let target = fresh.popLast() { watch(target) }
    return true
  }

  /// Those that wait for longest take the places of the others. Returns whether ``watched`` changed.
  mutating func turn() -> Bool {
    guard fresh.isEmpty, !rested.isEmpty else { return false }
    let next = rested.prefix(mostExtra)
    rested.removeFirst(next.count)
    var left = mostExtra - extraCount
    for (gateway, targets) in extra where left < next.count {
      left += targets.count
      rest(gateway, targets)
    }
    for target in next { watch(target) }
    return true
  }

  private mutating func watch(_ target: Target) {
    if extra[target.gateway, default: []].insert(target).inserted { extraCount += 1 }
  }

  private mutating func rest(_ gateway: Gateway, _ targets: Set<Target>) {
    extra[gateway] = nil
    extraCount -= targets.count
    rested += targets
  }
}
