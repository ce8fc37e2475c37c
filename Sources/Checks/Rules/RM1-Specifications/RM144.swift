// RM144: A socketmap without all of its parts

import PostfixFiles
import Routing

extension Rule {
  static let rm144 = Rule(
    "RM144", .error, "A socketmap without all of its parts",
    why: """
      A socketmap has the address of a server and, after the last colon, the name of the map there:
      socketmap:inet:host:port:name or socketmap:unix:path:name. With another form the program that reads it ends with an error
      when it opens the table, or each lookup fails.
      """,
    bad: Example(
      main: """
        virtual_alias_maps = «socketmap:inet:localhost:aliases»

        """),
    good: Example(
      main: """
        virtual_alias_maps = socketmap:inet:localhost:8461:aliases

        """),
    moreBad: ["socketmap:inet:localhost", "socketmap:tcp:localhost:8461:aliases", "socketmap:unix:/run/map"]
      .map { table in
        Example(
          main: """
            virtual_alias_maps = «\(table)»

            """)
      },
    moreGood: [
      Example(
        main: """
          virtual_alias_maps = socketmap:unix:/run/map:aliases, socketmap:inet:[::1]:8461:aliases

          """)
    ],
    check: .directory { subject in
      let routes = subject.maps.compactMap { try? $0.table.get() }.flatMap(\.flattened).map(\.text)
      var told: Set<FileRange> = []
      return (routes + subject.otherTables.map(\.text)).compactMap { text in
        let parts = Destination(text)
        guard parts.transport.text == "socketmap", !hasAllParts(parts.nextHop.text), let place = text.span(),
          told.insert(place).inserted
        else { return nil }
        return Finding(
          place,
          "\"\(excerpt(text.bytes))\" has not all parts of a socketmap: the program that reads it ends with an error, or each lookup "
            + "fails; need \"socketmap:inet:host:port:name\" or \"socketmap:unix:path:name\"")
      }
    })
}

/// Whether it is `inet:host:port:name` or `unix:path:name`.
private func hasAllParts(_ text: String) -> Bool {
  guard let last = text.lastIndex(of: ":") else { return false }
  let server = text[..<last]
  if server.hasPrefix("unix:") { return server.count > "unix:".count }
  guard server.hasPrefix("inet:"), let port = server.lastIndex(of: ":") else { return false }
  return server.distance(from: server.startIndex, to: port) > "inet:".count
    && server.index(after: port) < server.endIndex
}
