// Questions to a thread of which only the newest counts: what is asked as a person types.

/// A thread cannot be stopped, so one is at work at a time; the newest question begins after it.
struct Newest<Question: Equatable & Sendable>: Sendable {
  /// Whether a thread is at work on a question.
  private(set) var isRunning = false
  /// The question that was begun last.
  private var begun: Question?

  /// - Parameter wanted: what is to be known now; nil where nothing is.
  /// - Returns: the question to begin now.
  mutating func start(_ wanted: Question?) -> Question? {
    guard !isRunning, let wanted, wanted != begun else { return nil }
    isRunning = true
    begun = wanted
    return wanted
  }

  mutating func end() { isRunning = false }

  /// The same question may be asked again.
  mutating func forget() { begun = nil }

  /// Whether the answer to `wanted` is still to come.
  func isWaiting(for wanted: Question?) -> Bool { wanted != nil && (isRunning || wanted != begun) }
}
