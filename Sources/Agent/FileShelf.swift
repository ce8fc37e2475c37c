// Values that are made from files: checked at each use, made again when the file has changed, and kept
// as they were where the new file is no good. A large file is read aside, so that other deliveries go on meanwhile.

import PostfixFiles
import Threads

/// Lives on a loop.
final class FileShelf<Key: Hashable & Sendable, Value: Sendable> {
  typealias Answer = Result<Value, PoolError>
  /// Makes the value of a file; called on another thread where the file is large.
  typealias Maker = @Sendable () throws(PoolError) -> Value

  private struct Entry {
    /// What was made of the file, or, where that failed, what was good before.
    var outcome: Answer
    /// Nil where there was no file.
    var stamp: FileStamp?
    /// Why the file as it is was no good, and when that was found.
    var trouble: (reason: PoolError, time: ContinuousClock.Instant)?
    /// How often everything had been expired when it was made.
    let generation: Int

    /// Whether it is what a file that looks like this comes to now.
    func holds(_ stamp: FileStamp?, _ generation: Int) -> Bool {
      self.generation == generation && self.stamp == stamp
    }

    /// Whether the file is worth another look, though it looks as it did: a mode that was changed does not show.
    var mayHaveMended: Bool { trouble.map { ContinuousClock.now - $0.time > .seconds(1) } ?? false }
  }

  /// A file as it was when its value was made.
  private struct Origin: Sendable {
    let key: Key
    let path: String
    let stamp: FileStamp?
    /// How often everything had been expired: what was made for an earlier configuration holds no longer.
    let generation: Int
  }

  /// What was made on another thread.
  private struct Arrival: Sendable {
    let origin: Origin
    let outcome: Answer
  }

  private let arrivals = Mailbox<Arrival>()
  private let say: (String) -> Void
  /// Its bound is far above what a configuration needs: where it is reached, what was good of a file may be forgotten.
  private var entries = ByteBoundedCache<Key, Entry>(limit: 256 << 20)
  private var waiting: [Key: [(Answer) -> Void]] = [:]
  private var generation = 0

  /// Larger files are read aside: reading this much takes less than a delivery does.
  private let readAtOnce = 65_536
  private let size: (Value) -> Int
  private let isOver: (Value) -> Bool

  /// - Parameters:
  ///   - size: about how much memory a value takes.
  ///   - isOver: whether a value has to be made again though its file is as it was.
  init(
    on loop: SocketLoop, size: @escaping (Value) -> Int, isOver: @escaping (Value) -> Bool = { _ in false },
    say: @escaping (String) -> Void
  ) {
    self.size = size
    self.isOver = isOver
    self.say = say
    loop.watch(arrivals.descriptor) { [weak self] in self?.unpack() }
  }

  /// Calls `then` with the value of `key`, at once where the file at `path` is as it was, or small.
  func value(_ key: Key, from path: String, make: @escaping Maker, then: @escaping (Answer) -> Void) {
    // Before its contents: a change in between is then seen as one.
    let origin = Origin(key: key, path: path, stamp: FileStamp.ofFile(path), generation: generation)
    let entry = entries.use(key).flatMap { entry -> Entry? in
      if case .success(let value) = entry.outcome, isOver(value) { return nil }
      return entry.holds(origin.stamp, generation) ? entry : nil
    }
    if let entry, !entry.mayHaveMended { return then(entry.outcome) }
    if origin.stamp?.size ?? 0 <= readAtOnce { return then(take(Answer(catching: make), of: origin)) }
    if waiting[key] == nil {
      waiting[key] = []
      makeAside(origin, make)
    }
    // Answer with the last error at once; the retry runs in the background.
    if let entry { then(entry.outcome) } else { waiting[key]?.append(then) }
  }

  private func makeAside(_ origin: Origin, _ make: @escaping Maker) {
    let arrivals = arrivals
    BackgroundQueue.files.run {
      arrivals.post(Arrival(origin: origin, outcome: Answer(catching: make)))
    }
  }

  private func unpack() {
    for arrival in arrivals.empty() {
      let outcome = take(arrival.outcome, of: arrival.origin)
      for then in waiting.removeValue(forKey: arrival.origin.key) ?? [] { then(outcome) }
    }
  }

  /// Keeps what was made, or what was good before.
  private func take(_ outcome: Answer, of origin: Origin) -> Answer {
    let before = entries.use(origin.key)
    var entry = Entry(outcome: outcome, stamp: origin.stamp, generation: origin.generation)
    if case .failure(let trouble) = outcome {
      entry.trouble = (trouble, .now)
      if let before, case .success = before.outcome {
        if before.trouble?.reason != trouble {
          say("\(origin.path): \(trouble); going on with what it was before")
        }
        entry.outcome = before.outcome
      }
    }
    let bytes = if case .success(let value) = entry.outcome { size(value) } else { 1_000 }
    entries.set(entry, for: origin.key, bytes: origin.path.utf8.count + bytes)
    return entry.outcome
  }

  /// The current value; nil if there is no value, or it is not usable.
  func known(_ key: Key) -> Value? { try? entries[key]?.outcome.get() }

  /// Makes everything again at its next use; valid values stay until then.
  func expire() {
    generation += 1
  }
}
