// Values that are made from files: looked at whenever they are asked for, made anew when the file has changed, and kept
// as they were where the new file is no good. A large file is read aside, so that other deliveries go on meanwhile.

import NIOCore
import NIOPosix
import PostfixFiles
import Threads

/// Lives on a loop.
final class FileShelf<Key: Hashable & Sendable, Value: Sendable> {
  typealias Outcome = Result<Value, PoolTrouble>
  /// Makes the value of a file; called on another thread where the file is large.
  typealias Maker = @Sendable () throws(PoolTrouble) -> Value

  private struct Entry {
    var outcome: Outcome
    /// Nil where there was no file.
    var stamp: FileStamp?
    /// To be made anew the next time.
    var isExpired = false
  }

  /// What was made on another thread.
  private struct Arrival: Sendable {
    let key: Key
    let path: String
    let stamp: FileStamp?
    let outcome: Outcome
  }

  private let arrivals = Mailbox<Arrival>()
  private let say: (String) -> Void
  private var entries: [Key: Entry] = [:]
  private var waiting: [Key: [(Outcome) -> Void]] = [:]

  /// Larger files are read aside: reading this much takes less than a delivery does.
  private let readAtOnce = 65_536
  private let mostEntries = 10_000

  init(on loop: SocketLoop, say: @escaping (String) -> Void) {
    self.say = say
    loop.watch(arrivals.descriptor) { [weak self] in self?.unpack() }
  }

  /// Calls `then` with the value of `key`, at once where the file at `path` is as it was, or small.
  func value(_ key: Key, from path: String, make: @escaping Maker, then: @escaping (Outcome) -> Void) {
    // Before its contents: a change in between is then seen as one.
    let stamp = FileStamp.ofFile(path)
    if let entry = entries[key], !entry.isExpired, entry.stamp == stamp { return then(entry.outcome) }
    if waiting[key] != nil {
      waiting[key]?.append(then)
    } else if stamp?.size ?? 0 <= readAtOnce {
      then(take(Outcome(catching: make), of: key, path, stamp))
    } else {
      waiting[key] = [then]
      makeAside(key, path, stamp, make)
    }
  }

  private func makeAside(_ key: Key, _ path: String, _ stamp: FileStamp?, _ make: @escaping Maker) {
    let arrivals = arrivals
    NIOSingletons.posixBlockingThreadPool.submit { _ in
      arrivals.post(Arrival(key: key, path: path, stamp: stamp, outcome: Outcome(catching: make)))
    }
  }

  private func unpack() {
    for arrival in arrivals.empty() {
      let outcome = take(arrival.outcome, of: arrival.key, arrival.path, arrival.stamp)
      for then in waiting.removeValue(forKey: arrival.key) ?? [] { then(outcome) }
    }
  }

  /// Keeps what was made, or what was good before.
  private func take(_ outcome: Outcome, of key: Key, _ path: String, _ stamp: FileStamp?) -> Outcome {
    var outcome = outcome
    if case .failure(let trouble) = outcome, let entry = entries[key], case .success = entry.outcome {
      say("\(path): \(trouble); going on with what it was before")
      outcome = entry.outcome
    }
    if entries.count >= mostEntries { entries = [:] }
    entries[key] = Entry(outcome: outcome, stamp: stamp)
    return outcome
  }

  /// The value that is there; nil where there is none, or it is no good.
  func known(_ key: Key) -> Value? { try? entries[key]?.outcome.get() }

  /// Has everything made anew when it is next asked for; what was good stays until then.
  func expire() {
    entries = entries.filter { if case .success = $0.value.outcome { true } else { false } }
    for key in entries.keys { entries[key]?.isExpired = true }
  }
}
