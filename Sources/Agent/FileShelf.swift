// Values that are made from files: checked at each use, made again when the file has changed. Where the new text is no
// good, each value is made of the text that was good before, whatever it was asked for by. A large file is read aside, so
// that other deliveries go on meanwhile.

import PostfixFiles
import Threads

/// Lives on a loop.
final class FileShelf<Key: Hashable & Sendable, Value: Sendable> {
  typealias Answer = Result<Value, PoolError>

  /// Where a value comes from. Both are called on another thread where the file is large.
  struct Source: Sendable {
    /// Absolute.
    let path: String
    let read: @Sendable () throws(PoolError) -> Document
    /// Makes the value of a text; the second is the text that was good before, if that is another one.
    let make: @Sendable (Document, Document?) throws(PoolError) -> Value
  }

  private struct Entry {
    /// What was made of the file, or, where that failed, what was good before.
    var outcome: Answer
    /// Nil where there was no file.
    var stamp: FileStamp?
    /// When the file as it is was found to be no good; nil where it is good.
    var refused: ContinuousClock.Instant?
    /// How often everything had been expired when it was made.
    let generation: Int

    /// Whether it is what a file that looks like this comes to now.
    func holds(_ stamp: FileStamp?, _ generation: Int) -> Bool {
      self.generation == generation && self.stamp == stamp
    }

    /// Whether the file is worth another look, though it looks as it did: a mode that was changed does not show.
    var mayHaveMended: Bool { refused.map { ContinuousClock.now - $0 > .seconds(1) } ?? false }
  }

  /// What the log says of a file once.
  private struct Words: Hashable {
    let path: String
    let reason: PoolError
  }

  /// A file as it was when its value was made.
  private struct Origin: Sendable {
    let key: Key
    let path: String
    let stamp: FileStamp?
    /// How often everything had been expired: what was made for an earlier configuration holds no longer.
    let generation: Int
    let asker: Asker
  }

  /// What came of a file.
  private enum Made: Sendable {
    case good(Value, Bytes)
    /// With what comes of the text that was good before.
    case bad(PoolError, Value?)
  }

  /// What was made on another thread.
  private struct Arrival: Sendable {
    let origin: Origin
    let made: Made
  }

  private let arrivals = Mailbox<Arrival>()
  private let say: (String) -> Void
  /// Its bound is far above what a configuration needs: where it is reached, what was good of a file may be forgotten.
  private var entries = ByteBoundedCache<Key, Entry>(limit: 256 << 20)
  /// The text of each file that was good last, by its path: it is the file's, and not of one of the names for it.
  private var texts = ByteBoundedCache<String, Bytes>(limit: 128 << 20)
  /// What the log has of the files that are no good now, and on whose account: on a stranger's it says less.
  private var said: [Words: Asker] = [:]
  private static var mostSaid: Int { 1_000 }
  private var waiting: [Key: [(asker: Asker, then: (Answer) -> Void)]] = [:]
  private let loop: SocketLoop
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
    self.loop = loop
    self.size = size
    self.isOver = isOver
    self.say = say
    loop.watch(arrivals.descriptor) { [weak self] in self?.unpack() }
  }

  /// Calls `then` with the value of `key`, at once where the file is as it was, or small.
  func value(
    _ key: Key, from source: Source, for asker: Asker, then: @escaping (Answer) -> Void
  ) {
    // Before its contents: a change in between is then seen as one.
    let origin = Origin(
      key: key, path: source.path, stamp: FileStamp.ofFile(source.path), generation: generation, asker: asker)
    let entry = entries.use(key).flatMap { entry -> Entry? in
      if case .success(let value) = entry.outcome, isOver(value) { return nil }
      return entry.holds(origin.stamp, generation) ? entry : nil
    }
    if let entry, !entry.mayHaveMended { return then(entry.outcome) }
    let known = texts.use(source.path)
    if origin.stamp?.size ?? 0 <= readAtOnce, known?.count ?? 0 <= readAtOnce {
      return then(take(Self.make(source, known), of: origin))
    }
    if waiting[key] == nil {
      waiting[key] = []
      let arrivals = arrivals
      BackgroundQueue.files.run {
        arrivals.post(Arrival(origin: origin, made: Self.make(source, known)))
      }
    }
    // Answer with the last error at once; the retry runs in the background.
    if let entry { then(entry.outcome) } else { waiting[key]?.append((asker, then)) }
  }

  private static func make(_ source: Source, _ known: Bytes?) -> Made {
    let before = known.map { Document(path: source.path, bytes: $0) }
    do throws(PoolError) {
      let text = try source.read()
      let isTheSame = text.bytes == known
      if let before, !isTheSame, text.isCut(from: before) { throw PoolError(withoutText: Document.cutReason) }
      return .good(try source.make(text, isTheSame ? nil : before), text.bytes)
    } catch {
      return .bad(error, before.flatMap { try? source.make($0, nil) })
    }
  }

  private func unpack() {
    for arrival in arrivals.empty() {
      let outcome = take(arrival.made, of: arrival.origin)
      // They may be hundreds, and what each does with it takes time.
      for (asker, then) in waiting.removeValue(forKey: arrival.origin.key) ?? [] {
        loop.later(asker == .postfix ? .first : .last) { then(outcome) }
      }
    }
  }

  /// Keeps what was made, or what comes of the text that was good before.
  private func take(_ made: Made, of origin: Origin) -> Answer {
    var entry: Entry
    switch made {
    case .good(let value, let text):
      texts.set(text, for: origin.path, bytes: origin.path.utf8.count + text.count)
      said = said.filter { $0.key.path != origin.path }
      entry = Entry(outcome: .success(value), stamp: origin.stamp, generation: origin.generation)
    case .bad(let reason, let instead):
      let before = entries.use(origin.key).flatMap { try? $0.outcome.get() }
      entry = Entry(
        outcome: .failure(reason), stamp: origin.stamp, refused: .now,
        generation: origin.generation)
      if let good = instead ?? before {
        entry.outcome = .success(good)
        tell(reason, origin)
      }
    }
    let bytes = if case .success(let value) = entry.outcome { size(value) } else { 1_000 }
    entries.set(entry, for: origin.key, bytes: origin.path.utf8.count + bytes)
    return entry.outcome
  }

  /// Says once what is wrong with a file; in full only where Postfix asked for it.
  private func tell(_ reason: PoolError, _ origin: Origin) {
    let words = Words(path: origin.path, reason: reason)
    if let asker = said[words], asker == .postfix || origin.asker == .anybody { return }
    if said.count >= Self.mostSaid { said = [:] }
    said[words] = origin.asker
    say("\(origin.path): \(reason.words(for: origin.asker)); going on with what it was before")
  }

  /// Takes a text as good, unless another one is known to be.
  func know(_ document: Document) {
    guard texts.use(document.path) == nil else { return }
    texts.set(document.bytes, for: document.path, bytes: document.path.utf8.count + document.count)
  }

  /// The current value; nil if there is no value, or it is not usable.
  func known(_ key: Key) -> Value? { try? entries[key]?.outcome.get() }

  /// Makes everything again at its next use; valid values stay until then.
  func expire() {
    generation += 1
  }
}
