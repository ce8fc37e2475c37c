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

  /// The setting in braces where quotes were to hold it together: `-o "name=a b"`, `-o name="a b"`.
  private static func withoutQuotes(_ before: SourcedText, _ rest: ArraySlice<SourcedText>) -> String? {
    func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }
    let words = rest.first?.bytes.first.map(isQuote) == true ? Array(rest) : [before] + rest
    guard let first = words.first, first.bytes.contains(where: isQuote) else { return nil }
    var text: Bytes = []
    for word in words {
      text += (text.isEmpty ? [] : [UInt8(ascii: " ")]) + word.bytes.filter { !isQuote($0) }
      if word.bytes.last.map(isQuote) == true { break }
    }
    guard let pair = try? SourcedText(builtIn: text.text).splitNameValue() else { return nil }
    return
      "the value in braces, without quotes: \"-o { \(printable(pair.name.bytes)) = \(excerpt(pair.value.bytes)) }\""
  }

  /// What was probably meant.
  private static func need(
    for word: SourcedText, after before: SourcedText, isFirst: Bool, _ rest: ArraySlice<SourcedText>,
    _ reader: ArgumentReader
  ) -> String {
    let shown = excerpt(word.bytes)
    if case .knows(let names) = reader, names.contains("argv="), word.bytes.first == UInt8(ascii: "/") {
      return "\"argv=\(rest.map { excerpt($0.bytes) }.joined(separator: " "))\""
    }
    if let need = withoutQuotes(before, rest) { return need }
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

extension Service {
  /// `smtp(8)`
  var program: String { "\(printable(command))(8)" }

  /// What stops while its program ends at once.
  var whatStops: String {
    isTransport ? "mail for transport \(printable(name)) waits" : "service \(printable(name)) does not work"
  }
}
