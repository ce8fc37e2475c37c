// Which mail beside that of a pool takes its transports: a parameter of the transport, such as smtp_fallback_relay, is for that too.

import PostfixFiles
import Routing

extension MailConfig {
  /// Beside default_transport and relayhost: the mail of these goes where they say.
  private static let others = [
    "content_filter", "fallback_transport", "local_transport", "mailbox_transport", "virtual_transport",
  ]

  /// Whether other mail takes one of these transports, as far as main.cf and master.cf say.
  func hasOtherMail(of transports: [String]) -> Bool {
    let tables: [RoutingParameter] = [.transportMaps, .senderTransportMaps, .senderRelayhostMaps]
    func isTaken(_ value: SourcedText) -> Bool { transports.contains(Destination(value).transport.text) }
    return parameters.isSet("relay_domains") || !tables.allSatisfy { parameters.text($0).isEmpty }
      || Self.others.contains { isTaken(SourcedText(builtIn: parameters.text($0))) }
      || (master?.services ?? []).contains { service in
        service.overrides.contains { Self.others.contains($0.name) && isTaken($0.value) }
      }
  }
}
