// RM303: relayhost is not used

import PostfixFiles

extension Rule {
  static let rm303 = Rule(
    "RM303", .warning, "relayhost is not used",
    why: """
      A next hop in default_transport has precedence over relayhost. relay_transport has a next hop too,
      or there are no relay_domains, so no mail uses relayhost.
      """,
    bad: Example(
      main: """
        default_transport = smtp:[gw1.example]
        relayhost = «[gw2.example]»

        """),
    good: Example(
      main: """
        relayhost = [gw2.example]

        """),
    check: .directory { subject in
      guard let relayhost = subject.setValue(.relayhost), let route = subject.setValue(.defaultTransport),
        !Destination(route).nextHop.isEmpty, !isTable(route), !isTable(relayhost),
        subject.setValue(.senderTransportMaps) == nil,
        subject.relayDomains.isEmpty
          || !Destination(SourcedText(builtIn: subject.parameters.text(.relayTransport))).nextHop.isEmpty
      else { return [] }
      return [
        Finding(
          relayhost, else: subject.place(of: .relayhost),
          "the next hop of default_transport comes first, so this is never used; need only one of them")
      ].compactMap { $0 }
    })
}

/// Whether a value is a table, of which RM108 says that it cannot be one.
private func isTable(_ value: SourcedText) -> Bool {
  let parts = Destination(value)
  let first = parts.nextHop.bytes.first
  return TableTypes.known.contains(parts.transport.text)
    && (first == UInt8(ascii: "/") || first == .openBrace)
}
