// What is wrong with the arguments of a service. The first mistake decides, because the program ends there or
// reads no further.

import PostfixFiles

struct ArgumentFault: Sendable {
  enum Kind: Hashable, Sendable {
    /// `-o name = value`
    case blanksAroundEquals
    /// `-o name`
    case noValue
    /// A word that is neither an option nor the value of one.
    case strayWord
  }

  let kind: Kind
  let text: SourcedText
  let need: String

  /// Nil where nothing is wrong, or the program is not one of Postfix's.
  static func first(in service: Service) -> ArgumentFault? {
    guard let reader = ArgumentReader(service.command) else { return nil }
    let fields = service.fields
    if let broken = service.brokenOverrides.first {
      let next = service.words.first
      if let next, next.bytes.first == UInt8(ascii: "="), broken.bytes.first != UInt8(ascii: "{") {
        return blanks(in: broken, service.words.prefix(next.count == 1 ? 2 : 1))
      }
      return ArgumentFault(kind: .noValue, text: broken, need: "\"-o name=value\"")
    }
    guard let word = service.words.first(where: { !reader.takes($0.text, after: service.words) }),
      let index = fields.lastIndex(where: { $0.origin(at: 0) == word.origin(at: 0) })
    else { return nil }
    let before = fields[index - 1]
    let isFirst = word.origin(at: 0) == service.words.first?.origin(at: 0)
    if isFirst, before.bytes.last == UInt8(ascii: "="), before.bytes.count(where: { $0 == 0x3D }) == 1,
      index > 9, !word.bytes.contains(UInt8(ascii: "=")) || word.bytes.first == UInt8(ascii: "=")
    {
      return blanks(in: before, [word])
    }
    return ArgumentFault(
      kind: .strayWord, text: word,
      need: need(for: word, after: before, isFirst: isFirst, fields[index...], reader))
  }

  private static func blanks(in name: SourcedText, _ rest: some Sequence<SourcedText>) -> ArgumentFault {
    var whole = name
    for part in rest { whole.append(part) }
    return ArgumentFault(kind: .blanksAroundEquals, text: whole, need: "\"-o name=value\"")
  }

  /// What was probably meant.
  private static func need(
    for word: SourcedText, after before: SourcedText, isFirst: Bool, _ rest: ArraySlice<SourcedText>,
    _ reader: ArgumentReader
  ) -> String {
    let shown = excerpt(word.bytes)
    if word.bytes.first == UInt8(ascii: "-") { return "all options before \"\(excerpt(before.bytes))\"" }
    if case .knows(let names) = reader, names.contains("user=") {
      return "a word that it knows: \(names.joined(separator: " "))"
    }
    if let name = try? word.splitNameValue().name, name.bytes.allSatisfy({ $0.isNameByte }) {
      return "\"-o \(shown)\""
    }
    guard isFirst, let pair = try? before.withoutBraces.splitNameValue() else {
      return "it removed, or a \"#\" in column 1"
    }
    let more = rest.prefix { $0.bytes.first != UInt8(ascii: "-") }.map { excerpt($0.bytes) }
    let value = ([excerpt(pair.value.bytes)] + more).joined(separator: " ")
    return "the value in braces: \"-o { \(printable(pair.name.bytes)) = \(value) }\""
  }
}

/// How a program of Postfix takes the words after its options.
enum ArgumentReader: Sendable {
  /// It ends: "unexpected command-line argument".
  case refusesAll
  /// It knows some, and ends at any other.
  case knows([String])
  /// It reads none of them, and no option after them.
  case ignoresAll

  /// Nil for a program that is not one of Postfix's.
  init?(_ command: String) {
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
  fileprivate func takes(_ word: String, after words: [SourcedText]) -> Bool {
    guard case .knows(let names) = self else { return false }
    // The words of the other program start with argv=.
    let own = words.prefix { !$0.text.lowercased().hasPrefix("argv=") }
    guard own.contains(where: { $0.text == word }) else { return true }
    return names.contains { word.lowercased().hasPrefix($0) }
  }
}

extension Service {
  /// `smtp(8)`
  var program: String { "\(printable(command))(8)" }

  /// What stops while its program ends at once.
  var whatStops: String {
    isTransport ? "mail for transport \(printable(name)) waits" : "service \(printable(name)) does not work"
  }
}
