// The lookup service: what trivial-rewrite(8) asks by `socketmap:`, and the answer: a destination with a weighted,
// live-first list of next hops, so that the queue manager sees real ones.

import PostfixFiles
import Routing

/// An answer, in the words of the socketmap protocol.
enum LookupAnswer: Equatable {
  case found(String)
  case notFound
  /// Mail waits; the words go to the mail log.
  case failed(String)

  var payload: String {
    switch self {
    case .found(let value): "OK \(value)"
    case .notFound: "NOTFOUND "
    case .failed(let reason): "TEMP \(printable(reason))"
    }
  }
}

/// What the name of a socketmap asks for.
private enum LookupSource {
  /// `POOL`: any key has this pool.
  case pool(String)
  /// `nexthop=POOL`: the same without the transport, for `sender_dependent_relayhost_maps`.
  case nextHops(String)
  /// `table=/path`: a transport(5) text whose values may be pools.
  case table(String)

  init(_ name: String) {
    if name.hasPrefix("table=") {
      self = .table(String(name.dropFirst("table=".count)))
    } else if name.hasPrefix("nexthop=") {
      self = .nextHops(String(name.dropFirst("nexthop=".count)))
    } else {
      self = .pool(name)
    }
  }
}

extension Dispatcher {
  /// Answers one request: the name of the map, a blank, the key.
  func lookup(_ request: some Collection<UInt8>) -> LookupAnswer {
    counters.lookups += 1
    let text = request.text
    guard let blank = text.firstIndex(of: " "), blank > text.startIndex else {
      return .failed("need the name of a map and a key")
    }
    let key = String(text[text.index(after: blank)...])
    do throws(PoolTrouble) {
      switch LookupSource(String(text[..<blank])) {
      case .pool(let name): return .found(try destination(of: name, kind: .destination, for: key))
      case .nextHops(let name): return .found(try destination(of: name, kind: .nextHop, for: key))
      case .table(let path): return try tableLookup(path, key)
      }
    } catch {
      say("lookup: \(error)")
      return .failed("randmap(8): \(error)")
    }
  }

  private func tableLookup(_ path: String, _ key: String) throws(PoolTrouble) -> LookupAnswer {
    let table = try table(at: path)
    for candidate in transportKeys(for: key) {
      guard let value = table[candidate] else { continue }
      guard let pool = PoolText(value: SourcedText(builtIn: value)) else { return .found(value) }
      let text = value.drop { $0 != ":" }.dropFirst()
      // `smtp:randmap:![a]![b]`: the pool is of next hops, for that transport.
      if let transport = pool.transport {
        let pool = try AgentPool(name: value, text: pool, in: setup.config)
        watch(pool)
        return .found("\(transport):\(try plan(pool, for: key).nextHop ?? "")")
      }
      return .found(try destination(of: String(text), kind: .destination, for: key))
    }
    return .notFound
  }

  private func destination(of name: String, kind: ResultKind, for key: String) throws(PoolTrouble) -> String {
    let pool = try pool(Bytes(name.utf8), kind: kind)
    let plan = try plan(pool, for: key)
    switch kind {
    case .destination: return "\(plan.transport):\(plan.nextHop ?? "")"
    case .nextHop:
      guard let nextHop = plan.nextHop else {
        throw PoolTrouble("pool \(shortened(name)): \(pool.members[plan.chosen].result) has no next hop")
      }
      return nextHop
    }
  }

  private func plan(_ pool: AgentPool, for key: String) throws(PoolTrouble) -> DeliveryPlan {
    guard
      let plan = DeliveryPlan(
        pool, order: order(pool, key: stickiness == .none ? nil : stickyKey(key)),
        listsSupported: supportsNextHopLists, standing: health.standing)
    else { throw PoolTrouble("pool \(shortened(pool.name)) is empty") }
    counters[pool, pool.members[plan.chosen]].chosen += 1
    if let passedOver = plan.passedOver { counters[pool, pool.members[passedOver]].failedOver += 1 }
    return plan
  }

  /// A table is asked with the recipient or with the sender, whichever setting names it.
  private func stickyKey(_ key: String) -> String {
    stickiness == .sender || !key.contains("@") ? key.lowercased() : domain(of: key)
  }

  /// transport(5)'s keys for an address, in its order; any other key (`*`) as it is. Postfix asks a socketmap for the
  /// whole address and `*` only.
  private func transportKeys(for key: String) -> [String] {
    let key = key.lowercased()
    guard let at = key.lastIndex(of: "@") else { return [key] }
    var keys = [key]
    let local = key[..<at]
    let delimiters = setup.config.parameters.text("recipient_delimiter")
    if let cut = local.firstIndex(where: { delimiters.contains($0) }), cut > local.startIndex {
      keys.append(String(local[..<cut] + key[at...]))
    }
    let domain = key[key.index(after: at)...]
    keys.append(String(domain))
    var rest = domain
    while let dot = rest.dropFirst().firstIndex(of: ".") {
      rest = rest[dot...]
      keys.append(String(parentsMatch ? rest.dropFirst() : rest))
    }
    return keys
  }

  /// Whether `example.com` stands for its subdomains too, as `.example.com` does otherwise.
  private var parentsMatch: Bool {
    setup.config.parameters.text("parent_domain_matches_subdomains")
      .split { $0 == "," || $0.isWhitespace }.contains("transport_maps")
  }
}
