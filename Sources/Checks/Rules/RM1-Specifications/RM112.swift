// RM112: A pool on * is used once in 30 seconds

import PostfixFiles

extension Rule {
  static let rm112 = Rule(
    "RM112", .warning, "A pool on * is used once in 30 seconds",
    why: """
      trivial-rewrite(8) keeps the result for * for 30 seconds. In this time all mail goes to one gateway:
      the weights hold only over many hours. With a pool in sender_dependent_default_transport_maps
      Postfix chooses for each delivery.
      """,
    bad: Example(
      main: """
        mydestination =
        transport_maps = «pipemap:{inline:{*=x}, randmap:{smtp:[gw1.example], smtp:[gw2.example]}}»
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        mydestination =
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .directory { subject in
      subject.openMaps(.transportMaps).compactMap { table in
        guard case .pipe(let stages) = table.content, let first = stages.first,
          stages.contains(where: \.hasPool),
          subject.hasKey("*", in: first)
        else { return nil }
        return Finding(
          table.text, else: subject.place(of: .transportMaps),
          "the result for * is kept for 30 seconds, so all mail goes to one gateway in this time; "
            + "need the pool in sender_dependent_default_transport_maps")
      }
    })
}
