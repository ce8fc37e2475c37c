// smtp_tls_policy_maps: what a transport asks of TLS for one next hop, as smtp(8) looks it up (smtp_tls_policy.c).

import Gateways
import PostfixFiles

/// The policy tables of a transport, opened once. A table that cannot be read here says nothing: then
/// `smtp_tls_security_level` counts.
package struct TLSPolicyTable {
  let table: NextHopTable

  /// What the tables say of `nextHop`, as it is written; nil where they have nothing, or nothing valid.
  func policy(for nextHop: String) -> TLSPolicy? {
    guard case .found(_, _, let value) = table.answer(for: Self.keys(of: nextHop)) else { return nil }
    return TLSPolicy(line: value)
  }

  /// Whether the lookup ends with an error.
  func fails(for nextHop: String) -> Bool {
    if case .failed = table.answer(for: Self.keys(of: nextHop)) { true } else { false }
  }

  /// The entry that says it.
  func found(for nextHop: String) -> NextHopEntry.Found {
    switch table.answer(for: Self.keys(of: nextHop)) {
    case .found(let key, let table, let value):
      .entry(key: key, table: table, level: TLSPolicy(line: value)?.level)
    case .notFound: .none
    case .failed(let table), .unknown(let table): .unknown(table)
    }
  }

  /// The next hop; of a bare domain its parents too, each with a dot in front.
  package static func keys(of nextHop: String) -> [String] {
    guard HostName.isValid(nextHop) else { return [nextHop] }
    let dots = nextHop.indices.dropFirst().filter { nextHop[$0] == "." }
    return [nextHop] + dots.map { String(nextHop[$0...]) }
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
