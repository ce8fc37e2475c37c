// The keys of credentials and TLS policies as JSON: for `pools` and `--status`.

import Routing

/// One entry that applies to a next hop; no key where there is none.
struct NextHopObject: Encodable {
  let transport, nexthop: String
  @Explicit var key: String?
  @Explicit var table: String?
  /// Of a TLS policy.
  let level: String?
  /// Of credentials: whether those of the sender come first.
  let bySender: Bool?
  let problem: String?

  init(_ entry: NextHopEntry) {
    transport = entry.transport
    nexthop = entry.nextHop
    bySender = entry.subject == .credentials ? entry.isBySender : nil
    switch entry.found {
    case .entry(let key, let table, let level):
      self.key = key
      self.table = table
      self.level = level?.rawValue
      problem = entry.subject == .tlsPolicy && level == nil ? "not valid" : nil
    case .none:
      (key, table) = (nil, nil)
      level = nil
      problem = nil
    case .unknown(let unread):
      (key, table) = (nil, nil)
      level = nil
      problem = Output.naming(unread.words)
    }
  }
}

extension [NextHopEntry] {
  /// Nil where no table of the kind is set.
  func objects(_ subject: NextHopEntry.Subject) -> [NextHopObject]? {
    let entries = filter { $0.subject == subject }
    return entries.isEmpty ? nil : entries.map { NextHopObject($0) }
  }
}
