// RM910: Everybody may read passwords

import PostfixFiles
import Routing

extension Rule {
  static let rm910 = Rule(
    "RM910", .warning, "Everybody may read passwords",
    why: """
      A table of credentials contains the passwords of the gateways, and so does its index. The daemons of
      Postfix open both as root, so no other user needs to read them. postmap(1) gives a new index the
      rights of the text, and does not change those of an existing index: change both. If the table has
      proxy: before its type, mail_owner opens it: give both files its group and mode 640.
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example]:587
        smtp_sasl_auth_enable = yes
        smtp_sasl_password_maps = «hash:/etc/postfix/sasl_passwd»
        smtp_sasl_security_options = noanonymous

        """,
      others: ["sasl_passwd": "[gw1.example]:587  user:secret\n"],
      surroundings: Surroundings(publicFiles: ["/etc/postfix/sasl_passwd", "/etc/postfix/sasl_passwd.db"])),
    good: Example(
      main: """
        relayhost = [gw1.example]:587
        smtp_sasl_auth_enable = yes
        smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd
        smtp_sasl_security_options = noanonymous

        """,
      others: ["sasl_passwd": "[gw1.example]:587  user:secret\n"],
      surroundings: Surroundings()),
    check: .surrounded { subject, surroundings in
      var told: Set<String> = []
      return subject.otherTables.filter { $0.purpose == .credentials }.compactMap { table in
        let open = table.files.filter { surroundings.publicFiles.contains($0) && told.insert($0).inserted }
          .map { printable($0) }
        guard !open.isEmpty else { return nil }
        let files = open.joined(separator: " ")
        let owner = printable(subject.parameters.text("mail_owner"))
        let need =
          subject.isProxied(table)
          ? "\"chgrp \(owner) \(files)\" and \"chmod 640 \(files)\"" : "\"chmod o= \(files)\""
        return Finding(
          table.text, else: subject.place(of: table.parameter) ?? table.service?.fields.first?.span(),
          "everybody may read \(open.joined(separator: " and ")), with the passwords in it; "
            + "need \(need)")
      }
    })
}

extension Subject {
  /// Whether proxymap(8) opens it, as mail_owner.
  fileprivate func isProxied(_ table: OtherTable) -> Bool {
    let value =
      table.service?.overrides.last { $0.0 == table.parameter }?.1.text ?? setValue(table.parameter)?.text
      ?? ""
    return value.contains("proxy:\(table.text.text)")
  }
}
