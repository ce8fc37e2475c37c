// Writes the states of gateways into one pool database, on a thread aside: SQLite waits for a lock, and for the disk.

import PostfixFiles
import Store
import Synchronization

/// Keeps the database open from the first write on. Safe to call from any thread; never waits itself.
final class StateWriter: Sendable {
  private struct Desk {
    var open: OpenStore?
    /// What was said of the trouble that there is now.
    var trouble: String?
  }

  let path: String
  private let clock: @Sendable () -> Int
  private let log: @Sendable (String) -> Void
  /// What is to be written next; only the newest counts.
  private let waiting = Mutex<[MemberState]?>(nil)
  /// Held by the one thread of the queue.
  private let desk = Mutex(Desk())
  private let queue = BackgroundQueue(threads: 1)

  init(_ path: String, clock: @escaping @Sendable () -> Int, log: @escaping @Sendable (String) -> Void) {
    self.path = path
    self.clock = clock
    self.log = log
  }

  /// Has these states written. With none, the database is opened and nothing is written.
  func write(_ states: [MemberState]) {
    let isFirst = waiting.withLock { waiting in
      defer { waiting = states }
      return waiting == nil
    }
    if isFirst { queue.run { self.writeNewest() } }
  }

  /// Closes the database after what is under way.
  func close() {
    queue.run { self.desk.withLock { $0.open = nil } }
  }

  private func writeNewest() {
    let newest = waiting.withLock { waiting -> [MemberState]? in
      defer { waiting = nil }
      return waiting
    }
    guard let newest else { return }
    let words = desk.withLock { desk -> String? in
      do throws(StoreError) {
        try write(newest, by: &desk)
        defer { desk.trouble = nil }
        return desk.trouble.map { _ in "\(path): the states of gateways are written again" }
      } catch {
        defer { desk.trouble = error.reason }
        return desk.trouble == error.reason
          ? nil
          : "\(path): cannot write the states of gateways: \(error.reason); Postfix ignores states that are older"
            + " than two minutes, and then uses the weights alone"
      }
    }
    if let words { log(words) }
  }
  /// Writes by the open database, or by one that is opened anew: what SQLite keeps of a database that lay at this path before
  /// may be in the way, and is gone when that is closed.
  private func write(_ states: [MemberState], by desk: inout Desk) throws(StoreError) {
    for isLast in [false, true] {
      do throws(StoreError) {
        if desk.open?.isInPlace == false { desk.open = nil }
        if desk.open == nil { desk.open = try OpenStore(path) }
        try desk.open?.write(states, at: Int64(clock()))
        return
      } catch {
        // Where another program writes for too long, the database is still held open.
        if case .locked = error { throw error }
        desk.open = nil
        if isLast { throw error }
      }
    }
  }
}
