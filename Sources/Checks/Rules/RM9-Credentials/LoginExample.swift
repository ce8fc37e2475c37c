// The configuration that the rules of credentials have in common: they differ in the table alone.

extension Example {
  /// One relay that asks for a login.
  ///
  /// - Parameter table: The text of `/etc/postfix/sasl_passwd`.
  static func login(_ table: String) -> Example {
    Example(
      main: """
        relayhost = [gw1.example]:587
        smtp_sasl_auth_enable = yes
        smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd
        smtp_sasl_security_options = noanonymous

        """,
      others: ["sasl_passwd": table])
  }
}
