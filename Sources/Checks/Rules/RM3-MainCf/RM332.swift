// RM332: smtpd(8) does not start without a word that refuses to relay

import PostfixFiles

extension Rule {
  static let rm332 = Rule(
    "RM332", .error, "smtpd(8) does not start without a word that refuses to relay",
    why: """
      Somewhere in smtpd_relay_restrictions or smtpd_recipient_restrictions smtpd(8) needs a word that ends mail for other
      people's domains: reject_unauth_destination, defer_unauth_destination, reject, defer or defer_if_permit. Without one it
      ends with an error at each connection, and no mail comes in. The default of smtpd_relay_restrictions has one, and a value
      of your own takes its place.
      """,
    bad: Example(
      main: """
        smtpd_relay_restrictions = «permit_mynetworks, permit_sasl_authenticated»

        """),
    good: Example(
      main: """
        smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination

        """),
    moreBad: [
      Example(
        main: """
          smtpd_relay_restrictions = «permit_mynetworks, permit»
          smtpd_recipient_restrictions = permit_mynetworks, warn_if_reject reject_unauth_destination

          """),
      Example(
        master: """
          smtp       unix  -       -       y       -       -       smtp
          submission inet  n       -       y       -       -       smtpd
              -o smtpd_relay_restrictions=«permit_sasl_authenticated»

          """),
    ],
    moreGood: [
      Example(
        main: """
          smtpd_restriction_classes = own
          own = permit_mynetworks, reject
          smtpd_relay_restrictions = own

          """),
      Example(
        main: """
          smtpd_relay_restrictions =
          smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination

          """),
      Example(
        master: """
          smtp       unix  -       -       y       -       -       smtp
          submission inet  n       -       y       -       -       smtpd
              -o smtpd_relay_restrictions=permit_sasl_authenticated,reject

          """),
    ],
    check: .directory { subject in
      let services = (subject.config.master?.services ?? []).filter { $0.command == "smtpd" }
      return ([nil] + services.map(Optional.some)).compactMap { service -> Finding? in
        let seen = service.map { subject.parameters.seen(by: $0) } ?? subject.parameters
        let own = service?.overrides.last { relayLists.contains($0.name) }
        // A service without a list of its own goes by main.cf's.
        if service != nil, own == nil { return nil }
        guard seen.isSet(relayLists[0]),
          relayLists.allSatisfy({ name in
            (try? seen.value(name)).map { !refuses($0, seen, depth: 0) } ?? false
          }),
          let place = own.flatMap({ $0.value.span() }) ?? subject.place(of: relayLists[0])
            ?? service?.fields.first?.span()
        else { return nil }
        let name = own?.name ?? relayLists[0]
        return Finding(
          place,
          "no word in smtpd_relay_restrictions or smtpd_recipient_restrictions refuses mail for other people's domains: smtpd(8) "
            + "ends with an error and no mail comes in; need reject_unauth_destination in \(name)")
      }
    })
}

private let relayLists = ["smtpd_relay_restrictions", "smtpd_recipient_restrictions"]

/// Whether a list of restrictions has what smtpd(8) asks for (has_required in smtpd_check.c).
private func refuses(_ list: SourcedText, _ parameters: Parameters, depth: Int) -> Bool {
  let wanted: Set = [
    "reject_unauth_destination", "defer_unauth_destination", "reject", "defer", "defer_if_permit",
    "check_relay_domains",
  ]
  let classes = Set(
    ((try? parameters.value("smtpd_restriction_classes")) ?? SourcedText()).listItems.map(\.text))
  var isSkipped = false
  for word in list.listItems.map(\.text) {
    defer { isSkipped = word.lowercased() == "warn_if_reject" }
    if isSkipped { continue }
    if word.lowercased() == "permit" { return false }
    if wanted.contains(word.lowercased()) { return true }
    if classes.contains(word), depth < 10, let value = try? parameters.value(word),
      refuses(value, parameters, depth: depth + 1)
    {
      return true
    }
  }
  return false
}
