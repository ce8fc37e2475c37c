// Who drained a member: a row says that itself; a file says until when and why, and the history of writes says who wrote it.

import Changes
import PostfixFiles
import Routing

/// The authors of drains, as far as the history of this user goes back.
package struct DrainAuthors: Sendable {
  private let writes: [LoggedWrite]

  /// Knows none.
  package init() { writes = [] }

  /// - Parameter log: the oldest write first.
  package init(_ log: [LoggedWrite]) { writes = log.reversed() }

  /// Reads the history only where a pool of the configuration has a drained member.
  package init(_ pools: some Sequence<Pool>, writer: Writer, directory: String) {
    let hasDrained = pools.contains { $0.members.contains(where: \.isDrained) }
    writes = hasDrained ? (try? writer.log(directory))?.reversed() ?? [] : []
  }

  /// The person who drained a gateway that is drained in every pool; nil where nothing says so.
  package func author(of use: GatewayUse, in pools: some Sequence<Pool>) -> String? {
    guard use.isDrained, let drain = use.drain else { return nil }
    if let author = drain.author { return author }
    for pool in pools where use.pools.contains(pool.id) {
      for member in pool.members where member.drain == drain && member.gateways.contains(use.gateway) {
        if let author = author(of: member, in: pool) { return author }
      }
    }
    return nil
  }

  /// The person who drained `member`, the one who called sudo(8) included; nil where nothing says so.
  package func author(of member: Member, in pool: Pool) -> String? {
    guard member.isDrained else { return nil }
    if let author = member.drain?.author { return author }
    let names = [pool.id] + pool.aliases
    let edits = names.map { Edit.drain(pool: $0, member: member.result).summary }
    let write = writes.first { write in
      write.undone == nil
        && write.summary.split(separator: "; ").contains { part in
          edits.contains { part == $0 || part.hasPrefix($0 + " ") || part.hasPrefix($0 + ":") }
        }
    }
    return write.map { $0.sudoUser ?? $0.user }
  }
}
