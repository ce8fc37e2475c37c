// The words of a server with everything folded that differs from message to message: addresses, names, queue ids, numbers.

import PostfixFiles

/// Folds what differs from message to message.
struct Folding {
  private let bytes: [UInt8]
  private let people: People
  private(set) var text = ""

  init(_ bytes: [UInt8], _ people: People) {
    self.bytes = bytes
    var people = people
    people.addAddresses(in: bytes)
    self.people = people
    let tail = Self.ownTail(bytes)
    var at = 0
    var words = 0
    while at < tail {
      if bytes[at] == UInt8(ascii: "<"), let end = bracketEnd(at) {
        text += "<address>"
        at = end
      } else if isDelimiter(bytes[at]) {
        text.unicodeScalars.append(UnicodeScalar(bytes[at]))
        at += 1
      } else {
        let end = wordEnd(at)
        add(folded(at..<end, number: words))
        words += 1
        at = end
      }
    }
    if at < bytes.count { text += bytes[at...].text }
  }

  /// `Anna Schmidt` is one person.
  private mutating func add(_ word: String) {
    if !word.hasPrefix("<") || !text.hasSuffix(word + " ") { return text += word }
    text.removeLast()
  }

  /// Where ` (in reply to RCPT TO command)` starts: these words are Postfix's own.
  private static func ownTail(_ bytes: [UInt8]) -> Int {
    let start = Array(" (in reply to ".utf8)
    guard let open = bytes.lastIndex(of: UInt8(ascii: "(")), open > 0,
      bytes[(open - 1)...].starts(with: start)
    else { return bytes.count }
    let words = bytes[(open - 1 + start.count)...].split { $0 == 0x20 || $0 == UInt8(ascii: ")") }
    let isOwn = words.allSatisfy { word in
      ["end", "of", "command"].contains { word.elementsEqual($0.utf8) }
        || word.allSatisfy { (0x41...0x5A).contains($0) }
    }
    return isOwn ? open - 1 : bytes.count
  }

  /// The end of `<...>` around an address.
  private func bracketEnd(_ start: Int) -> Int? {
    var at = start + 1
    var hasAt = false
    var isQuoted = false
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "\"") { isQuoted.toggle() }
      if bytes[at] == UInt8(ascii: "@") { hasAt = true }
      if bytes[at] == UInt8(ascii: ">"), !isQuoted { return hasAt ? at + 1 : nil }
      at += 1
    }
    // Cut off in an address.
    return hasAt ? at : nil
  }

  private func isDelimiter(_ byte: UInt8) -> Bool {
    byte.isSpace
      || [
        UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"),
        UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="),
      ]
      .contains(byte)
  }

  /// A part in quotes belongs to a word: it may be that of an address.
  private func wordEnd(_ start: Int) -> Int {
    var at = start
    while at < bytes.count, !isDelimiter(bytes[at]) {
      if bytes[at] == UInt8(ascii: "\"") || bytes[at] == UInt8(ascii: "'") {
        if let close = bytes[(at + 1)...].firstIndex(of: bytes[at]),
          close + 1 < bytes.count, bytes[close + 1] == UInt8(ascii: "@")
        {
          at = close
        }
      }
      at += 1
    }
    return at
  }

  private func folded(_ range: Range<Int>, number: Int) -> String {
    let word = bytes[range]
    if word.contains(UInt8(ascii: "@")) { return "<address>" }
    if let named = people.folded(word) { return named }
    let trimmed = word.lazy.filter { $0.isNameByte || $0 >= 0x80 || $0 == UInt8(ascii: ".") || $0 == 0x2D }
      .map(\.lowercase)
    guard word.contains(where: \.isDigit) else { return isQueueID(trimmed) ? "ID" : word.text }
    // The reply code and the enhanced status come first, the second line of a reply repeats them.
    if isReplyCode(word) && number == 0 || isStatus(word) { return word.text }
    if word.allSatisfy({ $0.isDigit || !$0.isNameByte }) { return "N" }
    return word.count >= 6 ? "ID" : word.text
  }

  /// Whether a word without a digit is a long queue ID of Postfix: letters, and never a vowel. One in 25 has no digit.
  private func isQueueID(_ word: some Sequence<UInt8>) -> Bool {
    var count = 0
    for letter in word {
      guard (0x61...0x7A).contains(letter), !Self.vowels.contains(letter) else { return false }
      count += 1
    }
    return count >= 10
  }

  private static let vowels = Array("aeiou".utf8)

  private func isReplyCode(_ word: ArraySlice<UInt8>) -> Bool {
    let digits = word.prefix(3)
    return digits.count == 3 && digits.allSatisfy(\.isDigit)
      && word.first.map { (0x32...0x35).contains($0) } == true
      && (word.count == 3 || word[word.startIndex + 3] == UInt8(ascii: "-"))
  }

  /// `4.7.1`, but not an address of four numbers.
  private func isStatus(_ word: ArraySlice<UInt8>) -> Bool {
    let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 3 && [[0x32], [0x34], [0x35]].contains(Array(parts[0]))
      && parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(\.isDigit) }
  }
}

extension UInt8 {
  var lowercase: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
