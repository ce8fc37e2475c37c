// Lines from a terminal or a pipe, and lines to it: no cursor is moved and nothing is drawn again.

import Glibc
import PostfixFiles

/// Belongs to the main thread.
final class PlainTerminal {
  let isTerminal = isatty(STDIN_FILENO) == 1
  private var before = termios()
  private var typed: [UInt8] = []
  /// What is asked now, where it stands on the line.
  private var shownPrompt: String?

  /// What a person did.
  enum Input: Hashable {
    case line(String)
    /// Tab.
    case complete(String)
    /// ^C.
    case interrupt
    /// The same, where a line was begun.
    case lineDropped
    case end
  }

  init() {
    if isTerminal { tcgetattr(STDIN_FILENO, &before) }
    take()
  }

  /// Characters come at once, so that Tab completes; signals stay keys of the terminal.
  func take() {
    guard isTerminal else { return }
    var state = before
    state.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
    tcsetattr(STDIN_FILENO, TCSADRAIN, &state)
  }

  func giveBack() {
    if isTerminal { tcsetattr(STDIN_FILENO, TCSADRAIN, &before) }
  }

  // MARK: Out

  /// Says lines, on lines of their own, whatever is being typed.
  func say(_ lines: [String]) {
    if lines.isEmpty { return }
    let isBeside = shownPrompt != nil
    shownPrompt = nil
    put((isBeside ? "\n" : "") + lines.map { printable($0) + "\n" }.joined())
  }

  /// Asks; what was typed already comes after it.
  func ask(_ prompt: String) {
    guard isTerminal, shownPrompt != prompt else { return }
    let isBeside = shownPrompt != nil
    shownPrompt = prompt
    put((isBeside ? "\n" : "") + prompt + String(decoding: typed, as: UTF8.self))
  }

  private func put(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  // MARK: In

  /// What has come; does not wait where there is something.
  func read() -> [Input] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(STDIN_FILENO, &buffer, buffer.count)
    guard count > 0 else { return count < 0 && (errno == EINTR || errno == EAGAIN) ? [] : lastLine + [.end] }
    return buffer[..<count].flatMap { take($0) }
  }

  /// A last line may lack its newline.
  private var lastLine: [Input] { typed.isEmpty ? [] : [.line(String(decoding: typed, as: UTF8.self))] }

  private func take(_ byte: UInt8) -> [Input] {
    switch byte {
    case 10, 13:
      let line = String(decoding: typed, as: UTF8.self)
      typed = []
      if isTerminal { put("\n") }
      shownPrompt = nil
      return [.line(line)]
    case 9: return isTerminal ? [.complete(String(decoding: typed, as: UTF8.self))] : []
    case 3:
      guard !typed.isEmpty else { return [.interrupt] }
      typed = []
      if isTerminal { put("^C\n") }
      shownPrompt = nil
      return [.lineDropped]
    case 4 where typed.isEmpty: return [.end]
    case 8, 127: rubOut()
    case 21: while !typed.isEmpty { rubOut() }
    // No escape sequence, and no other control character, means anything here.
    case 0..<32: break
    default:
      guard typed.count < 4096 else { return [] }
      typed.append(byte)
      if isTerminal { put(bytes: [byte]) }
    }
    return []
  }

  private func put(bytes: [UInt8]) { _ = write(STDOUT_FILENO, bytes, bytes.count) }

  private func rubOut() {
    var last = typed.popLast()
    // The bytes of a character beyond ASCII go together.
    while let byte = last, byte & 0xC0 == 0x80 { last = typed.popLast() }
    if last != nil, isTerminal { put("\u{8} \u{8}") }
  }

  /// Goes on with a word that is completed, or says what it may become.
  func complete(_ names: [String]) {
    let text = String(decoding: typed, as: UTF8.self)
    let word = text.split(separator: " ", omittingEmptySubsequences: false).last.map(String.init) ?? ""
    guard var common = names.first else { return }
    for name in names { common = String(zip(common, name).prefix { $0 == $1 }.map(\.0)) }
    let rest = common.hasPrefix(word) ? String(common.dropFirst(word.count)) : ""
    if rest.isEmpty, names.count > 1 {
      say([names.prefix(40).joined(separator: "  ")])
      return
    }
    let more = rest + (names.count == 1 && !common.hasSuffix(":") ? " " : "")
    typed += Array(more.utf8)
    put(printable(more))
  }
}
