// What a gateway needs beside its share: a line with credentials, a line with its TLS policy. They are asked for, and
// never invented. Which line applies to a gateway, the lookup of smtp(8) says that `pools` and `--status` show too.

import PostfixFiles
import Routing

/// A line that a table has for some gateways of a pool, and not for others.
struct MissingLine: Hashable {
  /// What has none.
  let gateway: ClientHop
  let words: String
}

/// The lines of gateways in the tables of a configuration, looked up as its clients do.
struct GatewayLines {
  let config: MailConfig
  private let transports: Transports
  private let answers = Answers()

  /// For some tables a program is started at each lookup.
  private final class Answers { var known: [ClientHop: NextHopSafety?] = [:] }

  /// - Parameter context: how tables are asked that cannot be read here.
  init(_ config: MailConfig, _ context: RouteContext = RouteContext()) {
    self.config = config
    // That an index is missing is said elsewhere: a copy has none.
    transports = Transports(config, context: context.ofCopy)
  }

  /// What the client does for a next hop; nil where it is no client of gateways.
  func safety(_ hop: ClientHop) -> NextHopSafety? {
    if let known = answers.known[hop] { return known }
    let answer = transports.safety(of: hop.transport, to: hop.nextHop)
    answers.known[hop] = .some(answer)
    return answer
  }

  /// Whether a client asks for a login by the sender before it asks by the gateway.
  func asksForSender(_ transport: String) -> Bool { transports.asksForSender(transport) }

  /// Whether a client does here what it does there.
  func isSame(_ transport: String, as other: GatewayLines) -> Bool {
    transports.isSame(transport, as: other.transports)
  }

  /// The next hops after those of an answer, by its clients.
  func fallbacks(of hops: [ClientHop]) -> [ClientHop] {
    Set(hops.map(\.transport)).sorted().flatMap { name in
      transports.fallbackHops(of: name).map { ClientHop(transport: name, nextHop: $0) }
    }
  }

  /// What to write where gateways get mail without a login, by the name of the gateway; `other` has one.
  ///
  /// - Parameter isBySender: whether `other` has it by the senders of the mail, and need not have a line.
  func missingLogins(_ hops: [ClientHop], like other: ClientHop, isBySender: Bool) -> [MissingLine] {
    let listed = missing(.credentials, hops, known: other, isBySender: isBySender) { "USER:PASSWORD" }
    let known = Set(listed.map(\.gateway))
    return listed
      + hops.filter { !known.contains($0) }.map { hop in
        let client = client(hop.transport)
        let words =
          "\(Self.name(hop, beside: other)) would get mail without a login, as \(hop.transport) logs in nowhere (\(client)_sasl_auth_enable, \(client)_sasl_password_maps); \(Self.name(other, beside: hop)) has one"
        return MissingLine(gateway: hop, words: printable(words + advice(on: hop, like: other)))
      }
  }

  /// The transport that does what is missing.
  func advice(on hop: ClientHop, like other: ClientHop) -> String {
    guard hop.transport != other.transport, config.gatewayTransport(other.transport) != nil else { return "" }
    return "; write \(other.transport):\(hop.nextHop) for it"
  }

  /// A next hop, with its transport where that tells the two apart.
  static func name(_ hop: ClientHop, beside other: ClientHop) -> String {
    hop.transport == other.transport ? hop.nextHop : "\(hop.transport):\(hop.nextHop)"
  }

