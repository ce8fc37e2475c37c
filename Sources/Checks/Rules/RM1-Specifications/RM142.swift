// RM142: Unknown % in the settings of a database

import PostfixFiles
import Routing

extension Rule {
  static let rm142 = Rule(
    "RM142", .error, "Unknown % in the settings of a database",
    why: """
      In a query and in result_format, Postfix replaces %s, %u, %d, %S, %U, %D and %1 to %9 by the key or a
      part of it. Any other % is a fatal error ("Invalid query template") in each program that opens the
      table, and mail waits. If the query itself needs a percent sign, as LIKE does, write %%.
      """,
    bad: Example(
      main: """
        transport_maps = proxy:sqlite:/etc/postfix/routes.cf

        """,
      settings: [
        "routes.cf": """
        dbpath = /var/lib/postfix/routes.db
        query = SELECT destination FROM route WHERE '%s' LIKE '«%.»' || domain

        """
      ]),
    good: Example(
      main: """
        transport_maps = proxy:sqlite:/etc/postfix/routes.cf

        """,
      settings: [
        "routes.cf": """
        dbpath = /var/lib/postfix/routes.db
        query = SELECT destination FROM route WHERE '%s' LIKE '%%.' || domain

        """
      ]),
    check: .directory { subject in
      var seen: Set<String> = []
      let routing = subject.maps.compactMap { try? $0.table.get() }.flatMap(\.flattened)
        .compactMap(subject.config.settingsPath)
      let others = subject.otherTables.compactMap { table -> String? in
        guard case .other(let type)? = table.type, TableType.withSettings.contains(type) else { return nil }
        return table.path
      }
      return (routing + others).filter { seen.insert($0).inserted }.flatMap { path -> [Finding] in
        guard let document = subject.config.document(path) else { return [] }
        let file = MainCf(document)
        return Template.parameters.compactMap { name -> Finding? in
          guard let value = file[name]?.value, let at = Template.firstUnknown(in: value.bytes),
            let place = value[at..<min(at + 2, value.count)].span()
          else { return nil }
          return Finding(
            place,
            "Postfix does not know this %: each program that opens the table ends, and mail waits; need %% for a percent "
              + "sign, or one of %s, %u, %d, %S, %U, %D, %1 to %9")
        }
      }
    })
}

/// Values in which the key is put (ldap_table(5), mysql_table(5), pgsql_table(5), sqlite_table(5)).
private enum Template {
  static let parameters = ["query", "query_filter", "search_base", "result_format"]

  /// Where the first % is that Postfix refuses.
  static func firstUnknown(in bytes: some RandomAccessCollection<UInt8>) -> Int? {
    let bytes = Array(bytes)
    var at = 0
    while at < bytes.count {
      guard bytes[at] == UInt8(ascii: "%") else {
        at += 1
        continue
      }
      guard at + 1 < bytes.count, known.contains(bytes[at + 1]) else { return at }
      at += 2
    }
    return nil
  }

  private static let known = Set("%sudSUD123456789".utf8)
}
