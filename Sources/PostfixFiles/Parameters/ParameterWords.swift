// Parameters whose values are words of a fixed set. A program ends where a word is not one of them (measured on 3.7: each message,
// and which of them may be written in capitals).

struct ParameterWords {
  let names: [String]
  /// Those that end: at their start, pickup(8) at the first mail. None: smtp(8) or lmtp(8), whose name the parameter has.
  let programs: [String]
  let words: [String]
  /// Any number of them, with commas or blanks between; then capitals are other words.
  var isList = false
  /// Postfix's message, where `%n` is the parameter, `%w` the word and `%v` the whole value.
  let message: String

  static let all = ofClients + ofDaemons

  private static let tlsLevel = client(
    "tls_security_level", words: "none may encrypt dane dane-only fingerprint verify secure",
    message: "Invalid TLS level \"%v\"")

  /// Of smtp(8) and lmtp(8).
  private static let ofClients = [
    tlsLevel,
    client("dns_support_level", words: "disabled enabled dnssec", message: "invalid %n: \"%v\""),
    client("address_preference", words: "any ipv4 ipv6", message: "bad %n value: %v"),
    client("host_lookup", words: "dns native", isList: true, message: unknownWord),
    client("dns_resolver_options", words: "res_defnames res_dnsrch", isList: true, message: unknownWord),
    client("tls_dane_insecure_mx_policy", words: "may encrypt dane", message: "invalid %n: \"%v\""),
    client("address_verify_target", words: "rcpt data", message: "bad protocol stage: \"%n = %v\""),
  ]

  private static let ofDaemons = [
    // smtpd(8) knows the same levels, and takes those above encrypt for it.
    ParameterWords(
      names: ["smtpd_tls_security_level"], programs: ["smtpd"], words: tlsLevel.words,
      message: tlsLevel.message),
    list(
      "canonical_classes", of: "cleanup",
      words: "envelope_sender envelope_recipient header_sender header_recipient"),
    list("sender_canonical_classes", of: "cleanup", words: "envelope_sender header_sender", canonicalClass),
    list(
      "recipient_canonical_classes", of: "cleanup", words: "envelope_recipient header_recipient",
      canonicalClass),
    list(
      "masquerade_classes", of: "cleanup",
      words: "envelope_sender envelope_recipient header_sender header_recipient"),
    list(
      "propagate_unmatched_extensions", of: "cleanup local smtp lmtp",
      words: "canonical virtual alias forward include generic"),
    list("allow_mail_to_files", of: "local", words: "alias forward include"),
    list("allow_mail_to_commands", of: "local", words: "alias forward include"),
    list("prepend_delivered_header", of: "local", words: "command file forward"),
    list("mailbox_delivery_lock", of: "local", words: "flock fcntl dotlock"),
    list(
      "virtual_mailbox_lock", of: "virtual", words: "flock fcntl dotlock",
      "unknown mailbox_delivery_lock value \"%w\" in \"%v\""),
    list(
      "notify_classes", of: "smtpd", words: "bounce 2bounce data delay policy protocol resource software"),
    list(
      "smtputf8_autodetect_classes", of: "pickup",
      words: "sendmail smtpd qmqpd forward bounce notify verify all"),
    ParameterWords(
      names: ["header_from_format"], programs: ["bounce", "cleanup", "smtpd", "smtp", "lmtp"],
      words: ["standard", "obsolete"], message: "invalid setting: \"%n = %v\""),
    ParameterWords(
      names: [
        "unknown_helo_hostname_tempfail_action", "unknown_address_tempfail_action",
        "unverified_recipient_tempfail_action", "unverified_sender_tempfail_action",
      ], programs: ["smtpd"], words: ["defer", "defer_if_permit"], message: "bad configuration: %n = %v"),
    // The default of those four.
    ParameterWords(
      names: ["reject_tempfail_action"], programs: ["smtpd"], words: ["defer", "defer_if_permit"],
      message: "bad configuration: unknown_helo_hostname_tempfail_action = %v"),
    ParameterWords(
      names: ["denylist", "dnsbl", "greet", "pipelining", "non_smtp_command", "bare_newline"]
        .map { "postscreen_\($0)_action" },
      programs: ["postscreen"], words: ["ignore", "enforce", "drop", "continue"],
      message: "bad %n value: %v"),
  ]

  private static let unknownWord = "unknown %n value \"%w\" in \"%v\""
  private static let canonicalClass = "unknown canonical_classes value \"%w\" in \"%v\""

  /// - Parameter name: what comes after `smtp_` or `lmtp_`.
  private static func client(_ name: String, words: String, isList: Bool = false, message: String) -> Self {
    ParameterWords(
      names: ["smtp_\(name)", "lmtp_\(name)"], programs: [], words: words.wordsOfText, isList: isList,
      message: message)
  }

  private static func list(
    _ name: String, of programs: String, words: String, _ message: String = unknownWord
  ) -> Self {
    ParameterWords(
      names: [name], programs: programs.wordsOfText, words: words.wordsOfText, isList: true, message: message)
  }

  private static let byName = Dictionary(
    all.flatMap { words in words.names.map { ($0, words) } }, uniquingKeysWith: { first, _ in first })

  /// Those of a parameter; nil where it takes other values.
  static func of(_ parameter: String) -> ParameterWords? { byName[parameter] }

  /// Whether smtp(8) and lmtp(8) are among the programs.
  var isOfClients: Bool { programs.isEmpty || programs.contains("smtp") }

  /// In Postfix's words; nil where the value is sound.
  func problem(_ parameter: String, _ value: SourcedText) -> String? {
    let wrong =
      isList
      ? value.bytes.split(whereSeparator: \.isListSeparator).map(\.text).first { !words.contains($0) }
      : value.isEmpty || words.contains(value.text.lowercased()) ? nil : value.text
    return wrong.map {
      message.replacing("%n", with: parameter).replacing("%v", with: printable(value.text))
        .replacing("%w", with: printable($0))
    }
  }

  var need: String { (isList ? "any of " : "one of ") + words.joined(separator: ", ") }
}

extension String {
  fileprivate var wordsOfText: [String] { split(separator: " ").map(String.init) }
}
