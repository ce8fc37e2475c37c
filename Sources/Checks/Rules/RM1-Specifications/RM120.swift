// RM120: This Postfix has no randmap

import PostfixFiles

extension Rule {
  static let rm120 = Rule(
    "RM120", .error, "This Postfix has no randmap",
    why: """
      randmap, pipemap, unionmap and inline came with Postfix 3.0. Before, the type is not known and
      each lookup fails.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = «randmap:{smtp:[gw1.example], smtp:[gw2.example]}»
        smtp_fallback_relay = [gw3.example]

        """,
      version: PostfixVersion(2, 11)),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """,
      version: PostfixVersion(3, 0)),
    check: .main { subject in
      subject.maps.compactMap { item in
        guard let table = try? item.table.get(), table.hasPool, subject.version < .randomTables
        else { return nil }
        return Finding(
          table.text, else: subject.place(of: item.parameter),
          "Postfix \(subject.version) has no randmap; need Postfix 3.0 or later")
      }
    })
}
