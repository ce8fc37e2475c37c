// RM518: Mail to all domains without SRV records bounces

import PostfixFiles
import Routing

extension Rule {
  static let rm518 = Rule(
    "RM518", .error, "Mail to all domains without SRV records bounces",
    why: """
      A next hop without a port has the service of smtp_tcp_port, which is smtp. With use_srv_lookup =
      smtp all mail of the transport is looked up as _smtp._tcp.DOMAIN, also for other people's domains.
      Hardly any of them has such a record: the mail bounces with a permanent error. allow_srv_lookup_fallback = yes
      continues with MX records.
      """,
    bad: Example(
      main: """
        use_srv_lookup = «smtp»

        """, version: PostfixVersion(3, 10)),
    good: Example(
      main: """
        use_srv_lookup = smtp
        allow_srv_lookup_fallback = yes

        """, version: PostfixVersion(3, 10)),
    check: .directory { subject in
      let services = (subject.config.master?.services ?? []).filter {
        $0.isSMTPClient && $0.overrides.contains { $0.name == "use_srv_lookup" }
      }
      return ([nil] + services.map(Optional.some)).compactMap { service -> Finding? in
        let seen = service.map { subject.parameters.seen(by: $0) } ?? subject.parameters
        let lookup = ServiceLookup(service, in: subject.parameters)
        let port = service?.command == "lmtp" ? "lmtp_tcp_port" : "smtp_tcp_port"
        guard let name = lookup.services.first(where: { $0 == seen.text(port) }), !lookup.fallsBack,
          let item = (try? seen.value("use_srv_lookup"))?.listItems.first(where: { $0.text == name })
        else { return nil }
        return Finding(
          item, else: subject.place(of: "use_srv_lookup"),
          "every next hop without a port is looked up as _\(printable(name))._tcp, and mail for a domain without such records "
            + "bounces; need \"allow_srv_lookup_fallback = yes\", or another service")
      }
    })
}
