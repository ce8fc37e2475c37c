// The calls that messages show, such as "randmap pool outbound": in a directory that is not the usual one they need `-c`.
// Whoever writes a message writes the call alone. The directory comes in here, where the message goes out.

extension String {
  /// With `-c` in each call of randmap or of Postfix's commands that names no directory, where that is not the usual one; safe to
  /// show.
  ///
  /// - Parameter path: the same from the root, which postfix(1) wants; nil where `directory` is that.
  package func namingDirectory(_ directory: String, path: String? = nil) -> String {
    guard (path ?? directory) != MailConfig.standardDirectory else { return self }
    let bytes = Bytes(utf8)
    var named = Bytes()
    var taken = 0
    for call in Call.all(in: bytes) {
      let option = " -c \(printable((call.isOfPostfix ? path ?? directory : directory).asArgument))"
      named += bytes[taken..<call.placeOfOption] + Bytes(option.utf8)
      taken = call.placeOfOption
    }
    return taken == 0 ? self : String(decoding: named + bytes[taken...], as: UTF8.self)
  }
}

/// The commands of randmap that work on a configuration directory: a test compares them with those of the program. Any other word
/// after "randmap" is prose.
package let commandsWithDirectory: Set<String> = [
  "add", "agent", "check", "console", "convert", "drain", "log", "pool", "pools", "ramp", "recover", "remove",
  "remove-route", "report", "restore", "route", "set", "set-route", "status", "tick", "undo", "what-if",
]

/// A call without a directory in a message.
private struct Call {
  let isOfPostfix: Bool
  /// Where `-c` comes in.
  let placeOfOption: Int

  private enum Program: CaseIterable {
    case randmap, postfix, postmap, postalias, postconf, postqueue, postsuper

    var name: Bytes { Bytes("\(self)".utf8) }
  }

  private static let programs = Program.allCases.map { (program: $0, name: $0.name) }
  private static let commandsOfPostfix: Set<String> = ["reload", "start", "stop", "status", "check", "flush"]

  static func all(in bytes: Bytes) -> [Call] {
    guard bytes.count > 8 else { return [] }
    var calls: [Call] = []
    var index = 0
    while let start = bytes[index...].firstIndex(where: { $0 == UInt8(ascii: "r") || $0 == UInt8(ascii: "p") }
    ) {
      index = start + 1
      // Only a whole word is the program: not "/run/randmap", and not "randmap-tick".
      guard start == 0 || !bytes[start - 1].isInWord,
        let (program, name) = programs.first(where: { bytes[start...].starts(with: $0.name) })
      else { continue }
      let end = start + name.count
      guard end < bytes.count, bytes[end] == UInt8(ascii: " ") else { continue }
      index = max(index, end)
      guard let place = placeOfOption(program, from: start, to: end, in: bytes) else { continue }
      calls.append(Call(isOfPostfix: program != .randmap, placeOfOption: place))
    }
    return calls
  }

  /// Nil where the words are prose, or name a directory.
  private static func placeOfOption(
    _ program: Program, from start: Int, to end: Int, in bytes: Bytes
  ) -> Int? {
    let words = bytes[(end + 1)...]
    switch program {
    case .randmap:
      let word = words.prefix { $0.isInWord && $0 != UInt8(ascii: ".") }
      let text = String(decoding: word, as: UTF8.self)
      let command = text.hasPrefix("--") ? String(text.dropFirst(2)) : text
      let isCommand =
        text == command ? commandsWithDirectory.contains(command) : ["check", "status"].contains(command)
      let rest = bytes[word.endIndex...]
      // "randmap agent: ..." is who speaks; and a usage says itself where options come.
      let isUsage =
        bytes[..<start].suffix(usage.count).elementsEqual(usage)
        || [" --help", " ["].contains { rest.starts(with: Bytes($0.utf8)) }
      return isCommand && rest.first != UInt8(ascii: ":") && !isUsage && !rest.starts(with: option)
        ? word.endIndex : nil
    case .postfix:
      let word = words.prefix { $0.isInWord && $0 != UInt8(ascii: ".") }
      return commandsOfPostfix.contains(String(decoding: word, as: UTF8.self)) ? end : nil
    case .postmap, .postalias:
      // A table, which may be quoted: "hash:/etc/postfix/transport".
      let table = words.prefix { $0 != UInt8(ascii: " ") && $0 != .newline }
      let isTable = table.contains(UInt8(ascii: ":")) && table.last != UInt8(ascii: ":")
      return isTable || isOption(words) ? end : nil
    case .postconf:
      // What types of tables it has depends on no directory.
      return isOption(words) && !words.starts(with: Bytes("-m".utf8)) ? end : nil
    case .postqueue, .postsuper: return isOption(words) ? end : nil
    }
  }

  private static let usage = Bytes("Usage: ".utf8)
  private static let option = Bytes(" -c ".utf8)

  /// Whether a call goes on with an option that is no directory.
  private static func isOption(_ words: ArraySlice<UInt8>) -> Bool {
    words.first == UInt8(ascii: "-") && !words.starts(with: option.dropFirst())
  }
}

extension UInt8 {
  /// Whether it makes a word another one.
  fileprivate var isInWord: Bool { isNameByte || self == UInt8(ascii: "-") || "./".utf8.contains(self) }
}
