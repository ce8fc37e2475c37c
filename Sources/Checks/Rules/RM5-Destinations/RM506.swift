// RM506: A host without brackets is looked up as a domain

import PostfixFiles

extension Rule {
  static let rm506 = Rule(
    "RM506", .info, "A host without brackets is looked up as a domain",
    why: """
      Without brackets Postfix looks for MX records of the name, and mail goes to the hosts in them.
      Brackets turn that off. lmtp(8) never looks for MX records.
      """,
    bad: Example(
      main: """
        relayhost = «gw1.example»

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]

        """),
    check: .result { view in
      // lmtp(8) never looks for MX records, and smtp(8) does not where DNS is turned off.
      guard view.faults.isEmpty, !view.isWordForNothing, view.mailProtocol == .smtp,
        view.client.asksForExchangers,
        let (item, host) = view.firstHost(where: { !$0.isBracketed && !HostName.isAddress($0.host) })
      else { return nil }
      // A transport that is taken for a host: RM227.
      if view.kind == .destination, view.transport.isEmpty, view.nextHop.bytes.first?.isSpace == true {
        return nil
      }
      // Brackets would turn SRV records off.
      if let found = view.serviceItem, found.item.text == item.text { return nil }
      return Offence(
        item,
        "\"\(printable(host.host))\" is looked up for MX records; need brackets, \"[host]\", where the host itself is meant"
      )
    })
}
