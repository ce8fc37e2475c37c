// RM336: A restriction that smtpd(8) does not know

import PostfixFiles
import System

extension Rule {
  static let rm336 = Rule(
    "RM336", .error, "A restriction that smtpd(8) does not know",
    why: """
      smtpd(8) answers 451 where it comes to a word that is neither a restriction nor one of smtpd_restriction_classes: no mail
      comes in that gets so far in the list. The rule knows the words that differ little from a restriction.
      """,
    bad: Example(
      main: """
        smtpd_client_restrictions = «permit_mynetwork», reject_unknown_client_hostname

        """),
    good: Example(
      main: """
        smtpd_client_restrictions = permit_mynetworks, reject_unknown_client_hostname

        """),
    moreBad: [
      Example(
        main: """

          """,
        master: """
          smtp       unix  -       -       y       -       -       smtp
          submission inet  n       -       y       -       -       smtpd
              -o smtpd_relay_restrictions=«permit_sasl_authentificated»,reject

          """)
    ],
    moreGood: [
      Example(
        main: """
          smtpd_restriction_classes = permit_mynetwork
          permit_mynetwork = permit_mynetworks
          smtpd_client_restrictions = permit_mynetwork, reject_rbl_client rejects, check_client_access static:OK

          """)
    ],
    check: .directory { subject in
      let main = restrictionLists.filter { subject.config.main[$0] != nil }
        .compactMap { name in (try? subject.parameters.value(name)).map { (name, $0, subject.parameters) } }
      let services = (subject.config.master?.services ?? []).filter { $0.command == "smtpd" }.flatMap {
        service in
        let seen = subject.parameters.seen(by: service)
        return restrictionLists.filter { name in service.overrides.contains { $0.name == name } }
          .compactMap { name in (try? seen.value(name)).map { (name, $0, seen) } }
      }
      return (main + services).flatMap { name, value, seen -> [Finding] in
        let classes = Set(
          ((try? seen.value("smtpd_restriction_classes")) ?? SourcedText()).listItems.map(\.text))
        var before = ""
        return value.listItems.compactMap { item in
          let word = item.text.lowercased()
          defer { before = word }
          guard !takesArgument(before), word.utf8.allSatisfy({ $0.isNameByte }), !restrictions.contains(word),
            !takesArgument(word), !classes.contains(item.text), let meant = nearRestriction(word)
          else { return nil }
          return Finding(
            item, else: subject.place(of: name),
            "unknown smtpd restriction: \"\(printable(item.bytes))\": smtpd(8) answers 451 where it comes to it; need "
              + "\"\(meant)\"")
        }
      }
    })
}

private let restrictionLists = [
  "client", "helo", "sender", "relay", "recipient", "data", "end_of_data", "etrn",
].map {
  "smtpd_\($0)_restrictions"
}

/// Whether the next word belongs to a restriction.
private func takesArgument(_ word: String) -> Bool {
  word.hasPrefix("check_") && word.hasSuffix("_access") || word == "check_policy_service" || word == "sleep"
    || ["reject_rbl_client", "permit_dnswl_client", "permit_rhswl_client", "reject_maps_rbl"].contains(word)
    || word.hasPrefix("reject_rhsbl_")
}

private func nearRestriction(_ word: String) -> String? {
  // Short words are near to too many.
  guard word.utf8.count > 8 else { return nil }
  return NearName.of(word, in: restrictions.sorted())
}

/// Those without an argument.
private let restrictions: Set = [
  "permit", "reject", "defer", "defer_if_permit", "defer_if_reject", "warn_if_reject", "permit_mynetworks",
  "permit_sasl_authenticated", "permit_tls_clientcerts", "permit_tls_all_clientcerts",
  "permit_inet_interfaces",
  "permit_naked_ip_address", "permit_auth_destination", "permit_mx_backup", "reject_unauth_destination",
  "defer_unauth_destination", "reject_unauth_pipelining", "reject_unknown_client_hostname",
  "reject_unknown_client",
  "reject_unknown_reverse_client_hostname", "reject_unknown_forward_client_hostname",
  "reject_plaintext_session",
  "reject_invalid_helo_hostname", "reject_invalid_hostname", "reject_non_fqdn_helo_hostname",
  "reject_non_fqdn_hostname",
  "reject_unknown_helo_hostname", "reject_unknown_hostname", "reject_non_fqdn_sender",
  "reject_unknown_sender_domain",
  "reject_unknown_address", "reject_unlisted_sender", "reject_unlisted_recipient", "reject_unverified_sender",
  "reject_unverified_recipient", "reject_sender_login_mismatch", "reject_authenticated_sender_login_mismatch",
  "reject_unauthenticated_sender_login_mismatch", "reject_known_sender_login_mismatch",
  "reject_non_fqdn_recipient",
  "reject_unknown_recipient_domain", "reject_multi_recipient_bounce", "check_relay_domains",
  "check_recipient_maps",
]
