// RM407: A lane is in no pool

import PostfixFiles
import Routing

extension Rule {
  static let rm407 = Rule(
    "RM407", .info, "A lane is in no pool",
    why: """
      A transport with an smtp_bind_address of its own gets mail only where a pool or a route names it.
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
      let named = subject.namedTransports
      return subject.lanes.compactMap { service, _ in
        guard !named.contains(service.name), StockTransport(rawValue: service.name) == nil else { return nil }
        return Finding(
          service.fields[0], "nothing in main.cf names this lane, so it gets no mail; need it in a pool")
      }
    })
}