  /// What to write where the TLS policies have no line for a gateway, and have one for another.
  func missingPolicies(_ hops: [ClientHop], like known: [ClientHop]) -> [MissingLine] {
    let lacking = hops.filter { hop in
      switch line(.tlsPolicy, hop) {
      case .absent?, .inTextAlone?: true
      case .present?, .unknown?, nil: false
      }
    }
    guard !lacking.isEmpty,
      let (other, value) = (hops + known).lazy.compactMap({ hop in
        line(.tlsPolicy, hop)?.value.map { (hop, $0) }
      }).first
    else { return [] }
    // What had mail before has it with the index as it is.
    let old = Set(known)
    let asked = lacking.filter { hop in
      if case .inTextAlone? = line(.tlsPolicy, hop) {
        !old.contains(hop)
      } else {
        true
      }
    }
    return missing(.tlsPolicy, asked, known: other) {
      let words = value.text.split { $0 == "," || $0.isWhitespace }
      guard let level = words.first else { return "LEVEL" }
      // With names or fingerprints that are for the other gateway, the level alone asks for something else.
      return words.count == 1 ? String(level) : nil
    }
  }

  /// What is not known of new next hops, as a table cannot be read here.
  func notes(on hops: [ClientHop]) -> [String] {
    var unread: [String: [String]] = [:]
    var order: [String] = []
    var seen: Set<[String]> = []
    for subject in [NextHopEntry.Subject.credentials, .tlsPolicy] {
      for hop in hops {
        guard case .unknown(let table)? = line(subject, hop) else { continue }
        let what = "\(parameter(subject, hop.transport)): \(table.placeAndWords)"
        if unread[what] == nil { order.append(what) }
        if seen.insert([what, hop.nextHop]).inserted { unread[what, default: []].append(hop.nextHop) }
      }
    }
    return order.map { what in
      let hops = unread[what] ?? []
      let more = hops.count > 3 ? " and \(hops.count - 3) more" : ""
      return printable(
        "\(what), so it is not known whether it has an entry for \(hops.prefix(3).joined(separator: ", "))\(more)"
      )
    }
  }

  private func line(_ subject: NextHopEntry.Subject, _ hop: ClientHop) -> NextHopLine? {
    transports.line(subject, of: hop.transport, for: hop.nextHop)
  }

  private func client(_ transport: String) -> String {
    config.gatewayTransport(transport)?.approach.mailProtocol.rawValue ?? "smtp"
  }

  private func parameter(_ subject: NextHopEntry.Subject, _ transport: String) -> String {
    "\(client(transport))_\(subject == .credentials ? "sasl_password_maps" : "tls_policy_maps")"
  }

  /// Of those whose client asks a table: what is missing there, and how to write it.
  ///
  /// - Parameters:
  ///   - other: one that has a line, or that logs in by the sender.
  ///   - value: what a line would say, from that; nil where it depends on the gateway.
  private func missing(
    _ subject: NextHopEntry.Subject, _ hops: [ClientHop], known other: ClientHop, isBySender: Bool = false,
    value: () -> String?
  ) -> [MissingLine] {
    var tables: [String: GatewayTable] = [:]
    func table(_ transport: String) -> GatewayTable? {
      if let known = tables[transport] { return known }
      guard let list = transports.tables(subject, of: transport) else { return nil }
      let keys = [other.nextHop.lowercased(), (try? HostPort(other.nextHop))?.host.lowercased()].compactMap(
        \.self)
      tables[transport] = GatewayTable(list, like: keys, in: config)
      return tables[transport]
    }
    let value = value()
    return hops.compactMap { hop in
      guard let table = table(hop.transport) else { return nil }
      let parameter = parameter(subject, hop.transport)
      let words =
        if case .inTextAlone(_, let call)? = line(subject, hop) {
          "\(hop.nextHop) has a line in \(table.name) (\(parameter)), but the index is older than that, and Postfix reads the index: run: \(call)"
        } else {
          "\(Self.name(hop, beside: other)) has no entry in \(table.name) (\(parameter)); \(Self.name(other, beside: hop)) \(isBySender ? "logs in by the sender" : "has"): \(table.advice(for: hop.nextHop, value, like: other.nextHop))"
        }
      return MissingLine(gateway: hop, words: printable(words))
    }
  }

  /// Those of some transports that find the credentials of all these senders before they ask for the gateway (smtp_sasl_glue.c). LMTP does
  /// not ask for them.
  func spared(_ names: Set<String>, from senders: [String]) -> Set<String> {
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
