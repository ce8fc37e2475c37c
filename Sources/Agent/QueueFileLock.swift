// The lock that marks a message as being delivered. A queue manager that starts again, as at each reload,
// does not touch locked messages. It delivers the others, although a request of its predecessor may be under way.
// Postfix's agents take the lock as soon as they have a request, so this one does too: while it waits for a transport, the
// request belongs to this delivery only.

import CLinux
import Glibc
import System

/// A shared lock on a queue file (flock(2), as in Postfix's deliver_request.c), until it is released.
struct QueueFileLock: ~Copyable {
  enum Attempt: ~Copyable {
    case locked(QueueFileLock)
    /// A queue manager has it: the request is of one that is gone.
    case taken
    /// The file does not exist; the transport decides what that means.
    case noFile
    /// Not now: no descriptor is left, for example.
    case notNow(String)
    /// We may not.
    case denied(String)
  }

  private let file: Int32

  /// - Parameter path: the queue file, where there should be one.
  static func take(_ path: String?) -> Attempt {
    guard let path else { return .noFile }
    // Reading is enough for a shared lock, and the unit of the agent may not write to the queue.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard file >= 0 else {
      let reason = Errno.last.description
      return switch errno {
      case ENOENT, ENOTDIR: .noFile
      case EMFILE, ENFILE, ENOMEM, ENOBUFS: .notNow(reason)
      default: .denied(reason)
      }
    }
    guard flock(file, LOCK_SH | LOCK_NB) == 0 else {
      let code = errno
      close(file)
      return code == ENOLCK || code == ENOMEM ? .notNow(Errno(rawValue: code).description) : .taken
    }
    return .locked(QueueFileLock(file: file))
  }

  deinit { close(file) }
}
