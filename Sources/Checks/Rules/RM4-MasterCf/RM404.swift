// RM404: A lane greets with the name of another address

import PostfixFiles

extension Rule {
  static let rm404 = Rule(
    "RM404", .info, "A lane greets with the name of another address",
    why: """
      The name that smtp(8) gives in EHLO should belong to the address that it sends from; without
      smtp_helo_name it is $myhostname on every lane.
      """,
    bad: .lanes(
      second: """
        «lane2»     unix  -       -       y       -       -       smtp
            -o smtp_bind_address=192.0.2.2
            -o syslog_name=postfix/lane2

        """),
    good: .lanes(),
    check: .directory { subject in
      subject.lanes.compactMap { service, _ in
        guard !service.overrides.contains(where: { $0.name == "smtp_helo_name" }) else { return nil }
        return Finding(
          service.fields[0],
          "this lane greets as $myhostname; need -o smtp_helo_name with the name of its address")
      }
    })
}
