// RM230: FILTER without a transport

import PostfixFiles

extension Rule {
  static let rm230 = Rule(
    "RM230", .error, "FILTER without a transport",
    why: """
      FILTER takes transport:destination. Without a colon Postfix logs a warning for each mail and goes on as if the entry were
      not there: the mail passes by the filter.
      """,
    bad: Example(
      main: """
        smtpd_client_restrictions = check_client_access hash:/etc/postfix/clients

        """,
      others: ["clients": "192.0.2.1  «FILTER scan»\n"]),
    good: Example(
      main: """
        smtpd_client_restrictions = check_client_access hash:/etc/postfix/clients

        """,
      others: ["clients": "192.0.2.1  FILTER smtp:[127.0.0.1]:10024\n"]),
    moreBad: [
      Example(
        main: """
          smtpd_client_restrictions = check_client_access inline:{{192.0.2.1=«filter scan»}}

          """)
    ],
    check: .directory { subject in
      subject.actionsWithFilter { $0.purpose == .access }.filter { value in
        let words = value.text.split(whereSeparator: \.isWhitespace)
        return words.first?.uppercased() == "FILTER" && !value.text.contains(":") && !value.text.contains("$")
      }.prefix(20).compactMap { value in
        let target =
          value.text.split(whereSeparator: \.isWhitespace).dropFirst().first.map(String.init) ?? "scan"
        return Finding(
          value,
          "FILTER needs transport:destination, and Postfix ignores this entry; need \"FILTER \(printable(target)):\""
        )
      }
    })
}
