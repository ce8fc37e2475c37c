// Having mail tried again that waits. The queue manager then asks anew where it goes, so a pool draws again (measured: of the
// mail that one dead gateway of two held up, each `postqueue -f` sends half).

import PostfixFiles

/// Which mail is tried again.
package enum QueueRetry: Hashable, Sendable {
  /// Those messages, by their queue IDs.
  case messages([String])
  /// All that waits: postqueue(1) takes one queue ID at a time.
  case everything

  /// The calls of postqueue(1), each as its arguments.
  var calls: [[String]] {
    switch self {
    case .messages(let queueIDs): queueIDs.map { ["-i", $0] }
    case .everything: [["-f"]]
    }
  }

  /// The commands as one would type them; of many the first.
  package var words: String {
    switch self {
    case .messages(let queueIDs):
      "postqueue -i \(printable(queueIDs.first ?? ""))"
        + (queueIDs.count > 1 ? ", and so on (\(queueIDs.count) times)" : "")
    case .everything: "postqueue -f"
    }
  }
}

extension PostfixCommands {
  /// Has the Postfix that runs by `configDirectory` try mail again. A message that is no longer in the queue is none that
  /// waits, and no failure.
  package func tryAgain(_ retry: QueueRetry, configDirectory: String) throws(ToolError) {
    guard let own = ownPath(of: configDirectory) else { throw .notOwn(.postqueue, configDirectory) }
    var failures: [ToolError] = []
    for call in retry.calls {
      let output = try run(.postqueue, ["-c", own] + call, limit: .seconds(30))
      if output.status != 0 {
        failures.append(.failed(.postqueue, status: output.status, words: output.complaint))
      }
    }
    // Where none went through, the reason is not that mail has left the queue meanwhile.
    if let failure = failures.first, failures.count == retry.calls.count { throw failure }
  }
}
