// Parameters of smtp(8) and lmtp(8) whose values are words of a fixed set. Either program ends when it starts where a word is not
// one of them (measured on 3.7: each message, and which of them may be written in capitals).

struct ClientWords {
  /// The name after `smtp_` or `lmtp_`.
  let name: String
  let words: [String]
  /// Any number of them, with commas or blanks between; then capitals are other words.
  var isList = false
  /// Postfix's message, where `%n` is the parameter, `%w` the word and `%v` the whole value.
  let message: String

  static let all = [
    ClientWords(
      name: "tls_security_level",
      words: ["none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure"],
      message: "Invalid TLS level \"%v\""),
    ClientWords(
      name: "dns_support_level", words: ["disabled", "enabled", "dnssec"], message: "invalid %n: \"%v\""),
    ClientWords(
      name: "address_preference", words: ["any", "ipv4", "ipv6"], message: "bad %n value: %v"),
    ClientWords(
      name: "host_lookup", words: ["dns", "native"], isList: true,
      message: "unknown %n value \"%w\" in \"%v\""),
    ClientWords(
      name: "dns_resolver_options", words: ["res_defnames", "res_dnsrch"], isList: true,
      message: "unknown %n value \"%w\" in \"%v\""),
    ClientWords(
      name: "tls_dane_insecure_mx_policy", words: ["may", "encrypt", "dane"], message: "invalid %n: \"%v\""),
    ClientWords(
      name: "address_verify_target", words: ["rcpt", "data"], message: "bad protocol stage: \"%n = %v\""),
  ]

  init(name: String, words: [String], isList: Bool = false, message: String) {
    self.name = name
    self.words = words
    self.isList = isList
    self.message = message
  }

  /// Those of a parameter; nil where it takes other values.
  init?(of parameter: String) {
    // smtpd(8) knows the same levels, and takes those above encrypt for it.
    if parameter == "smtpd_tls_security_level" {
      self = Self.all[0]
      return
    }
    guard parameter.hasPrefix("smtp_") || parameter.hasPrefix("lmtp_"),
      let found = Self.all.first(where: { $0.name == parameter.dropFirst("smtp_".count) })
    else { return nil }
    self = found
  }

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
