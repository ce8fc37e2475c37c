// The types of lookup tables that some Postfix has (`postconf -m`, 3.0 to 3.12).

enum TableTypes {
  static let known: Set = [
    "btree", "cdb", "cidr", "dbm", "debug", "environ", "fail", "hash", "inline", "internal", "ldap", "lmdb",
    "memcache", "mongodb", "mysql", "netinfo", "nis", "nisplus", "pcre", "pgsql", "pipemap", "proxy",
    "randmap",
    "regexp", "sdbm", "socketmap", "sqlite", "static", "tcp", "texthash", "unionmap", "unix",
  ]

  /// The parameters beside those of routing that are lists of tables (`postconf -d`). What may be read or written by way of
  /// proxymap(8) is none of them: proxy_read_maps has names of all kinds in it.
  static let lists: Set = [
    "address_verify_sender_dependent_default_transport_maps",
    "address_verify_sender_dependent_relayhost_maps",
    "address_verify_transport_maps", "alias_maps", "canonical_maps", "fallback_transport_maps",
    "lmtp_discard_lhlo_keyword_address_maps", "lmtp_generic_maps", "lmtp_pix_workaround_maps",
    "lmtp_sasl_password_maps", "lmtp_tls_policy_maps", "local_login_sender_maps", "local_recipient_maps",
    "mailbox_command_maps", "mailbox_transport_maps", "postscreen_discard_ehlo_keyword_address_maps",
    "postscreen_reject_footer_maps", "rbl_reply_maps", "recipient_bcc_maps", "recipient_canonical_maps",
    "relay_recipient_maps", "relocated_maps", "sender_bcc_maps", "sender_canonical_maps",
    "smtp_discard_ehlo_keyword_address_maps", "smtp_generic_maps", "smtp_pix_workaround_maps",
    "smtp_sasl_password_maps", "smtp_tls_policy_maps", "smtpd_discard_ehlo_keyword_address_maps",
    "smtpd_reject_footer_maps", "smtpd_sender_login_maps", "tls_server_sni_maps",
    "tlsproxy_client_policy_maps",
    "virtual_alias_maps", "virtual_gid_maps", "virtual_mailbox_maps", "virtual_uid_maps",
  ]
}
