// RM407: A lane is not used

import PostfixFiles
import Routing

extension Rule {
  static let rm407 = Rule(
    "RM407", .info, "A lane is not used",
    why: """
      A transport with an smtp_bind_address of its own gets mail only where a pool, a route,
      content_filter or FILTER names it. The lane of a drained member is meant to come back, and is not
      reported. The rule reports nothing where a table cannot be read here.
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
      let named = subject.namedTransports.union(subject.drainedTransports)
      return subject.lanes.compactMap { service, _ in
        guard !named.contains(service.name), StockTransport(rawValue: service.name) == nil else { return nil }
        return Finding(
          service.fields[0],
          "main.cf, master.cf and the tables do not name this lane, so it gets no mail; need it in a pool")
      }
    })
}
