// RM406: An override is not name=value

import PostfixFiles

extension Rule {
  static let rm406 = Rule(
    "RM406", .error, "An override is not name=value",
    why: """
      -o takes name=value without blanks, or { name = value } in braces. A blank ends the value. Without
      "=" in it the program ends with an error each time it is started, and mail for the service waits;
      with "name= value" the parameter is empty and the rest is a word that the program does not know.
      """,
    bad: Example(
      main: """

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
            -o «smtp_connect_timeout = 5s»

        """),
    good: Example(
      main: """

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
            -o smtp_connect_timeout=5s

        """),
    check: .master { master in
      master.services.compactMap { service in
        guard let fault = ArgumentFault.first(in: service), fault.kind != .strayWord else { return nil }
        let what = fault.kind == .noValue ? "no \"=\" in it" : "blanks around \"=\""
        return Finding(
          fault.text,
          "\(what): \(service.program) ends with an error and \(service.whatStops); need \(fault.need)")
      }
    })
}
