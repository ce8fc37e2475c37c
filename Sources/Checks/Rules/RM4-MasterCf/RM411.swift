// RM411: The service does not read this override

import PostfixFiles

extension Rule {
  static let rm411 = Rule(
    "RM411", .warning, "The service does not read this override",
    why: """
      An override in master.cf applies only to the program of that service. trivial-rewrite(8) decides
      where mail goes, for all services together, and qmgr(8) decides how many deliveries run at once: an
      override of relayhost, transport_maps or a limit on smtpd(8) or smtp(8) is never read. To send the
      mail of one port by another gateway, give that smtpd(8) a content_filter: it has precedence over
      every route. To give a transport its gateway, write the gateway where the transport is named:
      out1:[gw1.example].
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example]

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        26        inet  n       -       y       -       -       smtpd
            -o relayhost=«[gw2.example]:587»

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        26        inet  n       -       y       -       -       smtpd
            -o content_filter=smtp:[gw2.example]:587

        """),
    moreBad: [
      "header_checks=«regexp:/etc/postfix/x»", "always_bcc=«all@example.com»",
      "masquerade_domains=«example.com»",
      "mailbox_command=«/bin/x»", "«relayhost=»", "«header_checks=»", "default_extra_recipient_limit=«10»",
      "smtp_destination_recipient_limit=«1»",
    ].map { option in
      Example(
        main: """
          relayhost = [gw1.example]

          """,
        master: """
          smtp      unix  -       -       y       -       -       smtp
          26        inet  n       -       y       -       -       smtpd
              -o \(option)

          """,
        others: option.contains("regexp") ? ["x": "/x/ DISCARD\n"] : [:])
    },
    check: .directory { subject in
      let referenced = subject.referencedNames
      return (subject.config.master?.services ?? []).flatMap { service -> [Finding] in
        guard ArgumentReader(service.command) != nil else { return [] }
        // A service may have very many.
        lazy var options = service.emptyOptions
        return service.overrides.compactMap { name, value in
          guard let readers = ParameterReaders(name), !readers.programs.contains(service.command),
            !referenced.contains(name)
          else { return nil }
          return Finding(
            value,
            else: value.isEmpty
              ? (options[name] ?? service.fields.first)?.span() : service.fields.first?.span(),
            "\(service.program) does not read \(printable(name)), so this changes nothing; \(readers.first)(8) reads it: "
              + "need \(subject.instead(of: name, value, on: service))")
        }
      }
    })
}

extension Service {
  /// The words that have an override in them whose value is empty, the last one of each name: `relayhost=`.
  fileprivate var emptyOptions: [String: SourcedText] {
    var options: [String: SourcedText] = [:]
    for field in fields.dropFirst(8) {
      let text = field.withoutBraces.text
      guard text.hasSuffix("=") else { continue }
      // The option may be in the same word: `-orelayhost=`.
      let word = String(text.dropLast().split(whereSeparator: \.isWhitespace).last ?? "")
      options[word] = field
      if word.hasPrefix("-"), let letter = word.firstIndex(of: "o") {
        options[String(word[word.index(after: letter)...])] = field
      }
    }
    return options
  }
}

extension Subject {
  /// What to write instead of an override that is not read.
  fileprivate func instead(of name: String, _ value: SourcedText, on service: Service) -> String {
    let value = excerpt(value.bytes)
    let transport = printable(service.name)
    switch (RoutingParameter(rawValue: name), service.command) {
    case (.relayhost, "smtpd"), (.relayhost, "pickup"):
      return value.isEmpty
        ? "\"-o content_filter=smtp:\", which sends all mail of this port straight to the domains of its recipients"
        : "\"-o content_filter=smtp:\(value)\""
    case (.relayhost, "smtp") where value.isEmpty:
      return "\"\(transport):\" in transport_maps for the domains that go straight to their mail exchangers"
    case (.defaultTransport, "smtpd"), (.relayTransport, "smtpd"): return "\"-o content_filter=\(value)\""
    case (.relayhost, "smtp"): return "it where the transport is named: \"\(transport):\(value)\""
    case (_, "smtpd") where ParameterReaders.routing.contains(name):
      return
        "it in main.cf, for all mail, or \"-o content_filter=transport:nexthop\" for the mail of this port"
    default: break
    }
    let own =
      name == "initial_destination_concurrency" ? "_\(name)" : String(name.dropFirst("default".count))
    if service.isTransport, name.hasPrefix("default_") || name == "initial_destination_concurrency",
      ParameterTable.limitsOfTransports.definitions.contains(where: { $0.name == own })
    {
      return "\"\(transport)\(own) = \(value)\" in main.cf"
    }
    if ParameterReaders.messages.contains(name), ["smtpd", "pickup", "qmqpd"].contains(service.command) {
      if value.isEmpty, ["header_checks", "body_checks"].contains(name) {
        return "\"-o receive_override_options=no_header_body_checks\""
      }
      return "it on a cleanup service of its own, and \"-o cleanup_service_name=\" with its name here"
    }
    if let other = ParameterReaders.ofOneTransport(name), service.isTransport, other != service.name {
      return "\"\(transport)\(name.dropFirst(other.utf8.count)) = \(value)\" in main.cf"
    }
    if ParameterReaders.ofOneTransport(name) != nil { return "\"\(printable(name)) = \(value)\" in main.cf" }
    // The same parameter of the program that runs here.
    let family = name.prefix { $0 != "_" }
    let sibling = "\(service.command)\(name.dropFirst(family.count))"
    if ["smtp", "lmtp"].contains(family), service.isSMTPClient { return "\"-o \(sibling)=\(value)\"" }
    return "\"\(printable(name)) = \(value)\" in main.cf"
  }
}
