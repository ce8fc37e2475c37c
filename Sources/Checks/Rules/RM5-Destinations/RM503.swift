// RM503: Invalid port in a next hop

import PostfixFiles

extension Rule {
  static let rm503 = Rule(
    "RM503", .error, "Invalid port in a next hop",
    why: """
      A port is a number from 1 to 65535 or a name that the services database knows.
      \(FatalNextHop.effectInList)
      """,
    bad: Example(
      main: """
        relayhost = «[gw1.example]:65536»

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]:2525

        """),
    check: .result { view in
      // Of a table RM108 says it.
      guard !view.isUnsoundTable else { return nil }
      let fault = view.fault(.port)
      // Since Postfix 3.6 main.cf can give a service its port.
      if let service = fault?.text.text.split(separator: ":").last, view.parameters.namesPort(String(service))
      {
        return nil
      }
      return view.fatal(
        fault,
        need:
          "a number from 1 to 65535 or the name of a service; known_tcp_ports or services(5) must contain the name"
      )
    })
}

extension Parameters {
  /// Whether known_tcp_ports has a service of this name: `name=port`, or `name=other=port`.
  fileprivate func namesPort(_ service: String) -> Bool {
    let items = ((try? value("known_tcp_ports")) ?? SourcedText()).listItems.map(\.text)
    return items.contains { $0.split(separator: "=").dropLast().contains(service[...]) }
  }
}
