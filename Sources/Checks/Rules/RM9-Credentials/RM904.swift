// RM904: A TLS policy that smtp(8) refuses

import PostfixFiles
import Routing

extension Rule {
  static let rm904 = Rule(
    "RM904", .error, "A TLS policy that smtp(8) refuses",
    why: """
      An entry of smtp_tls_policy_maps is a level (none, may, encrypt, dane, dane-only, fingerprint, verify, secure) and
      then attributes, name=value. With any other word the policy is invalid, and mail for that next hop is deferred:
      client TLS configuration problem.
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example]:587
        smtp_tls_policy_maps = hash:/etc/postfix/tls_policy

        """,
      others: ["tls_policy": "[gw1.example]:587  «encript»\n"]),
    good: Example(
      main: """
        relayhost = [gw1.example]:587
        smtp_tls_policy_maps = hash:/etc/postfix/tls_policy

        """,
      others: ["tls_policy": "[gw1.example]:587  encrypt protocols=>=TLSv1.2\n"]),
    moreBad: [
      Example(
        main: """
          relayhost = [gw1.example]:587
          smtp_tls_policy_maps = hash:/etc/postfix/tls_policy

          """,
        others: ["tls_policy": "[gw1.example]:587  encrypt «ciphers=superb»\n"]),
      Example(
        main: """
          relayhost = [gw1.example]:587
          smtp_tls_policy_maps = hash:/etc/postfix/tls_policy

          """,
        others: ["tls_policy": "[gw1.example]:587  encrypt «protocols=>=TLSv1.9»\n"]),
    ],
    check: .directory { subject in
      let lists = OtherTableParameter.tlsPolicies.map { subject.nextHopKeys(of: $0) }
      return lists.flatMap(\.entries).compactMap { entry -> (NextHopKeys.Entry, TLSPolicyFault)? in
        TLSPolicyFault(entry.value).map { (entry, $0) }
      }.prefix(20).compactMap { entry, fault in
        Finding(
          fault.text, else: entry.keyText.span(),
          "\(fault.message): mail for \"\(excerpt(entry.quoted))\" is deferred; need \(fault.need)")
      }
    })
}

/// What smtp(8) does not accept in a policy (smtp_tls_policy.c).
struct TLSPolicyFault: Sendable {
  let text: SourcedText
  let message: String
  let need: String

  private static let levels: Set = [
    "none", "may", "encrypt", "fingerprint", "dane", "dane-only", "verify", "secure",
  ]
  private static let attributes: Set = [
    "ciphers", "protocols", "servername", "match", "exclude", "tafile", "connection_reuse", "enable_rpk",
    "policy_type", "policy_domain", "policy_ttl", "policy_string", "policy_failure", "mx_host_pattern",
  ]
  private static let once: Set = ["ciphers", "protocols", "servername", "exclude"]

  init?(_ value: SourcedText) {
    let words = value.listItems
    guard let first = words.first else { return nil }
    let level = first.text.lowercased()
    func fault(_ text: SourcedText, _ message: String, _ need: String) -> (SourcedText, String, String) {
      (text, "\"\(excerpt(text.bytes))\" \(message)", need)
    }
    guard Self.levels.contains(level) else {
      (text, message, need) = fault(
        first, "is not a level", "\(Self.nearest(level).map { "\"\($0)\"" } ?? "one such as \"encrypt\"")")
      return
    }
    if level == "none" { return nil }
    var seen: Set<String> = []
    for word in words.dropFirst() {
      guard let pair = try? word.withoutBraces.splitNameValue() else {
        let need =
          word.bytes.first == UInt8(ascii: "!")
          ? "\"protocols=\(excerpt(word.bytes))\"" : "attributes such as \"ciphers=high\""
        (text, message, self.need) = fault(word, "is not an attribute, name=value", need)
        return
      }
      let name = pair.name.text.lowercased()
      let problem: (String, String)?
      switch name {
      case let name where !Self.attributes.contains(name):
        problem = ("is not an attribute that smtp(8) knows", "one such as \"protocols=\" or \"match=\"")
      case let name where Self.once.contains(name) && !seen.insert(name).inserted:
        problem = ("is given twice", "it once")
      case "ciphers" where pair.value.isEmpty, "match" where pair.value.isEmpty,
        "tafile" where pair.value.isEmpty:
        problem = ("has no value", "one after \"=\"")
      case "match" where !["fingerprint", "verify", "secure"].contains(level):
        problem = ("works with verify, secure and fingerprint only", "the level \"secure\", or no \"match=\"")
      case "tafile" where !["verify", "secure"].contains(level):
        problem = ("works with verify and secure only", "the level \"secure\", or no \"tafile=\"")
      case "servername" where !HostName.isValid(pair.value.text):
        problem = ("names no host", "a host name")
      // With "may" the mail goes on without TLS.
      case "ciphers"
      where level != "may"
        && !["export", "low", "medium", "high", "null"].contains(pair.value.text.lowercased()):
        problem = ("is not a grade of ciphers", "\"ciphers=high\" or \"ciphers=medium\"")
      case "protocols" where level != "may" && !Self.areProtocols(pair.value):
        problem = ("has a protocol that does not exist", "protocols such as \"protocols=>=TLSv1.2\"")
      case "connection_reuse", "enable_rpk":
        problem =
          ["yes", "no"].contains(pair.value.text.lowercased())
          ? nil : ("is neither yes nor no", "\"\(name)=yes\"")
      default: problem = nil
      }
      if let problem {
        (text, message, need) = fault(word, problem.0, problem.1)
        return
      }
    }
    return nil
  }

  /// `!SSLv3:!TLSv1`, `>=TLSv1.2`; of numbers nothing is said.
  private static func areProtocols(_ value: SourcedText) -> Bool {
    let known: Set = ["sslv2", "sslv3", "tlsv1", "tlsv1.0", "tlsv1.1", "tlsv1.2", "tlsv1.3"]
    return value.text.lowercased().split { ":, \t".contains($0) }.allSatisfy { word in
      let name = word.drop { "!<>=".contains($0) }
      return name.isEmpty || name.first?.isNumber == true || known.contains(String(name))
    }
  }

  /// The level that a wrong word probably means.
  private static func nearest(_ word: String) -> String? {
    switch word {
    case "must": "verify"
    case "must_nopeermatch", "yes", "required", "mandatory", "starttls", "tls": "encrypt"
    case "opportunistic", "maybe": "may"
    case "no", "off", "disable", "disabled": "none"
    default:
      levels.sorted().first { level in
        level.first == word.first && abs(level.count - word.count) <= 1 && level.count > 2
          && Set(level).symmetricDifference(Set(word)).count <= 2
      }
    }
  }
}
