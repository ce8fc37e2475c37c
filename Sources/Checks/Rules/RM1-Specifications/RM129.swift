// RM129: A proxy: table that proxymap(8) does not open

import PostfixFiles

extension Rule {
  static let rm129 = Rule(
    "RM129", .error, "A proxy: table that proxymap(8) does not open",
    why: """
      proxymap(8) opens only the tables that proxy_read_maps names, with the same words, and the program
      that asks for another one ends ("proxymap service is not configured for table"). The default of
      proxy_read_maps names the values of most parameters, so this happens where proxy_read_maps is set
      without them.
      """,
    bad: Example(
      main: """
        proxy_read_maps = $mydestination
        transport_maps = «proxy:hash:/etc/postfix/transport»

        """,
      table: """
        example.com  smtp:[gw1.example]

        """),
    good: Example(
      main: """
        proxy_read_maps = $mydestination $transport_maps
        transport_maps = proxy:hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]

        """),
    check: .directory { subject in
      let routing = subject.maps.compactMap { try? $0.table.get() }.flatMap(\.flattened)
        .filter { $0.type == .proxy }.map(\.text)
      let others = subject.otherTables.filter { $0.type == .proxy && $0.service == nil }.map(\.text)
      guard !routing.isEmpty || !others.isEmpty else { return [] }
      let proxied = ProxiedTables(subject.config)
      var told: Set<FileRange> = []
      return (routing + others).compactMap { text in
        let table = text["proxy:".utf8.count..<text.count]
        guard !proxied.contains(table), let place = text.span(), told.insert(place).inserted else {
          return nil
        }
        // Without proxy: trivial-rewrite(8) would open that itself: RM141.
        let isDatabase = Destination(table).transport.text == "sqlite"
        return Finding(
          place,
          "proxy_read_maps does not name \(printable(text.text)): each program that reads it ends, and mail waits; "
            + "need it in proxy_read_maps\(isDatabase ? "" : ", or the table without proxy:")")
      }
    })
}
