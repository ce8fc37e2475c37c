// RM319: A limit of a transport does not apply to a pool

import PostfixFiles

extension Rule {
  static let rm319 = Rule(
    "RM319", .warning, "A limit of a transport does not apply to a pool",
    why: """
      The queue manager applies limits on recipients, concurrency and rate, for the transport that it
      gives the mail to. For a pool this is randmap, whatever the transports of its members: the limits of
      those transports do not apply there, and those of randmap do. A transport that must have one
      recipient at a time needs randmap_destination_recipient_limit = 1.
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
        subject.agentPools.lazy.flatMap(\.members).filter { !$0.isDrained }.compactMap(\.transport))
      return transports.sorted().flatMap { transport in
        ["recipient_limit", "concurrency_limit", "rate_delay"].compactMap { limit -> Finding? in
          let name = "\(transport)_destination_\(limit)"
          let own = "randmap_destination_\(limit)"
          guard let place = subject.place(of: name), !subject.parameters.isSet(own) else { return nil }
          return Finding(
            place,
            "the pools with \(printable(transport)) in them are delivered as randmap, so this does not apply; "
              + "need \(own)")
        }
      }
    })
}
