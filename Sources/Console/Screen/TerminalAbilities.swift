// What the terminal can do, as terminfo(5), the locale and the kernel say, and why there may be no screen.

import CNcurses
import Glibc
import System

/// Why there is no screen.
package enum TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
  case notATerminal
  case noTerm
  case unknownTerm(String)
  case dumb(String)
  case failed

  package var description: String {
    switch self {
    case .notATerminal:
      "the console needs a terminal on its input and its output; for a pipe, see randmap --status and randmap pools"
    case .noTerm: "TERM is not set: set it to the terminal's type, such as TERM=xterm-256color"
    case .unknownTerm(let name):
      "unknown terminal type TERM=\(name): set it to one in terminfo(5), such as xterm-256color"
    case .dumb(let name):
      "a terminal of type TERM=\(name) cannot move its cursor; see randmap --status and randmap pools, or start randmap --plain"
    case .failed: "the terminal cannot be set up"
    }
  }
}

extension Terminal {
  /// Whether 9600 bits a second or fewer get through. A speed of 0 says nothing, and neither does that of a pseudo-terminal:
  /// one of macOS says 9600, and ssh hands that on.
  static func isSlow(_ state: termios, on device: dev_t) -> Bool {
    let major = device >> 8 & 0xFFF
    // Pseudo-terminals have the major numbers 2 and 3, and 136 to 143; 0 is no terminal (devices.txt of Linux).
    guard major > 3, !(136...143).contains(major) else { return false }
    var state = state
    // The constants of these speeds are in order; those above 38,400 are far larger.
    return (1...speed_t(B9600)).contains(cfgetospeed(&state))
  }

  /// The number of the device that is open; 0 where it cannot be told.
  static func device(of descriptor: Int32) -> dev_t {
    var file = stat()
    return fstat(descriptor, &file) == 0 ? file.st_rdev : 0
  }

  /// A string capability of terminfo; nil where the terminal lacks it.
  static func capability(_ name: String) -> String? {
    guard let value = tigetstr(name), Int(bitPattern: value) != -1 else { return nil }
    return String(cString: value)
  }

  /// Takes the person's locale for characters.
  ///
  /// - Returns: whether it is UTF-8. Where one that says so is not installed (common over ssh), C.UTF-8
  ///   replaces it.
  static func setLocale() -> Bool {
    if setlocale(LC_CTYPE, "") == nil {
      let wanted = ["LC_ALL", "LC_CTYPE", "LANG"].lazy
        .compactMap { environmentVariable($0)?.lowercased() }
        .first { !$0.isEmpty }
      if let wanted, wanted.hasSuffix("utf-8") || wanted.hasSuffix("utf8") { setlocale(LC_CTYPE, "C.UTF-8") }
    }
    return nl_langinfo(nl_item(CODESET)).map { String(cString: $0) == "UTF-8" } ?? false
  }
}
