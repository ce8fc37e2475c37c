// The lookup service: what trivial-rewrite(8) asks by `socketmap:`, and the answer: a destination with a weighted,
// live-first list of next hops, so that the queue manager sees real ones.

import PostfixFiles
import Routing

/// An answer, in the words of the socketmap protocol.
enum SocketmapAnswer: Equatable {
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

/// Who asks.
enum Asker {
  /// A process of Postfix's, or the superuser: no other user can reach sockets in `private/`.
  case postfix
  /// Any client that reaches an address from the options.
  case anybody
}

extension Dispatcher {
  /// Answers one request: the name of the map, a blank, the key. At once unless a large file has to be read.
  ///
  /// A lookup is about a pool or a table that the configuration uses. What a client makes up is not answered, and so
  /// nothing of it is probed, counted or kept.
  func lookup(
    _ request: some Collection<UInt8>, from asker: Asker, _ answer: @escaping (SocketmapAnswer) -> Void
  ) {
    counters.lookups += 1
    let text = request.text
    guard let blank = text.firstIndex(of: " "), blank > text.startIndex else {
      return answer(.failed("need the name of a map and a key"))
    }
    let key = String(text[text.index(after: blank)...])
    let name = String(text[..<blank])
    let source = LookupSource(name)
    if !setup.namesLookup(name), let refusal = refusal(of: source.subject, from: asker) {
      return answer(failed(PoolError(withoutText: refusal), asker))
    }
    switch source {
    case .pool(let name): lookup(PoolRequest(text: Bytes(name.utf8)), key, asker, answer)
    case .nextHops(let name):
      lookup(PoolRequest(text: Bytes(name.utf8), kind: .nextHop), key, asker, answer)
    case .table(let path):
      table(at: path, for: asker) { outcome in
        switch outcome {
        case .success(let table): self.lookup(in: table, key, asker, answer)
        case .failure(let trouble): answer(self.failed(trouble, asker))
        }
      }
    }
  }

  /// Why this is not answered; nil where it is. A stranger learns of what the configuration uses, by whichever name.
  private func refusal(of subject: LookupSource.Subject, from asker: Asker) -> String? {
    if setup.uses(subject) { return nil }
    switch (subject, asker) {
    case (.inline, .postfix) where allowsInlineLookups: return nil
    case (.inline, _):
      return
        "a lookup needs the name of a pool: write NAME = randmap:!smtp:[a]!smtp:[b] in main.cf, and NAME in the socketmap"
    case (.table, .postfix), (.poolFile, .postfix): return nil
    case (.table(let path), .anybody), (.poolFile(let path), .anybody):
      return "\(shortened(path)) may not be read at this address: main.cf names no such file"
    case (.parameter(let name), .postfix) where setup.config.parameters.isSet(name): return nil
    case (.parameter(let name), _): return "no pool is named \"\(shortened(name))\""
    }
  }

  /// - Parameter asker: a stranger is told nothing that stands in a file, and neither is the log on his account.
  private func failed(_ trouble: PoolError, _ asker: Asker) -> SocketmapAnswer {
    let words = trouble.words(for: asker)
    sayOfLookups("lookup: \(words)")
    return .failed("randmap(8): \(words)")
  }

  private func lookup(
    in table: [String: String], _ key: String, _ asker: Asker, _ answer: @escaping (SocketmapAnswer) -> Void
  ) {
    guard let value = transportKeys(for: key).lazy.compactMap({ table[$0] }).first else {
      return answer(.notFound)
    }
    guard let text = PoolText(value: SourcedText(builtIn: value)) else { return answer(.found(value)) }
    lookup(PoolRequest(text: text.text.bytes, transport: text.transport), key, asker, answer)
  }

  private func lookup(
    _ request: PoolRequest, _ key: String, _ asker: Asker, _ answer: @escaping (SocketmapAnswer) -> Void
  ) {
    pool(request, for: asker) { outcome in
      do throws(PoolError) {
        let pool = try outcome.get()
        let plan = try self.plan(pool, for: key)
        guard request.kind == .nextHop else {
          return answer(.found("\(plan.transport):\(plan.nextHop ?? "")"))
        }
        guard let nextHop = plan.nextHop else {
          throw PoolError(
            "pool \(shortened(pool.name)): \(pool.members[plan.chosen].result) has no next hop",
            withoutText: "the chosen member of the pool has no next hop")
        }
        answer(.found(nextHop))
      } catch {
        answer(self.failed(error, asker))
      }
    }
  }

  private func plan(_ pool: AgentPool, for key: String) throws(PoolError) -> DeliveryPlan {
    guard
      let plan = DeliveryPlan(
        pool, order: order(pool, key: stickiness == .none ? nil : stickyKey(key)),
        listsSupported: supportsNextHopLists, prospect: prospects(in: pool))
    else { throw PoolError("pool \(shortened(pool.name)) is empty") }
    counters.count(pool, pool.members[plan.chosen]) { $0.chosen += 1 }
    if let passedOver = plan.passedOver {
      counters.count(pool, pool.members[passedOver]) { $0.failedOver += 1 }
    }
    return plan
  }

  /// A table is asked with the recipient or with the sender, whichever setting names it.
  private func stickyKey(_ key: String) -> String {
    stickiness == .sender || !key.contains("@") ? key.lowercased() : domain(of: key)
  }

  /// transport(5)'s keys for an address, in its order; any other key (`*`) as it is. Postfix asks a socketmap for the
  /// whole address and `*` only.
  func transportKeys(for key: String) -> [String] {
    let key = key.lowercased()
    guard let at = key.lastIndex(of: "@") else { return [key] }
    // No longer than a domain name can be, or a client could make any number of keys of any length.
    guard key[at...].utf8.count <= 254 else { return [key] }
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

  /// Whether `example.com` matches its subdomains too, as `.example.com` does otherwise.
  private var parentsMatch: Bool {
    setup.config.parameters.text("parent_domain_matches_subdomains")
      .split { $0 == "," || $0.isWhitespace }.contains { $0 == RoutingParameter.transportMaps.rawValue }
  }
}
