// RM903: A gateway has no credentials, and others of the same mail have

import PostfixFiles
import Routing

extension Rule {
  static let rm903 = Rule(
    "RM903", .warning, "A gateway has no credentials, and others of the same mail have",
    why: """
      If one gateway of a pool or of a list requires a login, the others and the fallback relay usually
      require one too. smtp_sasl_password_maps needs an entry for each, by its name or by the next hop as
      it is written. Without an entry smtp(8) sends without a login, and the gateway refuses the mail.
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example]:587
        smtp_fallback_relay = «[gw2.example]:587»
        smtp_sasl_auth_enable = yes
        smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd
        smtp_sasl_security_options = noanonymous

        """,
      others: ["sasl_passwd": "[gw1.example]:587  user:secret\n"]),
    good: Example(
      main: """
        relayhost = [gw1.example]:587
        smtp_fallback_relay = [gw2.example]:587
        smtp_sasl_auth_enable = yes
        smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd
        smtp_sasl_security_options = noanonymous

        """,
      others: ["sasl_passwd": "[gw1.example]:587  user:secret\n[gw2.example]:587  user:secret\n"]),
    moreBad: [
      Example(
        main: """
          relayhost = «[gw1.example]:587»
          smtp_sasl_auth_enable = yes
          smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd
          smtp_sasl_security_options = noanonymous

          """,
        others: ["sasl_passwd": "[old.example]:587  user:secret\n"])
    ],
    check: .directory { subject in
      let keys = subject.nextHopKeys(of: "smtp_sasl_password_maps")
      guard subject.isOnAnywhere("smtp_sasl_auth_enable"), keys.isComplete, !keys.entries.isEmpty,
        !(subject.isOnAnywhere("smtp_sender_dependent_authentication")
          && keys.entries.contains { $0.key.contains("@") })
      else { return [] }
      func hasCredentials(_ gateway: AskedGateway) -> Bool {
        gateway.credentialKeys.contains { keys.entry($0) != nil }
          // What DNS makes of a name without brackets is not known here.
          || !gateway.host.isBracketed && keys.entry(gateway.hostName) != nil
      }
      let misspelled = Set(subject.misspelled(keys) { $0.credentialKeys }.map(\.gateway.written))
      // A table whose keys are all of other hosts is for this one, most probably.
      let all = subject.askedGateways
      let isUnused =
        subject.knowsItsGateways && !all.contains(where: hasCredentials)
        && !keys.entries.contains { $0.key.contains("@") || $0.key == "*" }
      return subject.gatewayGroups.enumerated().flatMap { number, group -> [Finding] in
        let isOnlyGroup = number == 0 && isUnused && group.count == 1 && group.allSatisfy(\.host.isBracketed)
        if isOnlyGroup, let gateway = group.first, !misspelled.contains(gateway.written) {
          let line = "\(excerpt(gateway.item.bytes))  user:password"
          return [
            Finding(
              gateway.item,
              "smtp_sasl_password_maps has credentials for other hosts, and none for \"\(excerpt(gateway.item.bytes))\"; need the "
                + "line \"\(line)\"")
          ].compactMap { $0 }
        }
        guard group.contains(where: hasCredentials) else { return [] }
        var told: Set<String> = []
        return group.filter { !hasCredentials($0) && !misspelled.contains($0.written) }
          .filter { told.insert($0.written).inserted }.compactMap { gateway in
            Finding(
              gateway.item,
              "no credentials for \"\(excerpt(gateway.item.bytes))\", and others of the same mail have some; need the "
                + "line \"\(excerpt(gateway.item.bytes))  user:password\" in smtp_sasl_password_maps")
          }
      }
    })
}

extension Subject {
  /// The gateways that one and the same mail may leave by: those of a pool, of relayhost, of one result with a list,
  /// each with the fallback relays.
  fileprivate var gatewayGroups: [[AskedGateway]] {
    let views = resultViews.filter { $0.mailProtocol == .smtp }
    func of(_ parameter: RoutingParameter) -> [AskedGateway] {
      views.filter { $0.place == .parameter(parameter) }.flatMap(\.askedGateways)
    }
    let fallback = of(.smtpFallbackRelay)
    var groups = [of(.relayhost) + of(.defaultTransport) + fallback]
    for pool in soundPools {
      let places = Set(
        pool.members.filter { !$0.isDrained }.flatMap { member in
          member.items.compactMap { pool.text.text[pool.text.items[$0]].span() }
        })
      let members = views.filter { view in view.text.span().map(places.contains) ?? false }
      if !members.isEmpty { groups.append(members.flatMap(\.askedGateways) + fallback) }
    }
    return groups
  }
}
