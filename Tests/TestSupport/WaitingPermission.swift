// Who may wait: a test that starts a program or waits without the trait `.waits` fails and says so.

/// Whether the test that is running may start programs and wait. `.waits` (TestTraits) gives it.
package enum WaitingPermission {
  @TaskLocal package static var isGiven = false

  /// Fails in a test without the trait. A thread that belongs to no test, and the benchmark, may always wait.
  ///
  /// - Parameter what: What the test does, as the rest of "this test ...".
  static func require(_ what: @autoclosure () -> String) throws(TestFailure) {
    if isGiven || withUnsafeCurrentTask(body: { $0 == nil }) { return }
    throw TestFailure("this test \(what()): write @Suite(.waits), which gives it a thread of its own")
  }
}
