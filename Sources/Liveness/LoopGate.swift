// The way for other threads into an event loop, until it is to end.

import NIOCore
import Synchronization

/// Passes work on to an event loop. Once it is shut, work is dropped: a loop that has ended may not be given any.
final class LoopGate: Sendable {
  private let loop: any EventLoop
  private let isShut = Mutex(false)

  init(to loop: any EventLoop) { self.loop = loop }

  /// Does `body` on the loop, after all that was passed before.
  func pass(_ body: @escaping @Sendable () -> Void) {
    isShut.withLock { isShut in
      if !isShut { loop.execute(body) }
    }
  }

  /// Passes `last` and nothing after it; false where it was shut before.
  func shut(after last: @escaping @Sendable () -> Void = {}) -> Bool {
    isShut.withLock { isShut in
      if isShut { return false }
      isShut = true
      loop.execute(last)
      return true
    }
  }
}
