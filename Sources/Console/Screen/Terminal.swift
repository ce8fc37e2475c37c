// The terminal: with its abilities and its key reader the only file that touches ncurses. It draws a Frame, and gives the
// terminal back as it was.

import CLinux
import CNcurses
import Glibc
import System

/// A full-screen terminal. Belongs to the main thread.
package final class Terminal {
  package private(set) var theme: Theme
  package let symbols: Symbols
  package let depth: ColourDepth
  /// Whether a screen takes a second or more to arrive.
  package let isSlow: Bool
  package private(set) var size: Size
  /// The descriptor to wait on for keys.
  package let input: Int32

  private let output: UnsafeMutablePointer<FILE>
  private let screen: OpaquePointer
  private let window: UnsafeMutablePointer<WINDOW>
  private var rescue: TerminalRescue?
  private var drawn: Frame?
  private var pairs: [Pair: Int16] = [:]
  private var cursorIsShown = true
  private var isSuspended = false
  private let keys: KeyReader
  private var modes = TerminalModes()
  private var shownTitle: String?
  /// When the terminal was asked what it can do.
  private var asked = ContinuousClock.now
  /// How long its answer may be under way.
  private static let answerTime = Duration.milliseconds(300)

  private struct Pair: Hashable {
    var foreground: Int
    var background: Int
  }

  /// Takes over the terminal on standard input and output.
  ///
  /// - Parameters:
  ///   - theme: how roles look.
  ///   - colour: false shows attributes alone.
  ///   - ascii: true draws with ASCII even where the locale has more.
  ///   - slowLine: whether the line is slow.
  package init(
    theme: Theme, colour: Bool = true, ascii: Bool = false, slowLine: Settings.SlowLine = .auto
  ) throws(TerminalError) {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { throw .notATerminal }
    guard let term = environmentVariable("TERM"), !term.isEmpty else { throw .noTerm }
    var found: Int32 = 0
    guard setupterm(term, STDOUT_FILENO, &found) == OK else {
      throw found == 1 ? .dumb(term) : .unknownTerm(term)
    }
    guard Self.capability("cup") != nil else { throw .dumb(term) }

    let hasUTF8 = Self.setLocale()
    let before = TerminalRescue.state(of: STDIN_FILENO)
    isSlow =
      switch slowLine {
      case .yes: true
      case .no: false
      case .auto: Self.isSlow(before, on: Self.device(of: STDIN_FILENO))
      }
    // The fonts of a Linux console have few signs, whatever the locale says.
    symbols =
      ascii || isSlow || !hasUTF8 ? .ascii : term == "linux" || term.hasPrefix("linux-") ? .lines : .unicode
    input = STDIN_FILENO
    guard let output = fdopen(dup(STDOUT_FILENO), "w"), let typed = fdopen(dup(STDIN_FILENO), "r"),
      let screen = newterm(term, output, typed)
    else { throw .failed }
    self.output = output
    self.screen = screen
    raw()
    noecho()
    nonl()
    typeahead(-1)
    let colours = Int(tigetnum("colors"))
    if !colour || isSlow || colours < 8 || start_color() != OK {
      depth = .none
    } else if tigetflag("RGB") == 1 {
      depth = .direct
    } else {
      depth = colours >= 256 ? .palette256 : colours >= 16 ? .ansi16 : .ansi8
    }
    if depth != .none { use_default_colors() }
    self.theme = depth == .none ? .monochrome : theme
    guard let window = newwin(0, 0, 0, 0) else {
      endwin()
      throw .failed
    }
    self.window = window
    size = Size(Int(getmaxx(window)), Int(getmaxy(window)))
    keys = KeyReader(window)
    let leave = ["sgr0", "rmcup", "cnorm", "rmkx"].compactMap(Self.capability).joined()
    modes.isLikeXterm = Self.capability("kmous") != nil && !term.hasPrefix("linux")
    rescue = TerminalRescue(terminal: STDOUT_FILENO, before: before, leaving: modes.allOff + leave)
    send(modes.on + modes.question)
    asked = .now
  }

  /// Follows the settings: the mouse.
  package func use(_ settings: Settings) {
    guard modes.mouse != settings.mouse else { return }
    modes.mouse = settings.mouse
    send(modes.mouseSwitch)
  }

  /// Takes other colours, where the terminal has any.
  package func use(_ theme: Theme) {
    guard depth != .none else { return }
    self.theme = theme
    drawn = nil
  }

  /// Gives the terminal back. What was written to standard error meanwhile is shown then.
  package func close() {
    guard let rescue else { return }
    // A thread that ends meanwhile does not touch the terminal: another program may have it now.
    if !isSuspended {
      awaitAnswer()
      leave()
    }
    rescue.end()
    self.rescue = nil
  }

  /// Gives the terminal back until `resume()`, for the shell or an editor.
  package func suspend() {
    leave()
    isSuspended = true
  }

  /// An answer that came after the end would be typed into the shell.
  private func awaitAnswer() {
    while modes.isLikeXterm, !keys.hasAnswered {
      let left = asked + Self.answerTime - .now
      var source = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
      guard left > .zero, poll(&source, 1, Int32(left / .milliseconds(1)) + 1) > 0,
        source.revents & Int16(POLLIN) != 0
      else { return }
      _ = keys.read()
    }
  }

  private func leave() {
    send(modes.off)
    shownTitle = nil
    endwin()
  }

  /// Takes the terminal again; everything is drawn again.
  package func resume() {
    isSuspended = false
    wrefresh(window)
    send(modes.on)
    fit()
  }

  /// Takes the terminal's size as it is now; everything is drawn again.
  package func fit() {
    var now = winsize()
    if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &now) == 0, now.ws_col > 0, now.ws_row > 0 {
      resize_term(Int32(now.ws_row), Int32(now.ws_col))
      wresize(window, Int32(now.ws_row), Int32(now.ws_col))
      size = Size(Int(now.ws_col), Int(now.ws_row))
    }
    clearok(window, true)
    drawn = nil
  }

  // MARK: Drawing

  /// Shows `frame`. Only what differs from the screen as it is goes to the terminal.
  package func draw(_ frame: Frame) {
    if drawn == frame { return }
    name(frame.title)
    let isAtOnce = keys.hasSynchronizedOutput
    if isAtOnce { send(modes.beginning) }
    defer { if isAtOnce { send(modes.end) } }
    for y in 0..<min(frame.size.rows, size.rows) {
      if let drawn, drawn.size == frame.size, drawn.row(y) == frame.row(y) { continue }
      wmove(window, Int32(y), 0)
      var run = ""
      var style = Style.text
      for cell in frame.row(y) {
        if cell.style != style {
          add(run, style)
          (run, style) = ("", cell.style)
        }
        run += cell.text
      }
      add(run, style)
    }
    if (frame.cursor != nil) != cursorIsShown {
      cursorIsShown = frame.cursor != nil
      curs_set(cursorIsShown ? 1 : 0)
    }
    if let cursor = frame.cursor { wmove(window, Int32(cursor.y), Int32(cursor.x)) }
    drawn = frame
    wrefresh(window)
  }

  /// Calls the terminal's window by what matters in it.
  private func name(_ title: String?) {
    guard modes.isLikeXterm, !isSlow, title != shownTitle else { return }
    if shownTitle == nil { send(modes.keepTitle) }
    send(title.map { modes.title($0) } ?? modes.oldTitle)
    shownTitle = title
  }

  private func add(_ text: String, _ style: Style) {
    guard !text.isEmpty else { return }
    let look = theme.look(of: style)
    let (foreground, bright) = depth.number(of: look.foreground)
    let background = depth.number(of: look.background).number
    var attributes: attr_t = 0
    if look.attributes.contains(.bold) || bright { attributes |= randmap_attr_bold }
    if look.attributes.contains(.dim) { attributes |= randmap_attr_dim }
    if look.attributes.contains(.reverse) { attributes |= randmap_attr_reverse }
    if look.attributes.contains(.underline) { attributes |= randmap_attr_underline }
    wattr_set(window, attributes, pair(Pair(foreground: foreground, background: background)), nil)
    let wide = text.unicodeScalars.map { wchar_t($0.value) }
    waddnwstr(window, wide, Int32(wide.count))
  }

  private func pair(_ pair: Pair) -> Int16 {
    if pair.foreground == -1, pair.background == -1 { return 0 }
    if let known = pairs[pair] { return known }
    let number = pairs.count + 1
    guard init_extended_pair(Int32(number), Int32(pair.foreground), Int32(pair.background)) == OK else {
      return 0
    }
    pairs[pair] = Int16(number)
    return Int16(number)
  }

  /// The keys that were pressed and not read yet; does not wait.
  package func readKeys() -> [Key] { keys.read() }

  /// Puts a text on the clipboard of the person's terminal (OSC 52), also over ssh; terminals that do not know it or may
  /// not do it ignore it.
  package func copy(_ text: String) { send("\u{1B}]52;c;\(base64(text.utf8))\u{07}") }

  /// Writes a control sequence that curses knows nothing of.
  private func send(_ sequence: String) {
    fflush(output)
    _ = sequence.utf8.withContiguousStorageIfAvailable { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }
}
