// What was worked out from a configuration, kept with it until it changes: one edit asks for its pools six times.

import Synchronization

extension MailConfig {
  /// Something that follows from the files and the environment alone: worked out when it is first asked for, and again once
  /// something has changed.
  ///
  /// - Parameters:
  ///   - path: the file that it is about, where there is one of this kind for each.
  ///   - isOfFilesAlone: whether it is the same whatever is around the machine.
  ///   - isTrue: whether what was kept is still so, for something that time changes too.
  ///   - work: works it out. Two threads may do so at once.
  package func workedOut<Value: Sendable>(
    of path: String = "", isOfFilesAlone: Bool = false, whileTrue isTrue: (Value) -> Bool = { _ in true },
    _ work: () -> Value
  ) -> Value {
    let key = WorkedOut.Key(
      kind: ObjectIdentifier(Value.self), path: path, isOfFilesAlone: isOfFilesAlone)
    if let kept = workedOut.values.withLock({ $0[key] }) as? Value, isTrue(kept) { return kept }
    let value = work()
    workedOut.values.withLock { $0[key] = value }
    return value
  }

  /// What was worked out before files that it names changed, and nothing else: for one who sees for himself what of it is still
  /// so. Nil where nothing is known of that.
  package func formerlyWorkedOut<Value: Sendable>(_: Value.Type, of path: String = "") -> Value? {
    let key = WorkedOut.Key(kind: ObjectIdentifier(Value.self), path: path, isOfFilesAlone: true)
    return workedOut.former?[key] as? Value
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
    let isOfFilesAlone: Bool
  }

  fileprivate let values: Mutex<[Key: any Sendable]>
  /// Of before the files changed; only the last such state that anything was asked of.
  fileprivate let former: [Key: any Sendable]?

  private init(_ values: [Key: any Sendable], former: [Key: any Sendable]? = nil) {
    self.values = Mutex(values)
    self.former = former
  }

  convenience init() { self.init([:]) }

  /// Where nothing but files that the configuration names has changed.
  var beforeEdit: WorkedOut {
    let kept = values.withLock { $0.filter(\.key.isOfFilesAlone) }
    return WorkedOut([:], former: kept.isEmpty ? former : kept)
  }

  /// What stays where only the surroundings have changed: to look at them anew after an edit is no reason to look for all pools
  /// again.
  var ofFilesAlone: WorkedOut {
    WorkedOut(values.withLock { $0.filter(\.key.isOfFilesAlone) }, former: former)
  }
}
