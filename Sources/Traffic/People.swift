// Whom the words of a server may be about. A server writes the name of a mailbox in many ways: `anna.schmidt`, `Anna
// Schmidt`, `/home/anna.schmidt`. Each part of the address is looked for, so that no name is shown or kept.

import PostfixFiles

struct People: Hashable, Sendable {
  /// The parts before the `@`, in small letters.
  private var locals: [[UInt8]] = []
  /// What these consist of, and each of them without what separates its parts.
  private var parts: [[UInt8]] = []
  /// Whether somebody may be meant whose address is not known. Then only words stay that servers are known to use.
  private var areAllKnown = true

  /// More addresses than this are not kept of one message: some of its people are unknown then.
  private static let most = 20
  /// An address has few parts, or somebody made it to be searched for long.
  private static let mostParts = 256
  private static let shortestPart = 3

  init() {}

  /// People of whom nothing is known.
  static let unknown = {
    var people = People()
    people.areAllKnown = false
    return people
  }()

  var isEmpty: Bool { locals.isEmpty }

  init(_ bytes: Span<UInt8>, _ addresses: Range<Int>?...) {
    for address in addresses { if let address { add(bytes.array(address)[...]) } }
  }

  /// - Parameter address: a whole one, or its part before the `@`.
  mutating func add(_ address: ArraySlice<UInt8>) {
    let end = address.lastIndex(of: UInt8(ascii: "@")) ?? address.endIndex
    let local = address[..<end].map(\.lowercase).filter { $0 != UInt8(ascii: "\"") }
    guard local.count > 1, !locals.contains(local) else { return }
    guard locals.count < Self.most else { return areAllKnown = false }
    locals.append(local)
    let runs = local.split { !$0.isPartOfName }.map(Array.init)
    // Of `anna77` a server may say Anna.
    let bare = runs.flatMap { $0.split(whereSeparator: \.isDigit).map(Array.init) }
    for part in runs + bare + [Array(runs.joined())]
    where part.count(where: { !$0.isDigit }) >= Self.shortestPart {
      guard !parts.contains(part) else { continue }
      guard parts.count < Self.mostParts else { return areAllKnown = false }
      parts.append(part)
    }
  }

  mutating func add(_ others: People) {
    for local in others.locals { add(local[...]) }
    if !others.areAllKnown { areAllKnown = false }
  }

  /// Adds the addresses that are in a text.
  mutating func addAddresses(in text: [UInt8]) {
    var at = text.startIndex
    while let sign = text[at...].firstIndex(of: UInt8(ascii: "@")) {
      var start = sign
      while start > at, text[start - 1].isPartOfAddress { start -= 1 }
      add(text[start..<sign])
      at = sign + 1
    }
  }

  /// What is shown in the place of a word that names somebody, or may do so; nil where it stays.
  func folded(_ word: ArraySlice<UInt8>) -> String? {
    if !isEmpty, let named = withoutNames(word) { return named }
    if areAllKnown { return nil }
    let letters = word.split { !$0.isPartOfName || $0.isDigit }
    if letters.isEmpty || word.count >= 6 && word.contains(where: \.isDigit) { return nil }
    return letters.allSatisfy { ServerWords.all.contains($0.map(\.lowercase).text) } ? nil : "<word>"
  }

  private func withoutNames(_ word: ArraySlice<UInt8>) -> String? {
    var pieces: [String] = []
    var isNamed = false
    var at = word.startIndex
    while at < word.endIndex {
      let end = word[at...].firstIndex { $0.isPartOfAddress != word[at].isPartOfAddress } ?? word.endIndex
      let piece = word[at..<end]
      if names(piece) {
        isNamed = true
        pieces.append("<address>")
      } else {
        pieces.append(piece.text)
      }
      at = end
    }
    guard isNamed else { return nil }
    // `user%domain` and `domain!user` are addresses; a number beside a name is another one for each person.
    let isAddress = pieces.contains { $0 == "%" || $0 == "!" || $0.utf8.contains(where: \.isDigit) }
    return isAddress ? "<address>" : pieces.joined()
  }

  private func names(_ piece: ArraySlice<UInt8>) -> Bool {
    let small = piece.map(\.lowercase)
    if locals.contains(where: { $0.elementsEqual(small.trimming(UInt8(ascii: "."), UInt8(ascii: "-"))) }) {
      return true
    }
    return small.split { !$0.isPartOfName }.contains { run in parts.contains { $0.elementsEqual(run) } }
  }
}

extension UInt8 {
  /// A letter or a digit.
  fileprivate var isPartOfName: Bool { self >= 0x80 || isNameByte && self != UInt8(ascii: "_") }

  /// What the part of an address before the `@` mostly consists of.
  fileprivate var isPartOfAddress: Bool {
    self >= 0x80 || isNameByte || self == UInt8(ascii: ".") || self == UInt8(ascii: "-")
      || self == UInt8(ascii: "+")
  }
}

extension [UInt8] {
  fileprivate func trimming(_ ends: UInt8...) -> ArraySlice<UInt8> {
    var rest = self[...]
    while let first = rest.first, ends.contains(first) { rest.removeFirst() }
    while let last = rest.last, ends.contains(last) { rest.removeLast() }
    return rest
  }
}
