// RM405: The log does not distinguish a lane

import PostfixFiles

extension Rule {
  static let rm405 = Rule(
    "RM405", .info, "The log does not distinguish a lane",
    why: """
      All transports log as postfix/smtp. With a syslog_name of its own you can count the share of a lane.
      """,
    bad: .lanes(
      second: """
        «lane2»     unix  -       -       y       -       -       smtp
            -o smtp_bind_address=192.0.2.2
            -o smtp_helo_name=out2.example

        """),
    good: .lanes(),
    check: .directory { subject in
      subject.lanes.compactMap { service, _ in
        guard !service.overrides.contains(where: { $0.name == "syslog_name" }) else { return nil }
        return Finding(
          service.fields[0],
          "the log does not name this lane; need -o syslog_name=postfix/\(printable(service.name))")
      }
    })
}
