// RM912: A comment or quotes are part of a password

import PostfixFiles
import Routing

extension Rule {
  static let rm912 = Rule(
    "RM912", .error, "A comment or quotes are part of a password",
    why: """
      A value is all that follows the key on its line. A blank, a # and the words after it are part of the password, and
      quotes are part of the name and the password. The login fails, and the mail is deferred or refused.
      """,
    bad: .login("«[gw1.example]:587»  user:secret # the first relay\n"),
    good: .login("# the first relay\n[gw1.example]:587  user:secret\n"),
    check: .directory { subject in
      OtherTableParameter.credentials.flatMap { parameter in
        subject.nextHopKeys(of: parameter).entries.compactMap { entry in
          let value = entry.value.bytes
          let key = excerpt(entry.quoted)
          if value.split(whereSeparator: \.isSpace).dropFirst().contains(where: { $0.first == .hash }) {
            return Finding(
              entry.keyText,
              "the \"#\" after the password for \"\(key)\" is not a comment but part of the password; need the comment on "
                + "a line of its own")
          }
          guard let quote = value.first, "\"'".utf8.contains(quote), value.last == quote, value.count > 2
          else { return nil }
          return Finding(
            entry.keyText,
            "the quotes around \"user:password\" for \"\(key)\" are part of both; need it without quotes")
        }.prefix(20)
      }
    })
}
