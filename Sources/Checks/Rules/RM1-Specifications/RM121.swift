// RM121: A pool that smtp(8) takes for a host

import PostfixFiles
import Routing

extension Rule {
  static let rm121 = Rule(
    "RM121", .error, "A pool that smtp(8) takes for a host",
    why: """
      No program chooses a member when the pool follows a transport or is in relayhost: the queue manager
      gives the text to that transport as its next hop, and the agent randmap(8) never sees it.
      \(FatalNextHop.effect)
      Write the transport in each member, so that the transport of the whole is randmap; "randmap convert
      --to agent" does this.
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
      let items = pool.items.prefix(4).map { "\(transport):\(excerpt(pool.text[$0].bytes))" }
      let agent = view.transports.client(transport) == .lmtp ? "lmtp(8)" : "smtp(8)"
      guard view.usesAgent else {
        return Offence(
          view.text,
          "\(agent) takes the pool for a host and ends with an error, and other mail of the transport waits too; need "
            + "\"sender_dependent_default_transport_maps = randmap:{\(items.joined(separator: ", "))}\" in main.cf "
            + "(randmap convert --to stock)")
      }
      let need = "randmap:!\(items.joined(separator: "!"))"
      let isRelayhost = pool.transport == nil && view.place == .parameter(.relayhost)
      let parameter = isRelayhost ? "default_transport = " : ""
      return Offence(
        view.text,
        "\(agent) takes the pool for a host and ends with an error, and other mail of the transport waits too; "
          + "need \"\(parameter)\(need)\" (randmap convert --to agent)")
    })
}
