// One event loop on a thread of its own, and a value that lives there: Prober and Watch are built on it.

import NIOCore
import NIOPosix

/// Owns a thread; `Core` is made, used and released on that thread only.
final class LoopThread<Core>: Sendable {
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let core: NIOLoopBoundBox<Core?>
  private let gate: LoopGate

  init(_ make: @escaping @Sendable (any EventLoop) -> Core) {
    let loop = group.next()
    let box = NIOLoopBoundBox<Core?>.makeEmptyBox(eventLoop: loop)
    core = box
    gate = LoopGate(to: loop)
    gate.pass { box.value = make(loop) }
  }

  /// Does `body` on the thread, after all that was asked before; nothing after `shutdown`.
  func run(_ body: @escaping @Sendable (Core) -> Void) {
    let box = core
    gate.pass {
      if let core = box.value { body(core) }
    }
  }

  /// Ends the thread and closes its connections; `last` is done there before. Must not be called from
  /// a callback.
  func shutdown(_ last: @escaping @Sendable (Core) -> Void) {
    let box = core
    let isFirst = gate.shut {
      if let core = box.value { last(core) }
      box.value = nil
    }
    // It fails only where it was done before.
    if isFirst { try? group.syncShutdownGracefully() }
  }
}
