// RM909: Credentials have no password

import PostfixFiles
import Routing

extension Rule {
  static let rm909 = Rule(
    "RM909", .error, "Credentials have no password",
    why: """
      An entry of smtp_sasl_password_maps is a key and then user:password. Without the colon all of it is
      the name of the user, and the password is empty: the login fails, and the mail is deferred or
      refused. A blank does not replace the colon.
      """,
    bad: .login("«[gw1.example]:587»  user secret\n"),
    good: .login("[gw1.example]:587  user:secret\n"),
    check: .directory { subject in
      // Another delimiter may be set since Postfix 3.9.
      guard subject.config.main["smtp_sasl_password_result_delimiter"] == nil else { return [] }
      let keys = subject.nextHopKeys(of: "smtp_sasl_password_maps")
      return keys.entries.filter { !$0.value.bytes.contains(UInt8(ascii: ":")) }.prefix(20).compactMap {
        entry in
        Finding(
          entry.keyText,
          "the credentials for \"\(excerpt(entry.quoted))\" have no \":\" between user and password, so the "
            + "password is empty; need \"user:password\"")
      }
    })
}
