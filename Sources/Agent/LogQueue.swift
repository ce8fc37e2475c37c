// The agent's log: lines wait in a bounded buffer and are written by a thread of their own, because a pipe that is full
// or a disk that hangs must not keep mail waiting.

import Glibc
import PostfixFiles
import Synchronization
import Threads

/// Takes lines and never waits. What does not fit, or cannot be written, is dropped; the number of those lines is
/// logged as soon as a line can be written again.
final class LogQueue: Sendable {
  private struct State {
    var lines: [String] = []
    var bytes = 0
    var dropped = 0
    var isWriting = false
  }

  private let state = Mutex(State())
  private let wake = Mailbox<Void>()

  /// The most bytes that wait.
  static let capacity = 256 << 10
  /// A longer line is cut: it quotes something.
  private static let longestLine = 4_000

  /// - Parameter write: writes one line, and returns whether it could. It may wait without a limit.
  init(_ write: @escaping @Sendable (String) -> Bool) {
    inBackground { [self] in
      while true {
        _ = wake.wait()
        while let lines = next() { put(lines, write) }
      }
    }
  }

  func say(_ line: String) {
    let line =
      line.utf8.count <= Self.longestLine
      ? line : "\(startWithoutLogins(of: line.utf8, atMost: Self.longestLine / 4).text)..."
    let isFirst = state.withLock { state in
      guard state.bytes + line.utf8.count <= Self.capacity else {
        state.dropped += 1
        return false
      }
      state.lines.append(line)
      state.bytes += line.utf8.count
      return state.lines.count == 1
    }
    if isFirst { wake.post(()) }
  }

  /// Waits until all is written, but no longer than `limit`.
  func flush(limit: Duration) {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline, state.withLock({ !$0.lines.isEmpty || $0.isWriting }) {
      usleep(2_000)
    }
  }

  private func next() -> [String]? {
    state.withLock { state in
      state.isWriting = !state.lines.isEmpty
      guard state.isWriting else { return nil }
      defer { (state.lines, state.bytes) = ([], 0) }
      return state.lines
    }
  }

  private func put(_ lines: [String], _ write: (String) -> Bool) {
    for line in lines {
      let dropped = state.withLock { $0.dropped }
      if dropped > 0, write("\(dropped) lines of this log were dropped: they could not be written") {
        state.withLock { $0.dropped -= dropped }
      }
      if !write(line) { state.withLock { $0.dropped += 1 } }
    }
  }
}
