// What was worked out from a configuration, kept with it until it changes: one edit asks for its pools six times.

import Synchronization

extension MailConfig {
  /// Something that follows from the files and the environment alone: worked out when it is first asked for, and again once
  /// something has changed.
  ///
  /// - Parameters:
  ///   - path: the file that it is about, where there is one of this kind for each.
  ///   - isTrue: whether what was kept is still so, for something that time changes too.
  ///   - work: works it out. Two threads may do so at once.
  package func workedOut<Value: Sendable>(
    of path: String = "", whileTrue isTrue: (Value) -> Bool = { _ in true }, _ work: () -> Value
  ) -> Value {
    let key = WorkedOut.Key(kind: ObjectIdentifier(Value.self), path: path)
    if let kept = workedOut.values.withLock({ $0[key] }) as? Value, isTrue(kept) { return kept }
    let value = work()
    workedOut.values.withLock { $0[key] = value }
    return value
  }

  /// The same configuration without what was worked out from it: a copy that is kept for a long time takes less memory so.
  package var alone: MailConfig {
    var config = self
    config.workedOut = WorkedOut()
    return config
  }
}

/// Values of each kind. All copies of a configuration share it, and a change of one gives that one an empty one.
final class WorkedOut: Sendable {
  fileprivate struct Key: Hashable {
    let kind: ObjectIdentifier
    let path: String
  }

  fileprivate let values = Mutex<[Key: any Sendable]>([:])
}
