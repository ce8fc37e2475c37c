// What a person presses, read from ncurses as keys.

import CNcurses
import Glibc

/// Reads the keys that are pressed in a window.
final class KeyReader {
  private let window: UnsafeMutablePointer<WINDOW>
  private var pasted: String?
  /// What has come of a report of the mouse.
  private var mouse: String?
  /// Whether the terminal has said that it shows what comes between two marks at once (mode 2026).
  private(set) var hasSynchronizedOutput = false
  /// Whether it has said anything about that.
  private(set) var hasAnswered = false

  /// Codes above ncurses' own, for what it has no name for.
  private enum Code {
    static let pasteStart: Int32 = 1001
    static let pasteEnd: Int32 = 1002
    static let wordLeft: Int32 = 1003
    static let wordRight: Int32 = 1004
    static let mouse: Int32 = 1005
    static let synchronized: Int32 = 1006
    static let notSynchronized: Int32 = 1007
  }

  /// A pasted text may be a whole file instead of its name; what comes after this many bytes is left out.
  private static let longestPaste = 65_536

  private enum Press {
    case character(wint_t)
    case function(Int32)
  }

  init(_ window: UnsafeMutablePointer<WINDOW>) {
    self.window = window
    // In milliseconds: how long what a key sends may be on its way after its Esc.
    set_escdelay(25)
    keypad(window, true)
    nodelay(window, true)
    define_key("\u{1B}[200~", Code.pasteStart)
    define_key("\u{1B}[201~", Code.pasteEnd)
    define_key("\u{1B}[1;5D", Code.wordLeft)
    define_key("\u{1B}[1;5C", Code.wordRight)
    // Not by ncurses: it would hold every click back until it knew whether a second one follows.
    define_key("\u{1B}[<", Code.mouse)
    for set in 1...2 { define_key("\u{1B}[?2026;\(set)$y", Code.synchronized) }
    for never in [0, 3, 4] { define_key("\u{1B}[?2026;\(never)$y", Code.notSynchronized) }
  }

  /// The keys that were pressed and not read yet; does not wait.
  func read() -> [Key] {
    var keys: [Key] = []
    while let press = next() {
      if pasted != nil {
        if let paste = continuePaste(press) { keys.append(paste) }
      } else if mouse != nil {
        keys += continueMouse(press)
      } else if case .function(Code.pasteStart) = press {
        pasted = ""
      } else if let key = key(press) {
        keys.append(key)
      }
    }
    return keys
  }

  private func next() -> Press? {
    var code: wint_t = 0
    return switch wget_wch(window, &code) {
    case ERR: nil
    case KEY_CODE_YES: .function(Int32(bitPattern: code))
    default: .character(code)
    }
  }

  /// Adds to the paste that is coming in; Ctrl-C ends one whose end got lost.
  private func continuePaste(_ press: Press) -> Key? {
    switch press {
    case .function(Code.pasteEnd), .character(3):
      defer { pasted = nil }
      return pasted.map(Key.paste)
    case .function: return nil
    case .character(let code):
      if let scalar = Unicode.Scalar(UInt32(code)), pasted?.utf8.count ?? 0 < Self.longestPaste {
        pasted?.unicodeScalars.append(scalar == "\r" ? "\n" : scalar)
      }
      return nil
    }
  }

  /// Adds to the report of the mouse that is coming in. What cannot be a part of one is a key again, and none is lost.
  private func continueMouse(_ press: Press) -> [Key] {
    if case .character(let code) = press, let scalar = Unicode.Scalar(UInt32(code)), scalar.isASCII,
      "0123456789;Mm".unicodeScalars.contains(scalar), mouse?.utf8.count ?? 0 < 20
    {
      mouse?.unicodeScalars.append(scalar)
      guard scalar == "M" || scalar == "m" else { return [] }
      defer { mouse = nil }
      return mouse.flatMap { Mouse(report: $0) }.map { [.mouse($0)] } ?? []
    }
    mouse = nil
    return key(press).map { [$0] } ?? []
  }

  private func key(_ press: Press) -> Key? {
    switch press {
    case .function(Code.mouse):
      mouse = ""
      return nil
    case .function(Code.synchronized):
      hasSynchronizedOutput = true
      hasAnswered = true
      return nil
    case .function(Code.notSynchronized):
      hasAnswered = true
      return nil
    case .function(let code): return Self.key(function: code)
    case .character(27): return escape()
    case .character(let code): return Self.key(character: code)
    }
  }

  /// Esc, or a key pressed with Alt, which sends Esc at the same moment. That is never the two of them: it would leave a
  /// question and then do what the letter does outside of it.
  private func escape() -> Key? {
    let escape: wint_t = 27
    switch next() {
    case nil: return .escape
    case .character(escape):
      unget_wch(wchar_t(escape))
      return .escape
    case .character(let code):
      switch Self.key(character: code) {
      case .character("b"): return .wordLeft
      case .character("f"): return .wordRight
      case .backspace: return .control("w")
      default: return nil
      }
    case .function(Code.pasteStart):
      pasted = ""
      return .escape
    case .function(Code.mouse):
      mouse = ""
      return .escape
    case .function: return nil
    }
  }

  private static func key(function code: Int32) -> Key? {
    switch code {
    case KEY_UP: .up
    case KEY_DOWN: .down
    case KEY_LEFT: .left
    case KEY_RIGHT: .right
    case KEY_HOME: .home
    case KEY_END: .end
    case KEY_PPAGE: .pageUp
    case KEY_NPAGE: .pageDown
    case KEY_ENTER: .enter
    case KEY_BTAB: .backTab
    case KEY_BACKSPACE: .backspace
    case KEY_DC: .delete
    case Code.wordLeft: .wordLeft
    case Code.wordRight: .wordRight
    case KEY_F0 + 1...KEY_F0 + 12: .function(Int(code - KEY_F0))
    default: nil
    }
  }

  private static func key(character code: wint_t) -> Key? {
    switch code {
    case 9: .tab
    case 10, 13: .enter
    case 27: .escape
    case 8, 127: .backspace
    case 1...26: Unicode.Scalar(code + 0x60).map { .control(Character($0)) }
    case 0..<32: nil
    default: Unicode.Scalar(code).map { .character(Character($0)) }
    }
  }
}
