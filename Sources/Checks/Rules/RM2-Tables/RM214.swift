// RM214: A key is in an earlier table too

import PostfixFiles
import Routing

extension Rule {
  static let rm214 = Rule(
    "RM214", .warning, "A key is in an earlier table too",
    why: """
      Postfix asks the tables of a parameter in their order for each key, and the first answer counts. A
      later entry with the same key has no effect.
      """,
    bad: Example(
      main: """
        transport_maps = inline:{example.com=smtp:[gw1.example]}, hash:/etc/postfix/transport

        """,
      table: """
        example.net  smtp:[gw1.example]
        «example.com»  smtp:[gw2.example]

        """),
    good: Example(
      main: """
        transport_maps = inline:{example.com=smtp:[gw1.example]}, hash:/etc/postfix/transport

        """,
      table: """
        example.net  smtp:[gw1.example]

        """),
    check: .directory { subject in
      RoutingParameter.maps.flatMap { parameter -> [Finding] in
        let maps = subject.openMaps(parameter).map(\.unproxied)
        return maps.indices.dropFirst().compactMap { later in
          guard case .file(let path) = maps[later].content,
            let digest = subject.digests[subject.config.absolute(path)]
          else { return nil }
          let hidden = maps[..<later].flatMap { subject.keys(of: $0, in: digest) }
          guard
            let first = hidden.min(by: {
              ($0.span()?.range.lowerBound ?? 0) < ($1.span()?.range.lowerBound ?? 0)
            })
          else { return nil }
          return Finding(
            first,
            "an earlier table of \(parameter) has \"\(printable(first.bytes))\" too, and that entry counts; "
              + "need one of them", count: hidden.count)
        }
      }
    })
}

extension Subject {
  /// The keys that both tables have. Goes through the shorter one.
  fileprivate func keys(of earlier: TableSpec, in later: TableDigest) -> [SourcedText] {
    switch earlier.content {
    case .entries(let entries): return entries.compactMap { later.entry($0.key)?.key }
    case .file(let path):
      guard let digest = digests[config.absolute(path)], digest.document.path != later.document.path else {
        return []
      }
      if digest.index.count < later.index.count {
        return Table(digest.document).entries.compactMap { later.entry($0.key.text)?.key }
      }
      return Table(later.document).entries.compactMap { digest.entry($0.key.text) == nil ? nil : $0.key }
    default: return []
    }
  }
}
