// What the rules for hosts ask of a result.

import PostfixFiles
import Routing

extension ResultView {
  /// The first item that names a host for which `condition` holds.
  func firstHost(where condition: (HostPort) -> Bool) -> (item: SourcedText, host: HostPort)? {
    guard let mailProtocol else { return nil }
    for item in items {
      if let host = NextHopSyntax(item.text, mailProtocol).host, condition(host) { return (item, host) }
    }
    return nil
  }

  /// Whether the transport sends to port 25 where no port is named.
  var isSentToPort25: Bool {
    guard let service = transportService else { return true }
    guard let port = service.overrides.last(where: { $0.name == "smtp_tcp_port" }) else { return true }
    return servicePort(port.value.text) == 25
  }

  /// Whether the transport speaks TLS from the first byte.
  var usesWrapperMode: Bool {
    let name = "smtp_tls_wrappermode"
    return (transportService.map { parameters.seen(by: $0) } ?? parameters).text(name) == "yes"
  }

  private var transportService: Service? { agents.service(transportName ?? "smtp") }
}

extension Subject {
  /// The names and addresses at which mail loops back.
  var ownNames: Set<String> {
    var names: Set = [parameters.text("myhostname").lowercased()]
    let interfaces = parameters.text("inet_interfaces")
    if ["all", "loopback-only", "localhost"].contains(interfaces) {
      names.formUnion(["localhost", "127.0.0.1", "::1"])
    }
    names.formUnion((plainNames("inet_interfaces") + plainNames("proxy_interfaces")).filter(HostName.isIPv4))
    return names
  }
}
