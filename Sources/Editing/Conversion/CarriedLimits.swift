// Limits of the members' transports that do not apply to mail that is delivered as randmap (RM318, RM319): they go along to
// the agent's transport, with its first pool and with each later one.

import PostfixFiles
import Routing

/// A setting of one transport. What it says of one gateway holds for a pool as a whole then, so no gateway gets more.
enum CarriedLimit: String, CaseIterable {
  case recipients = "destination_recipient_limit"
  case destinationDelay = "destination_rate_delay"
  case transportDelay = "transport_rate_delay"

  /// For the agent's transport.
  var parameter: String { "randmap_\(rawValue)" }

  /// What the transports set, and what each of these says.
  fileprivate func settings(of transports: Set<String>, in parameters: Parameters) -> [(
    name: String, value: String
  )] {
    transports.sorted().map { "\($0)_\(rawValue)" }.filter(parameters.isSet)
      .map { ($0, parameters.text($0)) }.filter { !$0.1.isEmpty }
  }

  /// What all that set it have in common; nil where they differ, or where none sets it.
  fileprivate func common(of transports: Set<String>, in parameters: Parameters) -> String? {
    let values = Set(settings(of: transports, in: parameters).map(\.value))
    return values.count == 1 ? values.first : nil
  }

  /// What the first pools have in common; of twins of them what these leave open.
  fileprivate func value(
    of first: [[String]], beside all: [[String]], in parameters: Parameters
  ) -> String? {
    let own = Set(first.flatMap(\.self))
    return common(of: own, in: parameters)
      ?? common(of: Set(all.flatMap(\.self)).subtracting(own), in: parameters)
  }

  /// The value for the agent, and what a person should know, where pools get the transports `new`.
  ///
  /// - Parameters:
  ///   - transports: those of all pools.
  ///   - own: what the agent's transport has already.
  private func carried(
    from transports: Set<String>, new: Set<String>, beside own: String?, in parameters: Parameters
  ) -> (value: String?, note: String?) {
    let gained = settings(of: new, in: parameters)
    guard !gained.isEmpty else { return (nil, nil) }
    if let own {
      let others = gained.filter { $0.value != own }.map { "\($0.name) = \($0.value)" }
      return (
        nil,
        others.isEmpty
          ? nil
          : "\(others.joined(separator: " and ")): does not apply to pools of the agent, where \(parameter) = \(own) does"
      )
    }
    let names = settings(of: transports, in: parameters).map(\.name).joined(separator: " and ")
    guard let value = common(of: transports, in: parameters) else {
      return (nil, "\(names) do not apply to pools of the agent, and differ: set \(parameter)")
    }
    return (value, "\(parameter) = \(value), as \(names): it is for all members of a pool together")
  }

  /// The lines for the agent, and what a person should know of them.
  ///
  /// - Parameters:
  ///   - former: those of the transports that the agent's has already, or comes by at the same time.
  ///   - new: those that pools get beside them.
  static func carried(
    from new: Set<String>, beside former: Set<String> = [], in parameters: Parameters
  ) -> (lines: [String], notes: [String]) {
    let all = allCases.map { limit -> (line: String?, note: String?) in
      let own = parameters.isSet(limit.parameter) ? parameters.text(limit.parameter) : nil
      let carried = limit.carried(
        from: former.union(new), new: new.subtracting(former), beside: own, in: parameters)
      return (carried.value.map { "\(limit.parameter) = \($0)" }, carried.note)
    }
    return (all.compactMap(\.line), all.compactMap(\.note))
  }

  /// The same of the first pools, and of twins of them: these get what the first ones leave open.
  static func carried(
    from first: Set<String>, andTwins twins: Set<String>, in parameters: Parameters
  ) -> (lines: [String], notes: [String]) {
    var lines: [String] = []
    var notes: [String] = []
    for limit in allCases {
      let set = parameters.isSet(limit.parameter) ? parameters.text(limit.parameter) : nil
      let own = limit.carried(from: first, new: first, beside: set, in: parameters)
      let other = limit.carried(
        from: twins, new: twins.subtracting(first), beside: set ?? own.value, in: parameters)
      if let value = own.value ?? other.value { lines.append("\(limit.parameter) = \(value)") }
      notes += [own.note, other.note].compactMap(\.self)
    }
    return (lines, notes)
  }
}

