// One line of text that a person types: what every question, the filter and the command line are made of.

/// A line being edited.
package struct LineEditor: Hashable, Sendable {
  private var characters: [Character]
  /// The character before which the next one goes.
  package private(set) var cursor: Int

  package init(_ text: String = "") {
    characters = Array(text)
    cursor = characters.count
  }

  package var text: String { String(characters) }
  package var isEmpty: Bool { characters.isEmpty }

  /// Takes a key in.
  ///
  /// - Returns: whether it was one for a line; Enter, Esc, Tab and the vertical keys are not.
  package mutating func handle(_ key: Key) -> Bool {
    switch key {
    case .character(let character): insert(String(character))
    case .paste(let text): insert(Self.oneLine(text))
    case .left: cursor = max(0, cursor - 1)
    case .right: cursor = min(characters.count, cursor + 1)
    case .wordLeft: cursor = wordStart()
    case .wordRight: cursor = wordEnd()
    case .home, .control("a"): cursor = 0
    case .end, .control("e"): cursor = characters.count
    case .backspace: remove(max(0, cursor - 1)..<cursor)
    case .delete, .control("d"): remove(cursor..<min(characters.count, cursor + 1))
    case .control("w"): remove(wordStart()..<cursor)
    case .control("u"): remove(0..<cursor)
    case .control("k"): remove(cursor..<characters.count)
    default: return false
    }
    return true
  }

  private mutating func insert(_ text: String) {
    // A combining mark may melt into the character before it, so what is counted is the whole.
    let before = String(characters[..<cursor]) + text
    let after = String(characters[cursor...])
    characters = Array(before + after)
    cursor = min(before.count, characters.count)
  }

  private mutating func remove(_ range: Range<Int>) {
    characters.removeSubrange(range)
    cursor = range.lowerBound
  }

  /// A paste of several lines becomes one: breaks are spaces, as they are to Postfix.
  private static func oneLine(_ text: String) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
      let isBreak = scalar == "\n" || scalar == "\t"
      if isBreak ? !line.hasSuffix(" ") : scalar.value >= 0x20 && scalar.value != 0x7F {
        line.unicodeScalars.append(isBreak ? " " : scalar)
      }
    }
    return line.hasSuffix(" ") && text.hasSuffix("\n") ? String(line.dropLast()) : line
  }

  private func isWord(_ index: Int) -> Bool {
    characters[index].isLetter || characters[index].isNumber
  }

  private func wordStart() -> Int {
    var at = cursor
    while at > 0, !isWord(at - 1) { at -= 1 }
    while at > 0, isWord(at - 1) { at -= 1 }
    return at
  }

  private func wordEnd() -> Int {
    var at = cursor
    while at < characters.count, !isWord(at) { at += 1 }
    while at < characters.count, isWord(at) { at += 1 }
    return at
  }

  /// Draws the line in `width` cells, scrolled so that the cursor shows, and puts the screen's cursor there.
  package func draw(in frame: inout Frame, x: Int, y: Int, width: Int, _ style: Style = Style(.input)) {
    guard width > 1 else { return }
    // Only what shows is measured: a paste may be long.
    var first = cursor
    var left = 0
    while first > 0 {
      let wider = left + cellWidth(String(characters[first - 1]))
      if wider > width - 1 { break }
      (first, left) = (first - 1, wider)
    }
    frame.fill(Rect(x: x, y: y, width: width, height: 1), style)
    frame.put(String(characters[first...].prefix(width)), x: x, y: y, width: width, style)
    frame.cursor = Point(x + left, y)
  }
}
