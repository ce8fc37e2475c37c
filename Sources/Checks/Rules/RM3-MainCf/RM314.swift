// RM314: relayhost has several next hops, and this Postfix takes one

import PostfixFiles

extension Rule {
  static let rm314 = Rule(
    "RM314", .error, "relayhost has several next hops, and this Postfix takes one",
    why: """
      Lists came with Postfix 3.5. Before 3.5, master(8) refuses to start.
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example], «[gw2.example]»

        """,
      version: PostfixVersion(3, 4)),
    good: Example(
      main: """
        relayhost = [gw1.example], [gw2.example]

        """,
      version: PostfixVersion(3, 5)),
    check: .result { view in
      guard view.place == .parameter(.relayhost), view.items.count > 1, view.version < .nextHopLists else {
        return nil
      }
      return Offence(
        view.items[1], "Postfix \(view.version) takes one host here; need one, or Postfix 3.5 or later")
    })
}
