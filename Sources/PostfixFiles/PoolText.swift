// A pool as it is written: in-line after a separator, in-line in braces, as the name of a pool file or of a parameter, or
// as the lines of that file. Items are ranges, so that an edit can go back to where they stand.

/// How a pool is written. The raw values are those of the JSON contract.
public enum Notation: String, Hashable, Sendable {
  /// `randmap:!a!b`, the first character being the separator.
  case separator
  /// `randmap:/file`, one result per line.
  case file
  /// `randmap:{a, b}`, what Postfix 3.0 and later has as a lookup table.
  case stock
  /// `randmap:my_pool`: the pool stands in that parameter (NamedPools.swift).
  case named
  /// One destination where a pool could stand.
  case single
}

/// A member that is kept as a comment: `# randmap: drained MEMBER xWEIGHT`, `#2` behind it for the second pool of
/// its place.
public struct DrainedItem: Sendable {
  public let result: String
  public let weight: Int
  /// Which pool of its place it belongs to, from 1.
  public let pool: Int
  /// The whole line, its newline excluded.
  public let line: FileRange

  static let mark = "# randmap: drained "

  /// A comment with a greater weight is a comment and no more: a member that was listed so often was never there.
  private static let largestWeight = 100_000

  /// The comment line for a drained member.
  public static func comment(result: String, weight: Int, pool: Int) -> String {
    "\(mark)\(result) x\(weight)" + (pool == 1 ? "" : " #\(pool)")
  }

  /// Reads such a comment; nil for any other line.
  init?(line text: some Collection<UInt8>, at place: FileRange) {
    var words = Substring(text.text).drop(while: { $0 == " " || $0 == "\t" })
    guard words.hasPrefix(Self.mark) else { return nil }
    words = words.dropFirst(Self.mark.count)
    while let last = words.last, last.isWhitespace { words.removeLast() }
    var pool = 1
    if let hash = words.range(of: " #"), let number = Int(words[hash.upperBound...]), number > 0 {
      pool = number
      words = words[..<hash.lowerBound]
    }
    guard let cross = words.lastIndex(of: " "), words[cross...].hasPrefix(" x"),
      let weight = Int(words[cross...].dropFirst(2)), 1...Self.largestWeight ~= weight
    else { return nil }
    result = String(words[..<cross])
    self.weight = weight
    self.pool = pool
    line = place
  }
}

extension Substring {
  /// The last occurrence of `text`.
  fileprivate func range(of text: String) -> Range<Index>? {
    var at = endIndex
    while at > startIndex {
      at = index(before: at)
      if self[at...].hasPrefix(text) { return at..<index(at, offsetBy: text.count) }
    }
    return nil
  }
}

/// A pool's text and the ranges of its results in it, in order; a result stands as often as its weight.
public struct PoolText: Sendable {
  public let notation: Notation
  /// What the items are ranges of.
  public let text: SourcedText
  public let items: [Range<Int>]
  /// The separator of the separator notation.
  public let separator: UInt8?
  /// `smtp` in `smtp:randmap:![a]![b]`: then the results are next hops of that transport.
  public let transport: String?
  /// The file of the file notation, as it is written.
  public let path: String?
  /// The parameter of a named pool.
  public let name: String?

  /// A text whose items are known.
  public init(notation: Notation, text: SourcedText, items: [Range<Int>]) {
    self.notation = notation
    self.text = text
    self.items = items
    separator = nil
    transport = nil
    path = nil
    name = nil
  }

  /// `{a, b}` of a lookup table; `inside` is what the braces enclose.
  init(stock text: SourcedText, inside: Range<Int>) {
    self.init(
      notation: .stock, text: text,
      items: text.itemRanges(in: inside, where: \.isListSeparator, keepingBraces: true))
  }

  /// The lines of a pool file: white space trimmed, blank lines and comment lines left out.
  ///
  /// - Parameter transport: what stands before `randmap:` where the file is named.
  public init(file document: Document, transport: String? = nil) {
    var items: [Range<Int>] = []
    let text = SourcedText(document, 0..<document.count)
    var start = 0
    while start < text.count {
      let end = text.bytes.firstPosition(in: start..<text.count) { $0 == .newline }
      let item = text.bytes.trimmed(start..<end)
      if !item.isEmpty, text.bytes[item.lowerBound] != .hash { items.append(item) }
      start = end + 1
    }
    notation = .file
    self.text = text
    self.items = items
    separator = nil
    self.transport = transport
    path = document.path
    name = nil
  }

  /// A value that may be a pool: `randmap:!a!b`, `randmap:/file`, `randmap:name` or `TRANSPORT:randmap:...`; nil for any
  /// other.
  public init?(value: SourcedText) {
    let destination = Destination(value)
    if destination.hasColon, destination.transport.trimmed().text == "randmap" {
      self.init(body: destination.nextHop)
      return
    }
    let inner = Destination(destination.nextHop)
    guard destination.hasColon, inner.hasColon, inner.transport.trimmed().text == "randmap" else {
      return nil
    }
    self.init(body: inner.nextHop, transport: destination.transport.text)
  }

  /// What stands behind `randmap:`.
  public init(body: SourcedText, transport: String? = nil) {
    self.transport = transport
    text = body
    let whole = body.bytes.trimmed(0..<body.count)
    // A letter separates too, but then a member holds what no name does: a colon.
    let isName = body.bytes[whole].isPoolName
    name = isName ? body[whole].text : nil
    switch whole.isEmpty ? 0 : body.bytes[whole.lowerBound] {
    case 0:
      notation = .separator
      separator = nil
      path = nil
      items = []
    case UInt8(ascii: "/"):
      notation = .file
      separator = nil
      path = body[whole].text
      items = []
    case .openBrace:
      notation = .stock
      separator = nil
      path = nil
      let end = body.endOfBraces(at: whole.lowerBound) ?? whole.upperBound
      items = body.itemRanges(
        in: whole.lowerBound + 1..<max(end - 1, whole.lowerBound + 1), where: \.isListSeparator,
        keepingBraces: true)
    case _ where isName:
      notation = .named
      separator = nil
      path = nil
      items = []
    case let byte:
      notation = .separator
      separator = byte
      path = nil
      items = body.itemRanges(in: whole, where: { $0 == byte }, keepingBraces: false)
        .map { body.bytes.trimmed($0) }.filter { !$0.isEmpty }
    }
  }

  /// The results in order.
  public var results: [String] { items.map { text.bytes[$0].text } }
}

extension RandomAccessCollection<UInt8> {
  /// Whether it is the name of a pool: a letter or an underscore first, then only what a parameter's name is made of.
  fileprivate var isPoolName: Bool {
    guard let first, first.isNameByte, !first.isDigit else { return false }
    return allSatisfy { $0.isNameByte || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
  }
}
