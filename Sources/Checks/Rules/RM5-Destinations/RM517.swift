// RM517: A port number where use_srv_lookup has the name of the service

import PostfixFiles
import Routing

extension Rule {
  static let rm517 = Rule(
    "RM517", .warning, "A port number where use_srv_lookup has the name of the service",
    why: """
      use_srv_lookup compares names: with use_srv_lookup = submission smtp(8) looks for SRV records of the
      next hop pool.example:submission, and not of pool.example:587. It looks for MX records of that name
      instead, without a warning.
      """,
    bad: Example(
      main: """
        use_srv_lookup = submission
        smtp_tls_security_level = encrypt
        relayhost = «pool.example:587», [gw1.example]:587

        """, version: PostfixVersion(3, 10), companions: ["RM506"]),
    good: Example(
      main: """
        use_srv_lookup = submission
        smtp_tls_security_level = encrypt
        relayhost = pool.example:submission, [gw1.example]:587

        """, version: PostfixVersion(3, 10), companions: ["RM516"]),
    check: .resultInDirectory { view in
      guard view.mailProtocol != nil else { return nil }
      let services = view.client.lookup.services
      guard !services.isEmpty else { return nil }
      for item in view.items {
        guard let (name, port) = ResultView.parts(of: item), !services.contains(port), let number = Int(port),
          let service = services.first(where: { Int($0) == nil && servicePort($0) == number })
        else { continue }
        return Offence(
          item,
          "\"\(printable(port))\" is not the name \"\(printable(service))\", so no SRV records are looked up; need "
            + "\"\(printable(name)):\(printable(service))\", or brackets where the host itself is meant")
      }
      return nil
    })
}
