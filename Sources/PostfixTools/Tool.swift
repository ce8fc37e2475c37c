// Postfix's own commands as values: which there are, what a run of one gave, and what can go wrong.

import PostfixFiles
import System

/// A command of Postfix that we run. Beside these, only reading a log starts a process: what unpacks it, or journalctl.
package enum Tool: String, Hashable, Sendable {
  case postmap, postconf, postfix, postqueue
}

/// The results of a command that ended by itself.
package struct ToolOutput: Hashable, Sendable {
  package let status: Int32
  package let standardOutput: [UInt8]
  package let standardError: [UInt8]

  /// The first line of what it complained of, safe to show; empty where it did not. What made it fail comes before its
  /// warnings.
  package var complaint: String {
    failureWords ?? printable(standardError.prefix { $0 != UInt8(ascii: "\n") })
  }

  /// The first line that is more than a warning; nil without one.
  package var failureWords: String? {
    standardError.split(separator: UInt8(ascii: "\n")).map(printable).first { line in
      ["fatal: ", "error: ", "panic: "].contains { line.contains($0) }
    }
  }
}

/// Why a command gave no answer.
package enum ToolError: Error, Hashable, Sendable {
  /// Neither in PATH nor in /usr/sbin: Postfix is not installed here.
  case notInstalled(Tool)
  /// It could not be started; the system's error number.
  case cannotStart(Tool, Int32)
  /// It was stopped because it took longer than allowed.
  case timedOut(Tool, limit: Duration)
  /// It ended with a status other than 0; its own words, safe to show.
  case failed(Tool, status: Int32, words: String)
  /// It would obey a configuration directory that is not this machine's own (`PostfixCommands.ownPath`).
  case notOwn(Tool, String)
  /// It was ended by a signal that we did not send.
  case killed(Tool, signal: Int32)
}

extension ToolError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notInstalled(let tool): "\(tool.rawValue) is not installed (not in PATH, not in /usr/sbin)"
    case .cannotStart(let tool, let number): "cannot start \(tool.rawValue): \(Errno(rawValue: number))"
    case .timedOut(let tool, let limit): "\(tool.rawValue) did not end within \(limit)"
    case .failed(let tool, let status, let words):
      words.isEmpty ? "\(tool.rawValue) ended with status \(status)" : words
    case .notOwn(let tool, let directory):
      """
      \(tool.rawValue) is not run with \(printable(directory)): no Postfix of this machine uses it, and its main.cf \
      names programs and libraries; need /etc/postfix, a directory that its multi_instance_directories lists, or a \
      running Postfix
      """
    case .killed(let tool, let signal): "\(tool.rawValue) was ended by signal \(signal)"
    }
  }
}
