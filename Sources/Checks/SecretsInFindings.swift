// No password in a finding: rules quote what they find, and that may be one by mistake. Where a message may have one in it,
// the rule looks at the configuration without passwords too, and says what it finds there.

import PostfixFiles

extension Report {
  /// The same without passwords of `config`.
  ///
  /// - Parameter look: what the rules with these codes find in another configuration.
  func hidingSecrets(of config: MailConfig, _ look: (MailConfig, Set<String>) -> [Diagnostic]) -> Report {
    guard !diagnostics.isEmpty, let secrets = config.blankedSecrets else { return self }
    let codes = Set(secrets.suspicious(diagnostics) { [$0.message, $0.gist] }.map(\.code))
    if codes.isEmpty { return self }
    struct Key: Hashable {
      let place: FileRange
      let code: String
      let count: Int
    }
    func key(_ diagnostic: Diagnostic) -> Key {
      Key(place: diagnostic.place, code: diagnostic.code, count: diagnostic.count)
    }
    // Of several at one place the order is that of their words, which are others now.
    let blanked = Dictionary(grouping: look(secrets.config, codes), by: key)
    let found = Dictionary(grouping: diagnostics.filter { codes.contains($0.code) }, by: key)
    func safe(_ diagnostic: Diagnostic) -> Diagnostic {
      guard codes.contains(diagnostic.code) else { return diagnostic }
      let others = blanked[key(diagnostic)] ?? []
      if others.contains(where: { $0.message == diagnostic.message && $0.gist == diagnostic.gist }) {
        return diagnostic
      }
      if others.count == 1, found[key(diagnostic)]?.count == 1 {
        return diagnostic.saying(
          BlankedSecrets.shown(others[0].message), gist: BlankedSecrets.shown(others[0].gist))
      }
      guard secrets.areNamed(in: diagnostic.message) || secrets.areNamed(in: diagnostic.gist) else {
        return diagnostic
      }
      let summary = Rule.named(diagnostic.code)?.summary ?? ""
      let words = "\(summary); the text may be a password and is not shown"
      return diagnostic.saying(words, gist: words)
    }
    return Report(diagnostics: diagnostics.map(safe), skippedRules: skippedRules)
  }
}