extension MailConfig {
  /// The limits of the agent's transport after an edit of `before`, whose pools had theirs: what new transports say goes
  /// along, and what a transport said that no pool has any more goes.
  ///
  /// A first pool is not for this: its limits come with the line that says that the agent is in use.
  func carryingLimits(since before: MailConfig) -> (config: MailConfig, notes: [String]) {
    guard before.saysAgent, saysAgent else { return (self, []) }
    let (old, new) = (before.transportsOfAgentPools, transportsOfAgentPools)
    guard !new.isEmpty, old != new else { return (self, []) }
    let (oldNames, newNames) = (Set(old.flatMap(\.self)), Set(new.flatMap(\.self)))
    var edited = self
    let (oldOwn, newOwn) = (before.transportsOfFirstPools, transportsOfFirstPools)
    for limit in SharedLimit.allCases {
      let (former, value) = (
        limit.largest(of: oldOwn, in: parameters), limit.largest(of: newOwn, in: parameters)
      )
      guard former != value, let value else { continue }
      if let assignment = edited.main[limit.rawValue] {
        // A person chose any other value.
        guard let former, assignment.value.text == "\(former)" else { continue }
        edited.update(
          edited.main.document.replacingValue(assignment.value, of: assignment.line, with: "\(value)"))
      } else if former == nil {
        edited = edited.addingLimits([limit.setting(value)])
      }
    }
    for limit in CarriedLimit.allCases where !oldNames.isSubset(of: newNames) {
      guard let assignment = edited.main[limit.parameter],
        limit.value(of: oldOwn, beside: old, in: parameters) == assignment.value.text,
        limit.settings(of: newNames, in: parameters).isEmpty
      else { continue }
      edited.update(edited.main.document.removing(assignment.line))
    }
    let carried = CarriedLimit.carried(from: newNames, beside: oldNames, in: edited.parameters)
    return (edited.addingLimits(carried.lines), carried.notes.map { printable($0) })
  }

  /// What a person should know of the limits that came along with an edit, or did not.
  func notes(onLimitsOf edited: MailConfig) -> [String] {
    guard saysAgent, edited.saysAgent else { return [] }
    let (old, new) = (transportsOfAgentPools, edited.transportsOfAgentPools)
    guard !new.isEmpty, old != new else { return [] }
    return CarriedLimit.carried(
      from: Set(new.flatMap(\.self)), beside: Set(old.flatMap(\.self)), in: parameters
    ).notes
  }

  /// The limits of the agent's transport that its pools need as they are, and those that somebody has set to something else.
  var limitsOfAgent: (ours: [String], others: [String]) {
    let (first, all) = (transportsOfFirstPools, transportsOfAgentPools)
    let needed =
      SharedLimit.allCases.map { limit in
        (limit.rawValue, limit.largest(of: first, in: parameters).map { "\($0)" })
      } + CarriedLimit.allCases.map { ($0.parameter, $0.value(of: first, beside: all, in: parameters)) }
    let set = needed.filter { main[$0.0] != nil }
    let ours = set.filter { main[$0.0]?.value.text == $0.1 }.map(\.0)
    return (ours, set.map(\.0).filter { !ours.contains($0) })
  }

  /// Whether no mail comes to a pool, as that of relay_transport where there are no relay domains.
  private func isUnused(_ site: PoolSite) -> Bool {
    site.site.place == .parameter(.relayTransport) && parameters.text("relay_domains").isEmpty
  }

  /// Those of each pool of several members that goes by the agent.
  private var transportsOfAgentPools: [[String]] { transports(of: poolSites()) }

  /// The same without the pool of relay_transport where relayhost became that too: what the transport of the outside says of
  /// these gateways holds for them, whatever the other one would leave to them.
  private var transportsOfFirstPools: [[String]] {
    let sites = poolSites()
    let outside = sites.filter { $0.site.place == .parameter(.defaultTransport) }
    return transports(
      of: sites.filter { site in
        site.site.place != .parameter(.relayTransport) || !outside.contains { $0.isTwin(of: site) }
      })
  }

  private func transports(of sites: [PoolSite]) -> [[String]] {
    sites.filter { !$0.isTable && !isUnused($0) }.map { $0.content.transports.sorted() }
      .filter { $0.count > 1 }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// With lines after those that the agent's transport has, otherwise where `addAgentMark` puts them.
  private func addingLimits(_ lines: [String]) -> MailConfig {
    guard !lines.isEmpty else { return self }
    let names = Set(SharedLimit.allCases.map(\.rawValue) + CarriedLimit.allCases.map(\.parameter))
    let document = main.document
    let text = lines.map { "\($0)\n" }.joined()
    let routing = main.assignments.first {
      RoutingParameter(rawValue: $0.name).map { !$0.isFallback } ?? false
    }
    var edited = self
    if let last = main.assignments.last(where: { names.contains($0.name) })?.line.range {
      let splice = Splice(range: last.upperBound..<last.upperBound, bytes: Bytes("\n\(text.dropLast())".utf8))
      edited.update(document.applying([splice]))
    } else if let start = routing?.line.range.lowerBound {
      edited.update(document.applying([Splice(range: start..<start, bytes: Bytes(text.utf8))]))
    } else {
      edited.update(document.appending(String(text.dropLast())))
    }
    return edited
  }
}

extension SharedLimit {
  /// What the pool with the most needs; nil without pools.
  fileprivate func largest(of pools: [[String]], in parameters: Parameters) -> Int? {
    let totals = pools.map { total(of: $0, in: parameters) }
    return totals.contains(0) ? 0 : totals.max()
  }
}
