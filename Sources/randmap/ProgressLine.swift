// How far something long is, for a person who waits at a terminal.

import PostfixFiles

/// One line on standard error, drawn over itself; after a second of waiting, and only on a terminal.
struct ProgressLine {
  private static let patience = Duration.seconds(1)
  private static let pause = Duration.milliseconds(200)

  private var next = ContinuousClock.now + patience
  private var isShown = false

  /// Draws the line, if it is time for that.
  mutating func show(_ words: () -> String) {
    let now = ContinuousClock.now
    guard now >= next, Output.error.isTerminal else { return }
    next = now + Self.pause
    isShown = true
    Output.error.write(Bytes("\r\(words())\u{1B}[K".utf8))
  }

  /// Takes the line away again.
  mutating func clear() {
    if isShown { Output.error.write(Bytes("\r\u{1B}[K".utf8)) }
    isShown = false
  }
}
