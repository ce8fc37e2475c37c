// A suite without `.waits`, such as this one, starts no program and waits for nothing.
import Glibc
import Synchronization
import TestSupport
import TestTraits
import Testing

@Suite struct PureSuiteTests {
  @Test func aProgramIsNotStarted() throws {
    let failure = #expect(throws: TestFailure.self) { try run("true") }
    #expect(failure?.description.contains("@Suite(.waits)") == true)
  }

  @Test func nothingIsWaitedFor() throws {
    #expect(throws: TestFailure.self) { try waitUntil("the first look") { true } }
    #expect(throws: TestFailure.self) { try waitFor("the first look") { 1 } }
  }

  @Test func noSocketIsOpened() throws {
    #expect(throws: TestFailure.self) { try LoopbackAddress.own() }
  }
}

@Suite(.waits) struct WaitingSuiteTests {
  @Test func aTestOfItStartsProgramsAndWaits() throws {
    #expect(try run("true").status == .exited(0))
    try waitUntil("the first look") { true }
  }

  /// What an asynchronous test starts belongs to it.
  @Test func soDoItsTasks() async throws {
    async let first = run("true").status
    async let second = run("false").status
    #expect(try await [first, second] == [.exited(0), .exited(1)])
  }

  /// All meet at one point: a task on each thread that Swift's tests share, and this test. If the test held one of these
  /// threads, one task would not start.
  @Test func itHoldsNoSharedThread() async throws {
    let shared = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let meeting = Meeting(of: shared + 1)
    let others = (0..<shared).map { _ in Task.detached { try meeting.attend() } }
    try meeting.attend()
    for other in others { try await other.value }
  }
}

/// A point at which each waits for all.
private final class Meeting: Sendable {
  private let size: Int
  private let present = Atomic(0)

  init(of size: Int) { self.size = size }

  func attend() throws {
    present.add(1, ordering: .relaxed)
    try WaitingPermission.$isGiven.withValue(true) {
      try waitUntil("all to come", seen: "\(present.load(ordering: .relaxed)) of \(size)") {
        present.load(ordering: .relaxed) == size
      }
    }
  }
}
