// The tables that proxymap(8) opens for others: those that proxy_read_maps names, directly or by the parameters in it.

extension Parameters {
  /// Its default: the values of nearly all parameters that name tables (`postconf -d proxy_read_maps`).
  package static let proxyReadMaps = [
    "local_recipient_maps", "mydestination", "virtual_alias_maps", "virtual_alias_domains",
    "virtual_mailbox_maps",
    "virtual_mailbox_domains", "relay_recipient_maps", "relay_domains", "canonical_maps",
    "sender_canonical_maps",
    "recipient_canonical_maps", "relocated_maps", "transport_maps", "mynetworks", "smtpd_sender_login_maps",
    "sender_bcc_maps", "recipient_bcc_maps", "smtp_generic_maps", "lmtp_generic_maps", "alias_maps",
    "smtpd_client_restrictions", "smtpd_helo_restrictions", "smtpd_sender_restrictions",
    "smtpd_relay_restrictions", "smtpd_recipient_restrictions",
    "address_verify_sender_dependent_default_transport_maps",
    "address_verify_sender_dependent_relayhost_maps",
    "address_verify_transport_maps", "fallback_transport_maps", "lmtp_discard_lhlo_keyword_address_maps",
    "lmtp_pix_workaround_maps", "lmtp_sasl_password_maps", "lmtp_tls_policy_maps", "mailbox_command_maps",
    "mailbox_transport_maps", "postscreen_discard_ehlo_keyword_address_maps", "rbl_reply_maps",
    "sender_dependent_default_transport_maps", "sender_dependent_relayhost_maps",
    "smtp_discard_ehlo_keyword_address_maps", "smtp_pix_workaround_maps", "smtp_sasl_password_maps",
    "smtp_tls_policy_maps", "smtpd_discard_ehlo_keyword_address_maps", "smtpd_milter_maps",
    "virtual_gid_maps",
    "virtual_uid_maps", "local_login_sender_maps", "postscreen_reject_footer_maps",
    "smtpd_reject_footer_maps",
    "tls_server_sni_maps", "tlsproxy_client_policy_maps", "default_delivery_status_filter",
    "lmtp_delivery_status_filter", "lmtp_dns_reply_filter", "lmtp_reply_filter",
    "local_delivery_status_filter",
    "pipe_delivery_status_filter", "postscreen_command_filter", "smtp_delivery_status_filter",
    "smtp_dns_reply_filter", "smtp_reply_filter", "smtpd_command_filter", "smtpd_dns_reply_filter",
    "virtual_delivery_status_filter", "body_checks", "header_checks", "lmtp_body_checks",
    "lmtp_header_checks",
    "lmtp_mime_header_checks", "lmtp_nested_header_checks", "milter_header_checks", "mime_header_checks",
    "nested_header_checks", "smtp_body_checks", "smtp_header_checks", "smtp_mime_header_checks",
    "smtp_nested_header_checks",
  ]

  /// The tables that proxymap(8) opens, without their `proxy:`; nil where proxy_read_maps cannot be expanded.
  fileprivate func proxiedTables() -> Set<Bytes>? {
    // $name of the values that are set; all others are empty.
    let standard = Self.proxyReadMaps.filter(isSet).map { "$\($0)" }.joined(separator: " ")
    guard let list = try? expand(setting("proxy_read_maps") ?? SourcedText(builtIn: standard)) else {
      return nil
    }
    var found: Set<Bytes> = []
    Self.collectProxied(list, into: &found, depth: 0)
    return found
  }

  /// Tables in the braces of a pipemap or a unionmap count too.
  private static func collectProxied(_ list: SourcedText, into found: inout Set<Bytes>, depth: Int) {
    guard depth <= TableSpec.maximumDepth else { return }
    for item in list.listItems {
      let text = item.bytes.first == .openBrace ? item.withoutBraces.listItems.first ?? item : item
      let colon = text.bytes.firstPosition(in: 0..<text.count) { $0 == .colon }
      guard colon < text.count else { continue }
      switch TableType(text[0..<colon].text) {
      case .pipemap, .unionmap:
        collectProxied(text[colon + 1..<text.count].withoutBraces, into: &found, depth: depth + 1)
      case .proxy: found.insert(text[colon + 1..<text.count].withoutProxy.bytes)
      default: break
      }
    }
  }
}

extension SourcedText {
  /// Without any `proxy:` in front.
  fileprivate var withoutProxy: SourcedText {
    let mark = Bytes("proxy:".utf8)
    // Byte by byte: a hostile text has a hundred thousand of them.
    let length = bytes.withUnsafeBytes { text in
      var end = 0
      while end < text.count, text[end] == mark[end % mark.count] { end += 1 }
      return end
    }
    return self[length / mark.count * mark.count..<count]
  }
}

/// What proxymap(8) of one configuration opens; worked out once, as the list may be long.
package struct ProxiedTables: Sendable {
  /// Without their `proxy:`; nil where the list cannot be expanded.
  private let names: Set<Bytes>?

  package init(_ config: MailConfig) {
    let service = config.master?.services.last { $0.name == "proxymap" && $0.command == "proxymap" }
    let seen = service.map { config.parameters.seen(by: $0) } ?? config.parameters
    names = seen.proxiedTables()
  }

  /// Whether proxymap(8) opens this table for trivial-rewrite(8), which ends otherwise (measured).
  ///
  /// - Parameter table: what follows `proxy:`.
  package func contains(_ table: SourcedText) -> Bool { names?.contains(table.withoutProxy.bytes) ?? true }
}
