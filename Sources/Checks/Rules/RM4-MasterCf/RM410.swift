// RM410: A word in master.cf is not an option

import PostfixFiles

extension Rule {
  static let rm410 = Rule(
    "RM410", .error, "A word in master.cf is not an option",
    why: """
      A blank ends the value of -o, so the text after it is a separate word: the second item of a list, or
      a line that belongs elsewhere. It ends the options too. smtp(8), lmtp(8), smtpd(8) and nearly all
      other programs end with an error at such a word, each time they are started; smtp(8) and lmtp(8)
      before Postfix 3.5 start, and read none of the options after it, such as an address to send from.
      pipe(8) and spawn(8) know some words, such as user= and argv=. Write a value with blanks in braces:
      -o { name = a, b }.
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example]

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
            -o smtp_fallback_relay=[gw2.example], «[gw3.example]»
            -o smtp_connect_timeout=5s

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
            -o { smtp_fallback_relay = [gw2.example], [gw3.example] }
            -o smtp_connect_timeout=5s

        """),
    check: .directory { subject in
      (subject.config.master?.services ?? []).compactMap { service in
        guard let fault = ArgumentFault.first(in: service), fault.kind == .strayWord,
          let reader = ArgumentReader(service.command)
        else { return nil }
        let effect =
          switch reader {
          case .ignoresAll: "\(service.program) reads no option after it"
          case .knows where service.isSMTPClient && subject.version < .nextHopLists:
            "\(service.program) reads no option after it"
          case .knows, .refusesAll: "\(service.program) ends with an error at it and \(service.whatStops)"
          }
        return Finding(
          fault.text, "\"\(excerpt(fault.text.bytes))\" is not an option: \(effect); need \(fault.need)")
      }
    })
}
