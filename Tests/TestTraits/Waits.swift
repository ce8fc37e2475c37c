// `@Suite(.waits)`: tests that start programs or wait for something run on threads of their own, a few at a time.
//
// Swift's tests share as many threads as there are processors. A test that waits on one of them stops all others. So
// a suite without this trait is pure: it may neither start a program nor wait, and TestSupport fails a test that
// tries. `make check` runs the pure suites. `make test` then runs each of the others in a process of its own
// (.ci/tests); with `make suite` all are in one process, and the trait keeps them apart.

import Dispatch
import TestSupport
import Testing

/// Gives each test of a suite a thread of its own, as soon as fewer than ``Turns/limit`` such tests are running.
package struct Waits: SuiteTrait, TestTrait, TestScoping {
  package var isRecursive: Bool { true }

  /// The scope is that of the test with all its cases, which share its thread.
  package func scopeProvider(for test: Test, testCase: Test.Case?) -> Waits? {
    test.isSuite || testCase != nil ? nil : self
  }

  package func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    await Turns.shared.begin()
    let result: Result<Void, any Error>
    do {
      result = .success(
        try await WaitingPermission.$isGiven.withValue(true) {
          try await withTaskExecutorPreference(OwnThread()) { try await function() }
        })
    } catch {
      result = .failure(error)
    }
    await Turns.shared.end()
    try result.get()
  }
}

// Not for TestTrait: a suite waits or does not, so that a suite can be chosen by its name.
extension SuiteTrait where Self == Waits {
  /// This suite starts programs or waits for something.
  package static var waits: Waits { Waits() }
}

/// Who may run: the tests that wait take turns, in the order in which they come.
private actor Turns {
  static let shared = Turns()
  /// They mostly wait, so more of them than a machine has processors; but each may start a whole Postfix.
  static let limit = 8

  private var running = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func begin() async {
    if running < Self.limit {
      running += 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func end() {
    if waiting.isEmpty { running -= 1 } else { waiting.removeFirst().resume() }
  }
}

/// Does the jobs of one test, one after the other. A serial queue has a thread of its own, however long it is blocked.
private final class OwnThread: TaskExecutor {
  private let queue = DispatchQueue(label: "test")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
