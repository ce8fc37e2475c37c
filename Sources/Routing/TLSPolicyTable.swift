// smtp_tls_policy_maps: what a transport asks of TLS for one next hop, as smtp(8) looks it up (smtp_tls_policy.c).

import Gateways
import PostfixFiles

/// The policy tables of a transport, opened once. A table that cannot be read here says nothing: then
/// `smtp_tls_security_level` counts.
struct TLSPolicyTable {
  private let maps: MapList
  private let tables: OpenTables

  /// - Parameters:
  ///   - list: the value of the parameter.
  ///   - isUnicode: whether smtputf8_enable is on.
  /// - Returns: nil where no table is named, or smtp(8) would not start with what is.
  init?(_ parameter: String, _ list: SourcedText, config: MailConfig, isUnicode: Bool) {
    tables = OpenTables(config: config, context: RouteContext(), isUnicode: isUnicode)
    let use = TableUse(foldsKeys: true, allowsSubstitution: true)
    var open: [OpenTable] = []
    for item in list.listItems {
      do throws(ResolverEnd) {
        open.append(try tables.open(item, for: use).indexed(isUnicode: isUnicode))
      } catch {
        return nil
      }
    }
    if open.isEmpty { return nil }
    maps = MapList(parameter: parameter, tables: open, use: use)
  }

  /// What the tables say of `nextHop`, as it is written; nil where they have nothing, or nothing valid.
  func policy(for nextHop: String) -> TLSPolicy? {
    for key in Self.keys(of: nextHop) {
      let answer = tables.find(Bytes(key.utf8), in: maps, partial: false) { _, _ in }
      // What cannot be asked here may have an answer that comes before every other.
      guard tables.finish().unknown.isEmpty, answer.isCertain, let first = answer.outcomes.first?.value else {
        return nil
      }
      switch first {
      case .notFound: continue
      case .found(let value): return TLSPolicy(line: value)
      case .failed: return nil
      }
    }
    return nil
  }

  /// The next hop; of a bare domain its parents too, each with a dot in front.
  private static func keys(of nextHop: String) -> [String] {
    guard HostName.isValid(nextHop) else { return [nextHop] }
    let dots = nextHop.indices.dropFirst().filter { nextHop[$0] == "." }
    return [nextHop] + dots.map { String(nextHop[$0...]) }
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

extension TLSPolicy {
  /// `secure match=.example.net:nexthop ciphers=high`; nil for a line that smtp(8) refuses.
  fileprivate init?(line: Bytes) {
    let words = line.text.split { $0 == "," || $0.isWhitespace }
    guard let word = words.first, let level = Level(rawValue: word.lowercased()) else { return nil }
    self.init(level)
    guard checksName else { return }
    for word in words.dropFirst() where word.lowercased().hasPrefix("match=") {
      names = (names ?? []) + word.dropFirst("match=".count).split(separator: ":").map(String.init)
    }
  }
}
