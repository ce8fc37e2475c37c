// RM901: Credentials have a key that is never asked for

import PostfixFiles
import Routing

extension Rule {
  static let rm901 = Rule(
    "RM901", .error, "Credentials have a key that is never asked for",
    why: """
      smtp(8) asks smtp_sasl_password_maps for the name of the server, and then for the next hop exactly
      as it is written in the configuration: "[gw1.example]:587" and "gw1.example:587" are two keys. With
      the wrong key there is no login, and the gateway refuses the mail.
      """,
    bad: .login("«gw1.example:587»  user:secret\n"),
    good: .login("[gw1.example]:587  user:secret\n"),
    moreBad: [
      Example(
        main: """
          sender_dependent_default_transport_maps = inline:{@example.com=lane1:[gw1.example]:587}
          relayhost = [gw2.example]

          """,
        master: """
          smtp      unix  -       -       y       -       -       smtp
          lane1     unix  -       -       y       -       -       smtp
              -o smtp_sasl_auth_enable=yes -o smtp_sasl_security_options=noanonymous
              -o smtp_sasl_password_maps=texthash:/etc/postfix/sasl_passwd

          """,
        others: ["sasl_passwd": "«[gw1.example]:588»  user:secret\n"])
    ],
    check: .directory { subject in
      let keys = subject.nextHopKeys(of: "smtp_sasl_password_maps")
      let misspelled = subject.keysByClient("_sasl_password_maps").flatMap { client in
        subject.misspelled(client.keys, of: client.gateways) { $0.credentialKeys }.compactMap {
          entry, gateway in
          Finding(
            entry.keyText,
            "\"\(excerpt(entry.quoted))\" is never asked for: \(client.program) asks for "
              + "\(listed(gateway.credentialKeys)); need the key \"\(excerpt(gateway.item.bytes))\"")
        }
      }
      guard let star = keys.entry("*") else { return misspelled }
      return misspelled
        + [
          Finding(
            star.keyText,
            "smtp(8) never looks up \"*\", so no gateway uses this line; need a line for each gateway, such as "
              + "\"[gw1.example]:587  user:password\"")
        ].compactMap { $0 }
    })
}

extension Subject {
  /// The keys that name the host of a gateway in another spelling than the next hop does, where no other key is right for
  /// it.
  func misspelled(
    _ keys: NextHopKeys, of known: [AskedGateway]? = nil, asked: (AskedGateway) -> [String]
  ) -> [(entry: NextHopKeys.Entry, gateway: AskedGateway)] {
    let gateways = known ?? askedGateways
    let all = Set(gateways.flatMap(asked))
    let missed = gateways.filter { gateway in !asked(gateway).contains { keys.entry($0) != nil } }
    var byHost: [String: AskedGateway] = [:]
    for gateway in missed where byHost[gateway.hostName] == nil { byHost[gateway.hostName] = gateway }
    return keys.entries.compactMap { entry in
      guard !all.contains(entry.key), !entry.key.contains("@") else { return nil }
      var host = AskedGateway.bareHost(entry.key)
      if host.hasSuffix(".") { host.removeLast() }
      guard let gateway = byHost[host] else { return nil }
      // Of a next hop without brackets the bare name is asked for too where it is its own exchanger.
      if !gateway.host.isBracketed, entry.key == gateway.hostName { return nil }
      return (entry, gateway)
    }
  }
}
