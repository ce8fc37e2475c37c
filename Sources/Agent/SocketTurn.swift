// Agents that make a socket in one directory at the same moment take turns.

import Glibc
import PostfixFiles

extension AgentSocket {
  /// What an agent does where another process has the turn. That may be any process: who may read a directory can lock it.
  enum Turn {
    /// Waits for a second, then goes on. At the start only, when there is no mail yet.
    case waited
    /// Gives up.
    case free
    /// Goes on.
    case anyway
  }

  /// A lock on the directory, for as long as its descriptor is open.
  static func take(_ turn: Turn, in directory: String) throws(AgentError) -> Int32 {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let deadline = ContinuousClock.now + .seconds(1)
    while descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      switch turn {
      case .waited:
        if ContinuousClock.now >= deadline { return descriptor }
        poll(nil, 0, 5)
      case .free:
        close(descriptor)
        throw AgentError("another process has locked \(printable(directory))")
      case .anyway: return descriptor
      }
    }
    return descriptor
  }
}

/// When a socket that was removed is made again: at once, and where that fails, after pauses that grow. A value.
struct SocketRepair {
  private var failures = 0
  private var next: ContinuousClock.Instant?

  private static let longestPause = Duration.seconds(60)

  /// The first time, another agent may have the turn: it needs less than a second for it.
  var turn: AgentSocket.Turn { failures == 0 ? .free : .anyway }
  var isFirst: Bool { failures == 0 }

  func isDue(at now: ContinuousClock.Instant) -> Bool { next.map { now >= $0 } ?? true }

  mutating func failed(at now: ContinuousClock.Instant) {
    next = now + min(.seconds(1) * (1 << min(failures, 10)), Self.longestPause)
    failures += 1
  }
}
