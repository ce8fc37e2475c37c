// What a gateway needs beside its share: a line with credentials, a line with its TLS policy. They are asked for, and
// never invented. Which line applies to a gateway, the lookup of smtp(8) says that `pools` and `--status` show too.

import PostfixFiles
import Routing

/// A line that a table has for some gateways of a pool, and not for others.
struct MissingLine: Hashable {
  /// What has none, and how it is reached.
  let nextHop: String
  let transport: String
  let words: String
}

/// The lines of gateways in the tables of a configuration, looked up as its clients do.
struct GatewayLines {
  let config: MailConfig
  private let transports: Transports

  /// - Parameter context: how tables are asked that cannot be read here.
  init(_ config: MailConfig, _ context: RouteContext = RouteContext()) {
    self.config = config
    // That an index is missing is said elsewhere: a copy has none.
    transports = Transports(config, context: context.ofCopy)
  }

  typealias Hop = (transport: String, hop: String)

  /// The next hops of `hops` without credentials, where others of them, or of `known`, have some.
  ///
  /// - Parameter senders: the addresses, and `@domain`s, that the pool is for; empty where it is for all senders.
  func missingCredentials(_ hops: [Hop], like known: [Hop], from senders: [String] = []) -> [MissingLine] {
    let spared = spared(Set(hops.map(\.transport)), from: senders)
    return missing(.credentials, hops.filter { !spared.contains($0.transport) }, like: known) { _ in
      "USER:PASSWORD"
    }
  }

  /// The same of TLS policies.
  func missingPolicies(_ hops: [Hop], like known: [Hop]) -> [MissingLine] {
    missing(.tlsPolicy, hops, like: known) { policy in
      let words = policy.split { $0 == "," || $0.isWhitespace }
      guard let level = words.first else { return "LEVEL" }
      // With names or fingerprints that are for the other gateway, the level alone asks for something else.
      return words.count == 1 ? String(level) : nil
    }
  }

  /// What is not known of new next hops, as a table cannot be read here.
  func notes(on hops: [Hop]) -> [String] {
    var unread: [(what: String, hops: [String])] = []
    for subject in [NextHopEntry.Subject.credentials, .tlsPolicy] {
      for hop in hops {
        guard case .unknown(let table)? = line(subject, hop) else { continue }
        let what = "\(parameter(subject, hop.transport)): \(table.placeAndWords)"
        if let index = unread.firstIndex(where: { $0.what == what }) {
          if !unread[index].hops.contains(hop.hop) { unread[index].hops.append(hop.hop) }
        } else {
          unread.append((what, [hop.hop]))
        }
      }
    }
    return unread.map { what, hops in
      let more = hops.count > 3 ? " and \(hops.count - 3) more" : ""
      return printable(
        "\(what), so it is not known whether it has an entry for \(hops.prefix(3).joined(separator: ", "))\(more)"
      )
    }
  }

  private func line(_ subject: NextHopEntry.Subject, _ hop: Hop) -> NextHopLine? {
    transports.line(subject, of: hop.transport, for: hop.hop)
  }

  private func parameter(_ subject: NextHopEntry.Subject, _ transport: String) -> String {
    let client = config.gatewayTransport(transport)?.approach.mailProtocol.rawValue ?? "smtp"
    return "\(client)_\(subject == .credentials ? "sasl_password_maps" : "tls_policy_maps")"
  }

  /// - Parameter value: what a line for a gateway would say, from what another one has.
  private func missing(
    _ subject: NextHopEntry.Subject, _ hops: [Hop], like known: [Hop], value: (_ ofOther: String) -> String?
  ) -> [MissingLine] {
    let answers = hops.map { (hop: $0, line: line(subject, $0)) }
    func other() -> (hop: Hop, value: Bytes)? {
      for (hop, line) in answers { if let value = line?.value { return (hop, value) } }
      for hop in known { if let value = line(subject, hop)?.value { return (hop, value) } }
      return nil
    }
    // Of thousands of gateways that all have theirs nothing more is asked.
    var lacking = answers.filter { _, line in
      switch line {
      case .absent?, .inTextAlone?: true
      case .present?, .unknown?, nil: false
      }
    }
    if lacking.contains(where: { $0.line?.value != nil }) {
      // What had mail before has it with the index as it is.
      let old = Set(known.map { "\($0.transport):\($0.hop)" })
      lacking.removeAll { $0.line?.value != nil && old.contains("\($0.hop.transport):\($0.hop.hop)") }
    }
    guard !lacking.isEmpty, let (other, ofOther) = other() else { return [] }
    var tables: [String: GatewayTable] = [:]
    func table(_ transport: String) -> GatewayTable? {
      if let known = tables[transport] { return known }
      guard let list = transports.tables(subject, of: transport) else { return nil }
      let keys = [other.hop.lowercased(), (try? HostPort(other.hop))?.host.lowercased()].compactMap(\.self)
      tables[transport] = GatewayTable(list, like: keys, in: config)
      return tables[transport]
    }
    return lacking.compactMap { hop, line in
      guard let table = table(hop.transport) else { return nil }
      let parameter = parameter(subject, hop.transport)
      let words =
        if case .inTextAlone(_, let call)? = line {
          "\(hop.hop) has a line in \(table.name) (\(parameter)), but the index is older than that, and Postfix reads the index: run: \(call)"
        } else {
          "\(hop.hop) has no entry in \(table.name) (\(parameter)); \(other.hop) has: \(table.advice(for: hop.hop, value(ofOther.text), like: other.hop))"
        }
      return MissingLine(nextHop: hop.hop, transport: hop.transport, words: printable(words))
    }
  }

  /// Those of some transports that find the credentials of all these senders before they ask for the gateway (smtp_sasl_glue.c). LMTP does
  /// not ask for them.
  private func spared(_ names: Set<String>, from senders: [String]) -> Set<String> {
    guard !senders.isEmpty else { return [] }
    let delimiters = config.parameters.text("recipient_delimiter")
    return names.filter { name in
      transports.asksForSender(name) && config.gatewayTransport(name)?.approach.mailProtocol == .smtp
        && senders.allSatisfy { sender in
          transports.line(.credentials, of: name, keys: Self.keys(of: sender, delimiters))?.value != nil
        }
    }
  }

  /// What is asked for a sender in turn: the address, that without its extension, and its domain.
  private static func keys(of sender: String, _ delimiters: String) -> [String] {
    guard let at = sender.lastIndex(of: "@") else { return [sender] }
    let local = sender[..<at]
    var keys = [sender]
    if let end = local.firstIndex(where: delimiters.contains), end > local.startIndex {
      keys.append(String(local[..<end] + sender[at...]))
    }
    return keys + [String(sender[at...])]
  }
}

extension MailConfig {
  /// What is not known of the new gateways of pools.
  func notesOnUnreadLines(of edited: MailConfig, _ context: RouteContext) -> [String] {
    guard edited.namesNextHopTables else { return [] }
    let new = PoolPairs(pools(), edited.pools()).all.flatMap { before, pool in
      before.flatMap { before in pool?.firstHops(newSince: before) } ?? []
    }
    return new.isEmpty ? [] : GatewayLines(edited, context).notes(on: new)
  }
}

extension UnreadTable {
  /// With the table, where the words do not say it.
  fileprivate var placeAndWords: String {
    if case .elsewhere(let table) = self { "\(table) cannot be read here" } else { words }
  }
}
