// The calls that messages show, such as "randmap pool outbound": in a directory that is not the usual one they need `-c`.
// Whoever writes a message writes the call alone. The directory comes in here, where the message goes out.

extension String {
  /// With `-c` in each call of randmap or postfix that names no directory, where that is not the usual one; safe to show.
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

  private static let programs = [(name: Bytes("randmap".utf8), false), (name: Bytes("postfix".utf8), true)]
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
        let (name, isOfPostfix) = programs.first(where: { bytes[start...].starts(with: $0.name) })
      else { continue }
      let end = start + name.count
      guard end < bytes.count, bytes[end] == UInt8(ascii: " ") else { continue }
      let word = bytes[(end + 1)...].prefix { $0.isInWord && $0 != UInt8(ascii: ".") }
      let text = String(decoding: word, as: UTF8.self)
      index = max(index, end)
      if isOfPostfix {
        if commandsOfPostfix.contains(text) { calls.append(Call(isOfPostfix: true, placeOfOption: end)) }
        continue
      }
      let command = text.hasPrefix("--") ? String(text.dropFirst(2)) : text
      let isCommand =
        text == command ? commandsWithDirectory.contains(command) : ["check", "status"].contains(command)
      // "randmap agent: ..." is who speaks.
      let rest = bytes[word.endIndex...]
      guard isCommand, rest.first != UInt8(ascii: ":"), !rest.starts(with: Bytes(" -c ".utf8)) else {
        continue
      }
      calls.append(Call(isOfPostfix: false, placeOfOption: word.endIndex))
    }
    return calls
  }
}

extension UInt8 {
  /// Whether it makes a word another one.
  fileprivate var isInWord: Bool { isNameByte || self == UInt8(ascii: "-") || "./".utf8.contains(self) }
}
