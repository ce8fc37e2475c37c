// Values of the right type that some program refuses all the same: unknown words, names that are no names, two users that must
// differ (each measured with a real trivial-rewrite).

extension Parameters {
  /// What is wrong with a value that has the right type.
  func wordProblem(_ name: String, _ value: SourcedText) -> String? {
    let text = value.text
    let shown = printable(text)
    func words(_ separators: (UInt8) -> Bool) -> [String] {
      value.bytes.split(whereSeparator: separators).map(\.text)
    }
    switch name {
    case "compatibility_level":
      return Comparison.level(text) == nil ? "malformed compatibility level syntax: \"\(shown)\"" : nil
    case "syslog_facility":
      return Self.facilities.contains(text) ? nil : "parameter \(name): unrecognized value: \(shown)"
    case "inet_protocols":
      return words(\.isListSeparator).first { !["all", "ipv4", "ipv6"].contains($0) }
        .map { "unknown \(name) value \"\(printable($0))\" in \"\(shown)\"" }
    case "mynetworks_style" where !isSet("mynetworks"):
      return ["class", "subnet", "host"].contains(text)
        ? nil : "unknown mynetworks mask style value \"\(shown)\" in \"\(shown)\""
    case "myhostname" where text.hasSuffix(".") && !isSet("mydomain"):
      // The default of mydomain is what follows the first dot, and that is read before names are looked at.
      if text.split(separator: ".", omittingEmptySubsequences: false).count == 2 {
        return "bad string length 0 < 1: mydomain = "
      }
      return "parameter \(name): bad parameter value: \(shown)"
    case "myhostname", "mydomain":
      // IDNA is for the names of others.
      return HostName.isValid(text) && text.utf8.allSatisfy { $0 < 0x80 }
        ? nil : "parameter \(name): bad parameter value: \(shown)"
    case "myorigin":
      if case .fault(let reason)? = environment.originFiles[text] { return reason }
      return value.bytes.contains(where: \.isListSeparator)
        ? "\(name) parameter setting must not contain multiple values: \(shown)" : nil
    case "relayhost":
      let own = (try? self.value("myhostname")) ?? SourcedText()
      return !value.isEmpty && CaseFolding.unicode.fold(value.bytes) == CaseFolding.unicode.fold(own.bytes)
        ? "myhostname and relayhost parameter settings must not be identical: \(shown)" : nil
    case "default_verp_delimiters", "verp_delimiter_filter":
      let filter = self.text("verp_delimiter_filter").utf8
      let isFirst = name == "default_verp_delimiters" || !isSet("default_verp_delimiters")
      return isFirst && self.text("default_verp_delimiters").utf8.contains { !filter.contains($0) }
        ? "parameters default_verp_delimiters and verp_delimiter_filter: bad VERP delimiter character" : nil
    case "mail_owner", "default_privs":
      if text == "root" { return "parameter \(name): user root has privileged user ID" }
      let isFirst = name == "mail_owner" || !isSet("mail_owner")
      return isFirst && self.text("mail_owner") == self.text("default_privs")
        ? "parameters default_privs and mail_owner specify the same user \(shown)" : nil
    case "setgid_group":
      return text == "root" ? "parameter \(name): group root has privileged group ID" : nil
    case "maillog_file" where !value.isEmpty:
      let prefixes = self.text("maillog_file_prefixes").split { $0 == "," || $0.isWhitespace }
      return prefixes.contains { text.hasPrefix($0) }
        ? nil : "maillog_file value '\(shown)' does not match any prefix in maillog_file_prefixes"
    default:
      guard let words = ParameterWords.of(name), words.isOfClients else { return nil }
      return words.problem(name, value)
    }
  }

  static func neededWords(_ name: String) -> String {
    switch name {
    case "inet_protocols": "all, ipv4, ipv6, or ipv4 and ipv6"
    case "syslog_facility": "a facility of syslog(3) in small letters, such as mail or local0"
    case "mynetworks_style": "host, subnet or class"
    case "compatibility_level": "up to three numbers with dots between, such as 3.6"
    case "myhostname": "a host name in ASCII letters such as mail.example.com"
    case "mydomain": "a domain in ASCII letters such as example.com"
    case "myorigin": "one domain, or the path of a file that has it in its first line"
    case "relayhost": "another host, or remove the line"
    case "maillog_file": "a path that begins with one of $maillog_file_prefixes"
    case "mail_owner", "default_privs": "two users, neither of them root"
    case "setgid_group": "a group of its own"
    default: ParameterWords.of(name)?.need ?? "two characters of verp_delimiter_filter"
    }
  }

  private static let facilities = Set(
    ["auth", "authpriv", "cron", "daemon", "ftp", "kern", "lpr", "mail", "news", "syslog", "user", "uucp"]
      + (0...7).map { "local\($0)" })
}
