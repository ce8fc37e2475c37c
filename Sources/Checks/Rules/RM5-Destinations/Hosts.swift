// What the rules for hosts need from a result.

import PostfixFiles
import Routing

extension ResultView {
  /// The first item that names a host for which `condition` holds.
  func firstHost(where condition: (HostPort) -> Bool) -> (item: SourcedText, host: HostPort)? {
    for (item, host) in zip(items, hosts) {
      if let host, condition(host) { return (item, host) }
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
    guard let mailProtocol else { return false }
    return client.tls(mailProtocol).isWrapped
  }

  /// What the service of its transport reads.
  var client: ClientSettings { setting.clients.settings(transportService) }

  var transportService: Service? {
    if let name = transportName, !name.isEmpty { return transports.service(name) }
    // A fallback relay is of each transport by itself.
    let isFallback = place.valueOf?.isFallback == true
    return transports.service(fixedTransport ?? (isFallback ? "smtp" : setting.defaultClient))
  }
}

extension Parameters {
  /// The names and addresses at which mail loops back, in lower case.
  var ownNames: Set<String> {
    var names: Set = [text("myhostname").lowercased()]
    let interfaces = text("inet_interfaces")
    if ["all", "loopback-only", "localhost"].contains(interfaces) {
      names.formUnion(["localhost", "127.0.0.1", "::1"])
    }
    let listed = ["inet_interfaces", "proxy_interfaces"].flatMap { name in
      ((try? value(name)) ?? SourcedText()).listItems.map { $0.text.lowercased() }
    }
    return names.union(listed.filter(HostName.isIPv4))
  }
}
