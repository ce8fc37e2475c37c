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
        var earlier = EarlierKeys()
        return subject.openMaps(parameter).compactMap { item -> Finding? in
          let table = item.unproxied
          switch table.content {
          case .entries(let entries): earlier.add(entries.map(\.key))
          case .file(let path):
            guard let digest = subject.digests[subject.config.absolute(path)], earlier.begin(digest) else {
              return nil
            }
            let hidden = earlier.keys(of: digest)
            earlier.add(digest)
            guard
              let first = hidden.min(by: {
                ($0.span()?.range.lowerBound ?? 0) < ($1.span()?.range.lowerBound ?? 0)
              })
            else { return nil }
            return Finding(
              first,
              "an earlier table of \(parameter) has \"\(printable(first.bytes))\" too, and that entry counts; "
                + "need one of them", count: hidden.count)
          default: break
          }
          return nil
        }
      }
    })
}

/// The keys of the tables that are asked first. Those of short tables are one set: there may be thousands of them, and to
/// compare each two would take the square of their number.
private struct EarlierKeys {
  private var paths: Set<String> = []
  private var keys: Set<String> = []
  private var long: [TableDigest] = []
  private static let longest = 10_000

  /// Whether this is the first time that this table is asked.
  mutating func begin(_ table: TableDigest) -> Bool { paths.insert(table.document.path).inserted }

  mutating func add(_ more: [String]) { for key in more { keys.insert(key.lowercased()) } }

  mutating func add(_ table: TableDigest) {
    if table.index.count > Self.longest { return long.append(table) }
    add(Table(table.document).entries.map(\.key.text))
  }

  /// The keys of `table` that are among them. Goes through the shorter side.
  func keys(of table: TableDigest) -> [SourcedText] {
    let short =
      table.index.count > keys.count
      ? keys.sorted().compactMap { table.entry($0)?.key }
      : Table(table.document).entries.map(\.key).filter { keys.contains($0.text.lowercased()) }
    return long.reduce(into: short) { found, other in
      if other.index.count < table.index.count {
        found += Table(other.document).entries.compactMap { table.entry($0.key.text)?.key }
      } else {
        found += Table(table.document).entries.compactMap { other.entry($0.key.text) == nil ? nil : $0.key }
      }
    }
  }
}
