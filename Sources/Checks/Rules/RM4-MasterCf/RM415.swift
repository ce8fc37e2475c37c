// RM415: Several settings in one -o

import PostfixFiles

extension Rule {
  static let rm415 = Rule(
    "RM415", .error, "Several settings in one -o",
    why: """
      One -o sets one parameter. What follows a comma or a semicolon is part of the value, and the parameters that it names
      keep their values.
      """,
    bad: Example(
      main: """

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
            -o smtp_connect_timeout=5s -o smtp_helo_name=«mx1.example,smtp_bind_address=192.0.2.1»

        """),
    good: Example(
      main: """

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
            -o smtp_connect_timeout=5s -o smtp_helo_name=mx1.example -o smtp_generic_maps=

        """),
    check: .master { master in
      master.services.flatMap(\.overrides).compactMap { name, value in
        guard let next = value.text.firstMatch(of: /[,;]\s*([a-z][a-z0-9]*_[a-z0-9_]+)=/),
          !value.text.contains("{")
        else { return nil }
        return Finding(
          value,
          "\"\(printable(String(next.output.1)))=\" is part of the value of \(printable(name)) here; need an -o for each"
        )
      }
    })
}
