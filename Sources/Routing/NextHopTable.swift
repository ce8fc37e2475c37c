// The tables that smtp(8) and lmtp(8) ask for a next hop: credentials and TLS policies. What is said of them is the key
// and the table; of credentials never the value, and of a table in main.cf itself not its text, which may hold it.

import Gateways
import PostfixFiles

/// What such tables have for one next hop of a gateway.
package struct NextHopEntry: Hashable, Sendable {
  package enum Subject: Hashable, Sendable {
    case credentials
    case tlsPolicy
  }

  package enum Found: Hashable, Sendable {
    /// The key in a table. Of a policy its level too; nil for a line that smtp(8) refuses.
    case entry(key: String, table: String, level: TLSPolicy.Level?)
    case none
    case unknown(UnreadTable)
  }

  package let subject: Subject
  package let transport: String
  /// As it is written.
  package let nextHop: String
  package let found: Found
  /// Whether the sender's address is looked up first.
  package let isBySender: Bool
}

extension MailConfig {
  /// Whether main.cf or master.cf sets a table of credentials or of TLS policies.
  package var namesNextHopTables: Bool {
    let names = Set(OtherTableParameter.credentials + OtherTableParameter.tlsPolicies)
    return names.contains { main[$0] != nil }
      || (master?.services ?? []).contains { $0.overrides.contains { names.contains($0.name) } }
  }
}

/// A list of such tables, opened once.
struct NextHopTable {
  /// As smtp(8) finds them.
  private let asked: NextHopMaps
  /// As their texts have them; nil where no index is older than its text.
  private let texts: NextHopMaps?

  enum Answer {
    case found(key: String, table: String, value: Bytes)
    case notFound
    case failed(UnreadTable)
    case unknown(UnreadTable)
  }

  /// - Parameters:
  ///   - list: the value of the parameter.
  ///   - isUnicode: whether smtputf8_enable is on.
  /// - Returns: nil where no table is named, or smtp(8) would not start with what is.
  init?(
    _ parameter: String, _ list: SourcedText, config: MailConfig, isUnicode: Bool,
    context: RouteContext = RouteContext()
  ) {
    func maps(_ context: RouteContext) -> NextHopMaps? {
      NextHopMaps(
        parameter, list, OpenTables(config: config, context: context, isUnicode: isUnicode),
        isUnicode: isUnicode)
    }
    guard let asked = maps(context) else { return nil }
    self.asked = asked
    texts = asked.hasOldIndex ? maps(context.readingTexts()) : nil
  }

  /// Whether all of its tables are read from their texts, so that a lookup fails in a copy as it does where Postfix runs.
  var isOfTexts: Bool { asked.isOfTexts }

  /// The first hit for any of `keys`, as maps_find() of Postfix goes about it.
  func answer(for keys: [String]) -> Answer { asked.answer(for: keys) }

  /// What there is for any of `keys`, also in a text that is newer than its index.
  func line(for keys: [String]) -> NextHopLine {
    func inText(else other: NextHopLine) -> NextHopLine {
      guard let call = asked.callOfOldIndex else { return other }
      switch texts?.answer(for: keys) {
      case .found(_, _, let value)?: return .inTextAlone(value, call: call)
      case .notFound?: return .absent
      case .failed?, .unknown?, nil: return other
      }
    }
    switch asked.answer(for: keys) {
    case .found(_, _, let value): return .present(value)
    case .notFound: return inText(else: .absent)
    case .unknown(.oldIndex(let call)): return inText(else: .unknown(.oldIndex(call: call)))
    case .failed(let table), .unknown(let table): return .unknown(table)
    }
  }
}

/// `smtp_sasl_password_maps` of a transport.
struct CredentialsTable {
  let table: NextHopTable

  /// The name of the server, then the next hop (smtp_sasl_glue.c). Without brackets the name is that of a mail exchanger,
  /// which DNS decides.
  func found(for nextHop: String) -> NextHopEntry.Found {
    return switch table.answer(for: Self.keys(of: nextHop)) {
    case .found(let key, let table, _): .entry(key: key, table: table, level: nil)
    case .notFound: .none
    case .failed(let table), .unknown(let table): .unknown(table)
    }
  }

  /// What smtp(8) asks for.
  static func keys(of nextHop: String) -> [String] {
    let host = try? HostPort(nextHop)
    let name = host.flatMap { $0.isBracketed || HostName.isAddress($0.host) ? $0.host : nil }
    return [name, nextHop].compactMap(\.self)
  }
}

extension Transports {
  /// What the tables of a transport have for one next hop; nothing where none is set.
  func entries(of transport: Transport, for nextHop: String) -> [NextHopEntry] {
    var entries: [NextHopEntry] = []
    func add(_ subject: NextHopEntry.Subject, _ found: NextHopEntry.Found, isBySender: Bool = false) {
      entries.append(
        NextHopEntry(
          subject: subject, transport: transport.name, nextHop: nextHop, found: found, isBySender: isBySender)
      )
    }
    if let table = credentialsTable(of: transport) {
      add(.credentials, table.found(for: nextHop), isBySender: transport.asksForSender)
    }
    if let table = policyTable(of: transport) { add(.tlsPolicy, table.found(for: nextHop)) }
    return entries
  }
}
