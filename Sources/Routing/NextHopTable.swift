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
    /// A table cannot be read or asked here.
    case unknown
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
  private let maps: [(name: String, list: MapList)]
  private let tables: OpenTables

  enum Answer {
    case found(key: String, table: String, value: Bytes)
    case notFound
    case failed
    case unknown
  }

  /// - Parameters:
  ///   - list: the value of the parameter.
  ///   - isUnicode: whether smtputf8_enable is on.
  /// - Returns: nil where no table is named, or smtp(8) would not start with what is.
  init?(_ parameter: String, _ list: SourcedText, config: MailConfig, isUnicode: Bool) {
    tables = OpenTables(config: config, context: RouteContext(), isUnicode: isUnicode)
    let use = TableOpening(foldsKeys: true, allowsSubstitution: true)
    var maps: [(String, MapList)] = []
    for item in list.listItems {
      do throws(ResolverError) {
        let table = try tables.open(item, for: use).indexed(isUnicode: isUnicode)
        maps.append((Self.name(of: item), MapList(parameter: parameter, tables: [table], use: use)))
      } catch {
        return nil
      }
    }
    if maps.isEmpty { return nil }
    self.maps = maps
  }

  /// `type:path`; of a table that is in the value itself the type alone.
  private static func name(of item: SourcedText) -> String {
    guard let spec = try? TableSpec(item) else { return "..." }
    switch spec.unproxied.content {
    case .file: return item.text
    case .service where spec.unproxied.argument.bytes.first == UInt8(ascii: "/"): return item.text
    default: return "\(item.text.prefix { $0 != ":" }):..."
    }
  }

  /// Whether all of its tables are read from their texts, so that a lookup fails in a copy as it does where Postfix runs.
  var isOfTexts: Bool { maps.allSatisfy { $0.name.hasPrefix("texthash:") } }

  /// The first hit for any of `keys`, as maps_find() of Postfix goes about it.
  func answer(for keys: [String]) -> Answer {
    for key in keys {
      for (name, list) in maps {
        let answer = tables.find(Bytes(key.utf8), in: list, partial: false) { _, _ in }
        // What cannot be asked here may have an answer that comes before every other.
        guard tables.finish().unknown.isEmpty, answer.isCertain, let first = answer.outcomes.first?.value
        else {
          return .unknown
        }
        switch first {
        case .notFound: continue
        case .found(let value): return .found(key: key, table: name, value: value)
        case .failed: return .failed
        }
      }
    }
    return .notFound
  }
}

extension OpenTable {
  /// With the entries of a text in an index: thousands of gateways may ask for theirs.
  fileprivate func indexed(isUnicode: Bool) -> OpenTable {
    guard case .text(let table, let folding) = self else { return self }
    var entries: [Bytes: Bytes] = [:]
    for entry in table.entries where !isUnicode || table.document[entry.line.range].isUTF8 {
      let key = folding.fold(entry.key.bytes)
      if entries[key] == nil { entries[key] = entry.value.bytes }
    }
    return .keyed(entries)
  }
}

/// `smtp_sasl_password_maps` of a transport.
struct CredentialsTable {
  let table: NextHopTable

  /// The name of the server, then the next hop (smtp_sasl_glue.c). Without brackets the name is that of a mail exchanger,
  /// which DNS decides.
  func found(for nextHop: String) -> NextHopEntry.Found {
    let host = try? HostPort(nextHop)
    let name = host.flatMap { $0.isBracketed || HostName.isAddress($0.host) ? $0.host : nil }
    return switch table.answer(for: [name, nextHop].compactMap(\.self)) {
    case .found(let key, let table, _): .entry(key: key, table: table, level: nil)
    case .notFound: .none
    case .failed, .unknown: .unknown
    }
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
