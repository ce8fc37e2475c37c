// RM122: Unknown name of a pool

import PostfixFiles

extension Rule {
  static let rm122 = Rule(
    "RM122", .error, "Unknown name of a pool",
    why: """
      Letters, digits and underscores after "randmap:" are the name of a parameter that holds a pool:
      "randmap:!a!b" or "randmap:/file" as elsewhere, or, in a parameter of your own, only the part after
      "randmap:". Without such a parameter, the agent randmap(8) defers the mail.
      """,
    bad: Example(
      main: """
        # randmap: agent
        default_transport = «randmap:out_pol»
        out_pool = !smtp:[gw1.example]!smtp:[gw2.example]
        randmap_destination_concurrency_limit = 40

        """),
    good: Example(
      main: """
        # randmap: agent
        default_transport = randmap:out_pool
        out_pool = !smtp:[gw1.example]!smtp:[gw2.example]
        randmap_destination_concurrency_limit = 40

        """),
    check: .resultInDirectory { view in
      guard view.usesAgent, !view.isPoolForClient, let name = view.pool?.name,
        view.parameters.namedPool(name) == nil
      else { return nil }
      let shown = printable(name)
      let what =
        view.parameters.isSet(name)
        ? "\(shown) holds no pool" : "main.cf sets no parameter \"\(shown)\""
      return Offence(
        view.text, "\(what): the mail waits; need a line such as \"\(shown) = !smtp:[a]!smtp:[b]\"")
    })
}
