// RM124: This Postfix has no tables of this type

import PostfixFiles
import Routing

extension Rule {
  static let rm124 = Rule(
    "RM124", .error, "This Postfix has no tables of this type",
    why: """
      Postfix knows this type of table, but it was built or packaged without it here: "postconf -m" does
      not list it. Each lookup fails, and mail is not accepted or waits. Debian and others have the types
      of databases in separate packages, such as postfix-mysql, postfix-pgsql, postfix-ldap,
      postfix-sqlite and postfix-lmdb; since Postfix 3.11 some packages no longer have hash and btree.
      """,
    bad: Example(
      main: """
        transport_maps = «mysql»:/etc/postfix/transport.cf

        """,
      surroundings: Surroundings(), tableTypes: ["hash", "proxy", "texthash"]),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]

        """,
      surroundings: Surroundings(), tableTypes: ["hash", "proxy", "texthash"]),
    moreBad: [
      Example(
        main: """
          virtual_alias_maps = «sdbm»:/etc/postfix/virtual

          """,
        surroundings: Surroundings(), tableTypes: ["hash", "proxy", "texthash"])
    ],
    check: .directory { subject in
      let routes = subject.maps.compactMap { item in
        (try? item.table.get()).map { (item.parameter, $0.flattened) }
      }.flatMap { parameter, specs in specs.map { (parameter, $0.text, "mail is not accepted") } }
      let others = subject.otherTables.filter { $0.type != nil }.map { ($0.parameter, $0.text, $0.effect) }
      let used = (routes + others).filter { TableTypes.known.contains(Destination($0.1).transport.text) }
      // Nothing is asked where all types are in every Postfix.
      guard used.contains(where: { !TableTypes.everywhere.contains(Destination($0.1).transport.text) }),
        let types = subject.config.environment.tableTypes
      else { return [] }
      var told: Set<FileRange> = []
      return used.compactMap { parameter, text, effect in
        let type = Destination(text).transport
        guard !types.contains(type.text), let place = type.span() ?? subject.place(of: parameter),
          told.insert(place).inserted
        else { return nil }
        let name = printable(type.bytes)
        let isPackaged = ["cdb", "ldap", "lmdb", "mongodb", "mysql", "pcre", "pgsql", "sqlite"].contains(
          type.text)
        let need =
          isPackaged
          ? "the package that contains them, often postfix-\(name), or another type" : "another type"
        return Finding(
          place, "this Postfix has no \(name) tables (postconf -m): \(effect); need \(need)")
      }
    })
}
