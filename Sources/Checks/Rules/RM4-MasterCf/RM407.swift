// RM407: Nothing names a lane

import PostfixFiles
import Routing

extension Rule {
  static let rm407 = Rule(
    "RM407", .info, "Nothing names a lane",
    why: """
      A transport with an smtp_bind_address of its own gets mail only where a pool, a route,
      content_filter or FILTER names it. Where a table cannot be read here, nothing is said.
      """,
    bad: .lanes(
      pool: "lane1:, smtp:",
      second: """
        «lane2»     unix  -       -       y       -       -       smtp
            -o smtp_bind_address=192.0.2.2
            -o smtp_helo_name=out2.example
            -o syslog_name=postfix/lane2

        """),
    good: .lanes(),
    check: .directory { subject in
      guard !subject.mayNameTransportsUnseen else { return [] }
      let named = subject.namedTransports
      return subject.lanes.compactMap { service, _ in
        guard !named.contains(service.name), StockTransport(rawValue: service.name) == nil else { return nil }
        return Finding(
          service.fields[0],
          "nothing in main.cf, master.cf or a table names this lane, so it gets no mail; need it in a pool")
      }
    })
}
