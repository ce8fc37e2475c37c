// What the tables of credentials and of TLS policies have for a gateway, in words: the same on every screen.

import PostfixFiles

extension [NextHopEntry] {
  /// `[gw1.example]:587 in hash:/etc/postfix/sasl_passwd`, each once; nil where no table of the kind is set.
  package func words(_ subject: NextHopEntry.Subject) -> String? {
    var words: [String] = []
    let entries = filter { $0.subject == subject }
    for entry in entries {
      let several = Set(entries.map(\.nextHop)).count > 1 && entry.found.key != entry.nextHop
      let text = entry.words + (several ? " (for \(entry.nextHop))" : "")
      if !words.contains(text) { words.append(text) }
    }
    return words.isEmpty ? nil : printable(words.joined(separator: "; "))
  }
}

extension NextHopEntry {
  /// What there is for this next hop.
  package var words: String {
    let first = isBySender ? "the sender's own, otherwise " : ""
    switch found {
    case .entry(let key, let table, let level):
      let policy = subject == .credentials ? "" : (level?.rawValue ?? "not valid") + ": "
      return "\(first)\(policy)\(key) in \(table)"
    case .none: return "\(first)no entry"
    case .unknown(let table): return "\(first)not known: \(table.words)"
    }
  }
}

extension NextHopEntry.Found {
  /// The key of the entry.
  package var key: String? { if case .entry(let key, _, _) = self { key } else { nil } }
}
