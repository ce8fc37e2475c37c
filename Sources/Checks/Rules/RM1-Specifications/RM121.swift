// RM121: A pool where smtp(8) takes it for a host

import PostfixFiles
import Routing

extension Rule {
  static let rm121 = Rule(
    "RM121", .error, "A pool where smtp(8) takes it for a host",
    why: """
      No program draws from a pool after a transport or in relayhost: the queue manager hands the text to
      that transport as its next hop, where the agent randmap(8) never sees it. smtp(8) and lmtp(8) do not defer such
      a message: they die, master(8) throttles the transport for up to 60 seconds, and all other mail of that
      transport waits. The transport belongs into each member, so that the transport of the whole is randmap;
      "randmap convert --to agent" writes it so.
      """,
    bad: Example(
      main: """
        # randmap: agent
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  «smtp:randmap:![gw1.example]![gw2.example]»

        """),
    good: Example(
      main: """
        # randmap: agent
        randmap_destination_concurrency_limit = 40
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  randmap:!smtp:[gw1.example]!smtp:[gw2.example]

        """),
    check: .result { view in
      guard view.isPoolForClient, let pool = view.pool else { return nil }
      let transport = pool.transport.map { printable($0) } ?? "smtp"
      let agent = view.transports.client(transport) == .lmtp ? "lmtp(8)" : "smtp(8)"
      guard view.usesAgent else {
        return Offence(
          view.text,
          "\(agent) takes the pool for a host and dies of it, and other mail of the transport waits too; need "
            + "\"sender_dependent_default_transport_maps = randmap:{\(transport):[a], \(transport):[b]}\" in main.cf "
            + "(randmap convert --to stock)")
      }
      let need = "randmap:!\(transport):[a]!\(transport):[b]"
      let isRelayhost = pool.transport == nil && view.place == .parameter(.relayhost)
      let parameter = isRelayhost ? "default_transport = " : ""
      return Offence(
        view.text,
        "\(agent) takes the pool for a host and dies of it, and other mail of the transport waits too; "
          + "need \"\(parameter)\(need)\" (randmap convert --to agent)")
    })
}
