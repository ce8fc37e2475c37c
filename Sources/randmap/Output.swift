// Words out: results on standard output, everything else on standard error, and the exit status.

import Glibc
import PostfixFiles
import Synchronization
import System

/// The exit statuses of docs/scripts.md.
enum ExitStatus: Int32 {
  case fine = 0
  case findings = 1
  case wrongCall = 2
  case fault = 3

  func end() -> Never { exit(rawValue) }
}

/// Why a command ends early: one message, one status.
struct CommandError: Error {
  let status: ExitStatus
  let message: String
  /// Whether the message is complete as it is (the parser's usage text).
  let isComplete: Bool

  init(_ status: ExitStatus, _ message: String, isComplete: Bool = false) {
    self.status = status
    self.message = message
    self.isComplete = isComplete
  }

  func end() -> Never {
    if !message.isEmpty { Output.error.line(isComplete ? message : "randmap: \(message)") }
    status.end()
  }
}

/// Standard output or standard error, written without a buffer in between.
enum Output: Int32 {
  case standard = 1
  case error = 2

  private static let hasChangedFiles = Atomic(false)

  /// Files of the configuration are written from here on: where the output fails, that has to be said.
  static func filesAreWritten() { hasChangedFiles.store(true, ordering: .relaxed) }

  /// The directory of the call, as it is named there and from the root: each call that a message shows is for it.
  private static let directory = Mutex<(named: String, path: String)?>(nil)

  static func callsAre(for named: String, path: String) { directory.withLock { $0 = (named, path) } }

  /// With the directory of this call in the calls that a text shows (`namingDirectory`).
  static func naming(_ text: String) -> String {
    guard let (named, path) = directory.withLock({ $0 }) else { return text }
    return text.namingDirectory(named, path: path)
  }

  var isTerminal: Bool { isatty(rawValue) == 1 }

  /// Results are printed as they are. What goes to standard error is for people, with the directory in the calls that it shows.
  func line(_ text: String) {
    write(Bytes(((self == .error ? Self.naming(text) : text) + "\n").utf8))
  }

  /// A line of advice among results.
  func advice(_ text: String) { line(Self.naming(text)) }

  /// Writes text from files: byte for byte into a file or a pipe, safe on a terminal.
  func text(_ bytes: Bytes) { write(isTerminal ? terminalText(bytes) : bytes) }

  /// A reader that has gone away ends the program quietly, with the status that the shell gives to SIGPIPE.
  func write(_ bytes: Bytes) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if errno == EAGAIN {
        // A pipe that another program made non-blocking: until it takes more.
        var entry = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
        poll(&entry, 1, -1)
      } else if errno == EPIPE {
        exit(128 + SIGPIPE)
      } else if errno != EINTR {
        let reason = Errno.last.description
        if self == .standard {
          let written =
            Self.hasChangedFiles.load(ordering: .relaxed)
            ? "; but the files are written: \"randmap log --diff\" shows the change" : ""
          Output.error.line("randmap: cannot write the output: \(reason)\(written)")
        }
        ExitStatus.fault.end()
      }
    }
  }

  /// Writes a line of a log, and returns whether it could: a full disk, or a log that is being rotated, is no reason
  /// to end. It waits where the reader is slow.
  func log(_ text: String) -> Bool {
    var rest = Bytes((text + "\n").utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if errno == EAGAIN {
        var entry = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
        poll(&entry, 1, -1)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }

  /// Columns of a terminal; nil if it is not a terminal.
  var width: Int? { size.flatMap { $0.ws_col > 0 ? Int($0.ws_col) : nil } }

  /// Rows of a terminal; nil if it is not a terminal.
  var height: Int? { size.flatMap { $0.ws_row > 0 ? Int($0.ws_row) : nil } }

  private var size: winsize? {
    var size = winsize()
    return ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0 ? size : nil
  }
}
