// What postmap(1) gets in place of a configuration directory that is not this machine's own: a main.cf with the few
// parameters that change how a table is read or built, and nothing that names a program, a library or a directory.

import Glibc
import PostfixFiles
import System

/// A directory of our own with such a main.cf.
struct PlainConfiguration {
  let path: String
  private let file: String

  /// - Parameter directory: the configuration whose parameters it takes over; nil for Postfix's defaults.
  init(like directory: String?) throws(ToolError) {
    guard let made = Self.makeDirectory() else { throw .cannotStart(.postmap, errno) }
    path = made
    file = "\(path)/main.cf"
    let text = Self.text(directory.flatMap { PostfixCommands.parameters(of: $0) })
    guard Self.write(text, to: file) else {
      let problem = errno
      rmdir(path)
      throw .cannotStart(.postmap, problem)
    }
  }

  /// Removes it: its life ends with the command that it is for.
  func remove() {
    unlink(file)
    rmdir(path)
  }

  private static func makeDirectory() -> String? {
    var template = Array("\(temporaryPlace())/randmap-postmap.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The parameters that postmap(1) uses for the tables that it reads or builds here, as plain words and numbers.
  private static func text(_ parameters: Parameters?) -> String {
    guard let parameters else { return "" }
    var lines: [String] = []
    let unicode = parameters.text("smtputf8_enable").lowercased()
    if ["yes", "no"].contains(unicode) { lines.append("smtputf8_enable = \(unicode)\n") }
    for name in ["lmdb_map_size", "berkeley_db_create_buffer_size", "berkeley_db_read_buffer_size"] {
      guard parameters.isSet(name), let number = Int(parameters.text(name)), number > 0 else { continue }
      lines.append("\(name) = \(number)\n")
    }
    return lines.joined()
  }

  /// A new file, as old as if it had rested for a while: Postfix reads one that has just changed several times.
  private static func write(_ text: String, to file: String) -> Bool {
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    let past = [timespec(tv_sec: 1_000_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000_000, tv_nsec: 0)]
    return Glibc.write(descriptor, bytes, bytes.count) == bytes.count && futimens(descriptor, past) == 0
  }
}
