// RM108: A table or pool where a plain destination is needed

import PostfixFiles

extension Rule {
  static let rm108 = Rule(
    "RM108", .error, "A table or pool where a plain destination is needed",
    why: """
      This parameter takes a destination, not a lookup table. Postfix accepts the text, looks for a
      transport of that name (randmap, hash) and defers all its mail; in relayhost smtp(8) ends with an
      error. A random choice needs a parameter that takes tables, such as
      sender_dependent_default_transport_maps, or the agent randmap(8).
      """,
    bad: Example(
      main: """
        default_transport = «randmap:{smtp:[gw1.example], smtp:[gw2.example]}»

        """),
    good: Example(
      main: """
        default_transport = smtp
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .resultInDirectory { view in
      guard let name = view.place.valueOf, view.isUnsoundTable else { return nil }
      return Offence(
        view.text,
        "\(name) takes no table or pool: \(view.kind == .nextHop ? "smtp(8) ends with an error and all mail waits" : "all its mail is deferred"); need \(instead(of: name, view))"
      )
    })
}

/// What to write in the place of a table or pool.
private func instead(of name: RoutingParameter, _ view: ResultView) -> String {
  let plain = view.kind == .nextHop ? "a next hop" : "transport:nexthop"
  let text = excerpt(view.text.bytes)
  // A table of routes is asked by another parameter; a pool is something else.
  guard view.pool == nil, !text.hasPrefix("randmap:") else {
    switch name {
    case .relayTransport: return "\(plain), or a pool: randmap pool class:relay GATEWAY GATEWAY"
    case .virtualTransport: return "\(plain), or a pool: randmap pool class:virtual GATEWAY GATEWAY"
    default: return "\(plain), or sender_dependent_default_transport_maps = randmap:{...}"
    }
  }
  switch name {
  case .relayhost: return "\(plain); to choose by sender: \"sender_dependent_relayhost_maps = \(text)\""
  case .defaultTransport, .relayTransport:
    return "\(plain); to choose by recipient: \"transport_maps = \(text)\""
  default: return plain
  }
}
