// The line after `:` as words. It may be a call of the program, copied from a message or typed as in a shell: `randmap`, the
// directory that is open and options that say what the console asks anyway are left out, and quotes are read.

import PostfixFiles

/// A word of a line, as a shell reads it.
private struct LineWord {
  var text = ""
  /// The index of its first character in the line.
  let start: Int
  var isQuoted = false

  /// A quote in the middle of a word is one only where the word has begun with one: `it's` is a word.
  static func all(of line: [Character]) -> [LineWord] {
    var words: [LineWord] = []
    var at = 0
    while at < line.count {
      if line[at] == " " {
        at += 1
        continue
      }
      var word = LineWord(start: at)
      var hasQuote = false
      while at < line.count, line[at] != " " {
        let character = line[at]
        let isFirst = word.start == at || word.text.hasSuffix("=") && !hasQuote
        if "'\"".contains(character), isFirst || hasQuote {
          hasQuote = true
          word.isQuoted = true
          // The end of a line that is still being typed ends it too.
          let end = line[(at + 1)...].firstIndex(of: character) ?? line.count
          word.text += String(line[(at + 1)..<end])
          at = end + 1
        } else if character == "\\", at + 1 < line.count {
          word.text.append(line[at + 1])
          at += 2
        } else {
          word.text.append(character)
          at += 1
        }
      }
      words.append(word)
    }
    return words
  }
}

struct CommandText: Sendable {
  /// A word as the line has to have it, in quotes only if it would be read in another way.
  static func spelled(_ word: String) -> String {
    LineWord.all(of: Array(word)).map(\.text) == [word] ? word : word.asArgument
  }

  /// The words that count; the last one may still be typed.
  private(set) var words: [String] = []
  /// Whether it was written as a call of the program.
  private(set) var isCall = false
  /// The directory that the call is for; nil where it names none.
  private(set) var directory: String?
  /// Whether that directory is the word that is being typed.
  private var isTypingDirectory = false
  /// The word that is being typed; empty after a blank.
  let last: String
  /// The line up to that word.
  let beforeLast: String
  /// Whether that word counts.
  private let isLastOwn: Bool

  /// What a person copies with a call.
  private static let prompts: Set = ["$", "#", "sudo"]
  /// What the console asks, or does, without being told.
  private static let asked: Set = ["--write", "--dry-run", "-n", "--force", "--reload", "--probe", "--merge"]

  init(_ line: String) {
    let characters = Array(line)
    let all = LineWord.all(of: characters)
    let isEnded = characters.isEmpty || characters.last == " " || all.isEmpty
    last = isEnded ? "" : all.last?.text ?? ""
    beforeLast = isEnded ? line : String(characters[..<(all.last?.start ?? 0)])
    var rest = all[...]
    var isLastOwn = true
    while let next = rest.popFirst() {
      let word = next.text
      // What is in quotes is meant as it is.
      if next.isQuoted {
        words.append(word)
        isLastOwn = true
        continue
      }
      // The last word is not yet what it may become.
      let isTyped = rest.isEmpty && !isEnded
      if words.isEmpty, !isTyped, !isCall, Self.prompts.contains(word) { continue }
      if words.isEmpty, !isTyped, !isCall, word == "randmap" {
        isCall = true
      } else if ["-c", "--config-directory"].contains(word) {
        directory = rest.popFirst()?.text
        isTypingDirectory = rest.isEmpty && (!isEnded || directory == nil)
        isLastOwn = !rest.isEmpty || isEnded
      } else if word.hasPrefix("--config-directory=") {
        directory = String(word.dropFirst("--config-directory=".count))
        isTypingDirectory = isTyped
        isLastOwn = !isTyped
      } else if Self.asked.contains(word), !isTyped || !words.isEmpty {
        isLastOwn = !isTyped
      } else {
        words.append(word)
      }
    }
    self.isLastOwn = isLastOwn
    // The name is whole, and its own words come next.
    hasNameAlone = words.count == 1 && !isEnded && isLastOwn
  }

  /// Whether nothing but a name is typed, without a blank after it.
  let hasNameAlone: Bool

  var name: String? { words.first }

  /// The words before the one that is being typed.
  var before: [String] { last.isEmpty || !isLastOwn ? words : Array(words.dropLast()) }

  /// The same without what is left out; of a call the command of the console that does it.
  var plain: String { otherName ?? words.joined(separator: " ") }

  /// Whether it is a call that has another name here: `randmap undo` takes the last write back.
  var hasOtherName: Bool { otherName != nil }

  private var otherName: String? {
    isCall && words.count == 1 ? words.first.flatMap { Self.ownNames[$0] } : nil
  }

  /// Calls without words after them that have another name here.
  private static let ownNames = [
    "check": "problems", "log": "history", "pool": "share", "status": "gateways", "undo": "undo-write",
  ]

  /// Whether it is a call that the console has no command for.
  func isOnlyACall(_ isKnown: (String) -> Bool) -> Bool {
    guard isCall, let name else { return false }
    return (commandsWithDirectory.contains(name) || name == "config") && Self.ownNames[name] == nil
      && !isKnown(name)
  }

  /// Why a call is not for this console; nil where it is.
  ///
  /// - Parameter open: the directory that is open.
  func problem(open: String) -> String? {
    guard let directory, Self.trimmed(directory) != Self.trimmed(open) else { return nil }
    return
      "that is for \(printable(directory)), and \(printable(open)) is open here: leave its -c out, or start randmap -c \(printable(directory.asArgument))"
  }

  /// Whether the directory is still being typed.
  func mayBecome(_ open: String) -> Bool {
    isTypingDirectory && directory.map { open != $0 && open.hasPrefix($0) } ?? true
  }

  private static func trimmed(_ path: String) -> Substring {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}
