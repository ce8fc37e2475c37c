// RM513: TLS from the first byte, and a level that does not ask for TLS

import Gateways
import PostfixFiles
import Routing

extension Rule {
  static let rm513 = Rule(
    "RM513", .error, "TLS from the first byte, and a level that does not ask for TLS",
    why: """
      smtp_tls_wrappermode = yes works only with smtp_tls_security_level = encrypt or a stronger one. With none or may
      smtp(8) skips every address of the gateway, with a warning in the log, and all mail is deferred. An entry in
      smtp_tls_policy_maps may raise the level for its next hop, or lower it.
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example]:465
        smtp_tls_wrappermode = yes
        smtp_tls_security_level = «may»

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]:465
        smtp_tls_wrappermode = yes
        smtp_tls_security_level = encrypt

        """),
    moreBad: [
      Example(
        main: """
          relayhost = [gw1.example]:465
          smtp_tls_wrappermode = yes
          smtp_tls_security_level = encrypt
          smtp_tls_policy_maps = hash:/etc/postfix/tls_policy

          """,
        others: ["tls_policy": "[gw1.example]:465  «may»\n"]),
      Example(
        main: """
          transport_maps = inline:{example.com=lane1:[gw1.example]:465}

          """,
        master: """
          smtp      unix  -       -       y       -       -       smtp
          lane1     unix  -       -       y       -       -       smtp
              -o smtp_tls_wrappermode=yes -o smtp_tls_security_level=encrypt
              -o smtp_tls_policy_maps=texthash:/etc/postfix/tls_policy

          """,
        others: ["tls_policy": "[gw1.example]:465  «none»\n"]),
    ],
    moreGood: [
      Example(
        main: """
          relayhost = [gw1.example]:465
          smtp_tls_wrappermode = yes
          smtp_tls_security_level = may
          smtp_tls_policy_maps = hash:/etc/postfix/tls_policy

          """,
        others: ["tls_policy": "[gw1.example]:465  encrypt\n"])
    ],
    check: .directory { subject in
      let lowered = subject.clients.filter {
        $0.use.isWrapped && $0.use.hasPolicies && !TLSUse.isWeak($0.use.level)
      }
      .flatMap { client in
        subject.weakPolicies(client).compactMap { entry in
          Finding(
            entry.value,
            "the policy for \"\(printable(entry.quoted))\" is \"\(excerpt(entry.value.bytes))\", and "
              + "\(client.mailProtocol.rawValue)_tls_wrappermode needs the level encrypt or a stronger one: this gateway is "
              + "skipped and mail is deferred; need \"encrypt\"")
        }
      }
      return lowered
        + subject.clients.compactMap { client in
          guard client.use.isWrapped, TLSUse.isWeak(client.use.level),
            !client.use.hasPolicies || subject.policiesLeaveWeak(client)
          else { return nil }
          let prefix = client.mailProtocol.rawValue
          let level = "\(prefix)_tls_security_level"
          let own = client.service?.overrides.last {
            $0.name == level || $0.name == "\(prefix)_tls_wrappermode"
          }
          let place =
            own.flatMap { $0.value.span() } ?? subject.place(of: level)
            ?? subject.place(of: "\(prefix)_tls_wrappermode")
          let need =
            own == nil ? "\"\(level) = encrypt\"" : "\"-o \(level)=encrypt\""
          return place.map {
            Finding(
              $0,
              "\(prefix)_tls_wrappermode needs the level encrypt or a stronger one, and here it is "
                + "\"\(printable(client.use.level))\": every gateway is skipped and mail is deferred; need \(need)"
            )
          }
        }
    })
}

/// A service that runs smtp(8) or lmtp(8); without a service of its own, main.cf's settings for all of them.
struct MailClient: Sendable {
  let service: Service?
  let mailProtocol: MailProtocol
  let use: TLSUse
}

extension Subject {
  /// main.cf's settings, and the services whose own settings for TLS differ from those.
  var clients: [MailClient] {
    let main = [MailProtocol.smtp, .lmtp].map {
      MailClient(service: nil, mailProtocol: $0, use: TLSUse($0, of: nil, in: parameters))
    }
    let services = (config.master?.services ?? []).compactMap { service -> MailClient? in
      guard service.isSMTPClient, service.overrides.contains(where: { $0.name.contains("_tls_") }) else {
        return nil
      }
      let mailProtocol: MailProtocol = service.command == "lmtp" ? .lmtp : .smtp
      let use = TLSUse(mailProtocol, of: service, in: parameters)
      return MailClient(service: service, mailProtocol: mailProtocol, use: use)
    }
    // Where each transport has settings of its own, no transport uses main.cf's.
    let names = Set(services.compactMap { $0.service?.name })
    let others = (config.master?.services ?? []).filter { $0.isSMTPClient && !names.contains($0.name) }
    let isUsed: (MailProtocol) -> Bool = { kind in
      !transports.areKnown || others.contains { $0.command == kind.rawValue }
    }
    return main.filter { isUsed($0.mailProtocol) } + services
  }

  /// Whether a gateway of this client has no entry in the policy table that raises its level. What cannot be read here may
  /// have one.
  func policiesLeaveWeak(_ client: MailClient) -> Bool {
    let keys = policies(of: client)
    guard keys.isComplete else { return false }
    return wrappedItems(of: client).contains { item in keys.entry(item.text.lowercased())?.isWeak ?? true }
  }

  /// The entries of the policy table that lower the level for a gateway of this client, each once.
  fileprivate func weakPolicies(_ client: MailClient) -> [NextHopKeys.Entry] {
    let keys = policies(of: client)
    var seen: Set<String> = []
    return wrappedItems(of: client).compactMap { keys.entry($0.text.lowercased()) }
      .filter { $0.isWeak && seen.insert($0.key).inserted }
  }

  private func policies(of client: MailClient) -> NextHopKeys {
    let parameter = "\(client.mailProtocol.rawValue)_tls_policy_maps"
    guard let service = client.service, service.overrides.contains(where: { $0.name == parameter }) else {
      return nextHopKeys(of: parameter)
    }
    return NextHopKeys(parameter, in: config, parameters.seen(by: service))
  }

  private func wrappedItems(of client: MailClient) -> [SourcedText] {
    let services = Set(clients.compactMap { $0.service?.name })
    return resultViews.filter { view in
      let name = view.transportService?.name
      return view.mailProtocol == client.mailProtocol && view.usesWrapperMode
        && (client.service.map { $0.name == name } ?? !services.contains(name ?? ""))
    }.flatMap(\.items)
  }
}

extension NextHopKeys.Entry {
  /// Whether a policy lets TLS be left out.
  fileprivate var isWeak: Bool {
    let level = value.text.lowercased().split { $0 == "," || $0.isWhitespace }.first
    return TLSUse.isWeak(level.map(String.init) ?? "")
  }
}
