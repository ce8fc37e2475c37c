// The configuration at the start of the agent. No earlier one is known then. A main.cf that is still being written may not say
// yet where the queue is, and the agent would listen in the queue of another instance.

import Glibc
import PostfixFiles

extension AgentSetup {
  /// A file that was not changed for so long is as its writer wants it.
  private static let rest = 2
  /// For a file that is written again and again.
  private static let longestWait = Duration.seconds(10)

  /// Waits while main.cf or master.cf is new and looks incomplete, then takes it as it is.
  ///
  /// - Parameters:
  ///   - limit: how long to wait at most.
  ///   - pause: is called between two looks.
  init(
    whenWritten directory: String, _ environment: Environment, limit: Duration = Self.longestWait,
    pause: () -> Void = { poll(nil, 0, 50) }
  ) throws(FileError) {
    let deadline = ContinuousClock.now + limit
    while true {
      let (config, stamps) = try Self.read(directory, environment)
      if config.looksUnfinished(now: time(nil), rest: Self.rest), ContinuousClock.now < deadline {
        pause()
        continue
      }
      guard !config.main.assignments.isEmpty || config.main.problem != nil else {
        throw FileError(
          path: config.main.document.path,
          reason: "it sets nothing; need one setting at least, such as queue_directory")
      }
      try self.init(config, stamps)
      return
    }
  }
}

extension MailConfig {
  /// Whether main.cf or master.cf was changed within the last `rest` seconds, and is empty, has no end of its last line, or
  /// does not say where the queue is: that line may be the next one that is written.
  fileprivate func looksUnfinished(now: Int, rest: Int) -> Bool {
    func isNew(_ document: Document) -> Bool {
      FileStamp.ofFile(document.path).map { abs(now - $0.seconds) <= rest } ?? true
    }
    if main["queue_directory"] == nil || !main.document.endsItsLastLine, isNew(main.document) { return true }
    guard let master else { return false }
    return (master.services.isEmpty || !master.document.endsItsLastLine) && isNew(master.document)
  }
}
