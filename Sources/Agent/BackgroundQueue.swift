// Work that would keep the agent's loop waiting, such as reading a large file: done elsewhere, by few threads at a time.

import Synchronization
import Threads

/// Runs jobs in the order in which they come, at most so many at once. A thread lives as long as there are jobs.
final class BackgroundQueue: Sendable {
  typealias Job = @Sendable () -> Void

  private struct State {
    var waiting: [Job] = []
    var threads = 0
  }

  /// For reading files: one that is slow, on a network's disk say, does not hold up the others.
  static let files = BackgroundQueue(threads: 4)

  private let state = Mutex(State())
  private let threads: Int

  init(threads: Int) { self.threads = threads }

  func run(_ job: @escaping Job) {
    let needsThread = state.withLock { state in
      state.waiting.append(job)
      guard state.threads < threads else { return false }
      state.threads += 1
      return true
    }
    if needsThread { inBackground { self.work() } }
  }

  private func work() {
    while let job = next() { job() }
  }

  /// The next job; nil if the queue is empty, and then this thread ends.
  private func next() -> Job? {
    state.withLock { state in
      if state.waiting.isEmpty {
        state.threads -= 1
        return nil
      }
      return state.waiting.removeFirst()
    }
  }
}
