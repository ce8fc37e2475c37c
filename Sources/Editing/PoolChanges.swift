// When a pool last got other members or weights: an edit of its file may have been about something else.

import Changes
import Glibc
import PostfixFiles
import Routing
import Synchronization

package final class PoolChanges: Sendable {
  private let config: MailConfig
  private let writer: Writer
  /// The answers, by the pools' ids: each member asks.
  private let known = Mutex<[String: PoolChange?]>([:])

  package init(of config: MailConfig, _ writer: Writer) {
    self.config = config
    self.writer = writer
  }

  /// The last time at which its members or weights may have become those of now. Where no write of the file is remembered, that is
  /// the file's own time of change; nil: as long as anything is known it has been the same.
  package func last(of pool: Pool) -> PoolChange? {
    if let known = known.withLock({ $0[pool.id] }) { return known }
    let answer = lookUp(pool)
    known.withLock { $0[pool.id] = answer }
    return answer
  }

  private func lookUp(_ pool: Pool) -> PoolChange? {
    var status = stat()
    guard let path = pool.start?.file, let document = config.document(path), stat(path, &status) == 0 else {
      return nil
    }
    let changed = Int64(status.st_mtim.tv_sec)
    let earlier = try? writer.earlierContents(
      of: path, in: config.directory, now: Array(document.bytes), changedAt: changed)
    guard let earlier, let newest = earlier.first, newest.bytes != nil else {
      return PoolChange(time: Int(changed), isOfFileAlone: true)
    }
    let same = earlier.prefix { contents in
      guard let bytes = contents.bytes else { return false }
      var config = config
      config.update(document.applying([Splice(range: 0..<document.count, bytes: Bytes(bytes))]))
      return PoolPairs(config.pools(), [pool]).all.contains { before, after in
        after != nil && before.map { Self.shares($0) == Self.shares(pool) } ?? false
      }
    }
    guard same.count < earlier.count else { return nil }
    let change = earlier[same.count]
    return PoolChange(time: Int(change.until), isOfFileAlone: change.bytes == nil)
  }

  private static func shares(_ pool: Pool) -> [String: Double] {
    Dictionary(pool.members.map { ($0.result, pool.share($0)) }, uniquingKeysWith: +)
  }
}
