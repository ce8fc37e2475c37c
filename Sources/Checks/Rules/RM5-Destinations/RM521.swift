// RM521: A word that is taken for a host

import PostfixFiles

extension Rule {
  static let rm521 = Rule(
    "RM521", .error, "A word that is taken for a host",
    why: """
      A next hop is a host, whatever its name is: "none" and "no" are looked up in DNS, and the mail waits or comes back. To
      have no gateway, leave the value empty.
      """,
    bad: Example(
      main: """
        relayhost = «none»

        """),
    good: Example(
      main: """
        relayhost =

        """),
    check: .result { view in
      guard view.faults.isEmpty, view.isWordForNothing, let item = view.items.first else { return nil }
      return Offence(
        item,
        "\"\(printable(item.bytes))\" is the name of a host here, and the mail waits or comes back; need an empty value"
      )
    })
}

extension ResultView {
  /// Whether its only host is a word that people write to have no gateway.
  var isWordForNothing: Bool {
    let words: Set = [
      "none", "no", "off", "direct", "false", "null", "nil", "empty", "disabled", "yes", "true", "unset",
    ]
    return items.count == 1 && items.allSatisfy { words.contains($0.text.lowercased()) }
  }
}
