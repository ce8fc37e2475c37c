// RM319: A limit of a transport does not hold behind a pool

import PostfixFiles

extension Rule {
  static let rm319 = Rule(
    "RM319", .warning, "A limit of a transport does not hold behind a pool",
    why: """
      Limits on recipients, concurrency and rate are kept by the queue manager, for the transport that it hands the
      mail to. For a pool that is randmap, whatever the transports of its members: the limits that are set for those
      do not count there, and those of randmap do. A transport that must have one recipient at a time needs
      randmap_destination_recipient_limit = 1.
      """,
    bad: Example(
      main: """
        # randmap: agent
        default_transport = randmap:!slow:[gw1.example]!slow:[gw2.example]
        randmap_destination_concurrency_limit = 40
        slow_destination_recipient_limit = «1»

        """,
      master: """
        slow      unix  -       -       y       -       -       smtp

        """),
    good: Example(
      main: """
        # randmap: agent
        default_transport = randmap:!slow:[gw1.example]!slow:[gw2.example]
        randmap_destination_concurrency_limit = 40
        randmap_destination_recipient_limit = 1
        slow_destination_recipient_limit = 1

        """,
      master: """
        slow      unix  -       -       y       -       -       smtp

        """),
    check: .directory { subject in
      let transports = Set(
        subject.agentPools.flatMap(\.members).filter { !$0.isDrained }.compactMap(\.transport))
      return transports.sorted().flatMap { transport in
        ["recipient_limit", "concurrency_limit", "rate_delay"].compactMap { limit -> Finding? in
          let name = "\(transport)_destination_\(limit)"
          let own = "randmap_destination_\(limit)"
          guard let place = subject.place(of: name), !subject.parameters.isSet(own) else { return nil }
          return Finding(
            place,
            "the pools with \(printable(transport)) in them are delivered as randmap, where this does not count; "
              + "need \(own)")
        }
      }
    })
}
