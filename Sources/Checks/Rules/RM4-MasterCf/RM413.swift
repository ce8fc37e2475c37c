// RM413: The transport of all other mail is missing

import PostfixFiles
import Routing

extension Rule {
  static let rm413 = Rule(
    "RM413", .error, "The transport of all other mail is missing",
    why: """
      Where main.cf sets no default_transport, mail for all other domains uses the service smtp. Without
      it in master.cf the mail is deferred: mail transport unavailable.
      """,
    bad: Example(
      main: """
        mydestination =

        """,
      master: """
        «lmtp»      unix  -       -       y       -       -       lmtp

        """),
    good: Example(
      main: """
        mydestination =

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        lmtp      unix  -       -       y       -       -       lmtp

        """),
    check: .directory { subject in
      guard let master = subject.config.master, !master.services.isEmpty, !subject.transports.has("smtp"),
        subject.config.main[.defaultTransport] == nil, !subject.routesAllMail
      else { return [] }
      let place =
        master.services.first?.fields[0].span() ?? FileRange(file: master.document.path, range: 0..<0)
      return [
        Finding(
          place,
          "no transport smtp is in master.cf, and mail for all other domains uses it: the mail is deferred; need the line "
            + "\"smtp unix - - n - - smtp\", or a default_transport that is in master.cf")
      ]
    })
}

extension Subject {
  /// Whether a table decides about every recipient or sender, so that nothing is left for default_transport.
  var routesAllMail: Bool {
    tables.contains { $0.keys == .recipients && digests[$0.path]?.entry("*") != nil }
      || [RoutingParameter.transportMaps, .senderTransportMaps].flatMap { openMaps($0) }.contains {
        isCatchAll($0) || $0.answersOtherSenders || $0.isService
      }
  }
}
