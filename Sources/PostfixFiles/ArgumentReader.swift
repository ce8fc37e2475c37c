// How the programs of Postfix take the words of master.cf after their options.

/// How a program of Postfix takes the words after its options.
package enum ArgumentReader: Sendable {
  /// It ends: "unexpected command-line argument".
  case refusesAll
  /// It knows some, and ends at any other.
  case knows([String])
  /// It reads none of them, and no option after them.
  case ignoresAll

  /// Nil for a program that is not one of Postfix's.
  package init?(_ command: String) {
    switch command {
    case "smtp", "lmtp": self = .knows(["flags="])
    case "pipe":
      self = .knows([
        "flags=", "user=", "directory=", "chroot=", "eol=", "null_sender=", "size=", "argv=",
      ])
    case "spawn": self = .knows(["user=", "argv="])
    case "postscreen": self = .ignoresAll
    case "anvil", "bounce", "cleanup", "discard", "dnsblog", "error", "flush", "local", "nqmgr", "oqmgr",
      "pickup", "postlogd", "proxymap", "qmgr", "qmqpd", "scache", "showq", "smtpd", "tlsmgr", "tlsproxy",
      "trivial-rewrite", "verify", "virtual":
      self = .refusesAll
    default: return nil
    }
  }

  /// Whether it takes `word`, which is one of `words`.
  package func takes(_ word: String, after words: [SourcedText]) -> Bool {
    guard case .knows(let names) = self else { return false }
    // The words of the other program start with argv=.
    let own = words.prefix { !$0.text.lowercased().hasPrefix("argv=") }
    guard own.contains(where: { $0.text == word }) else { return true }
    return names.contains { word.lowercased().hasPrefix($0) }
  }
}

extension Service {
  /// What its program says of the first word after its options that it does not know; nil where it takes all, or says nothing.
  package func strayWordProblem(in version: PostfixVersion) -> String? {
    guard let reader = ArgumentReader(command),
      let word = words.first(where: { !reader.takes($0.text, after: words) })
    else { return nil }
    let shown = printable(word.text)
    switch reader {
    case .ignoresAll: return nil
    case .refusesAll: return "unexpected command-line argument: \(shown)"
    case .knows: return isSMTPClient && version < .nextHopLists ? nil : "unknown attribute name: \(shown)"
    }
  }
}
