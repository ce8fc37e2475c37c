// Who drained the members that are drained on disk. A row of a database says it itself; of a file the history says it, which a
// thread reads.

import Editing
import Gateways
import Routing

/// The people, as far as they are known.
struct KnownAuthors: Sendable {
  fileprivate struct MemberName: Hashable, Sendable {
    let pool, result: String
  }

  /// What they were looked up for.
  struct Question: Hashable, Sendable {
    let readings, writes: Int
  }

  fileprivate var members: [MemberName: String] = [:]
  fileprivate var gateways: [Gateway: String] = [:]

  func author(of member: Member, in pool: Pool) -> String? {
    member.drain?.author
      ?? (member.isDrained ? members[MemberName(pool: pool.id, result: member.result)] : nil)
  }

  func author(of use: GatewayUse) -> String? {
    use.drain?.author ?? (use.isDrained ? gateways[use.gateway] : nil)
  }
}

extension Model {
  /// Once for each state of the files, where a member is drained.
  mutating func askForAuthors() -> [Effect] {
    let question = KnownAuthors.Question(readings: facts.session.readings, writes: facts.writes)
    guard facts.hasFiles, facts.authorsOf != question else { return [] }
    facts.authorsOf = question
    let (config, archive) = (facts.session.saved, facts.archive)
    let hasDrained = facts.session.pools.contains { pool in
      pool.members.contains { $0.isDrained && $0.drain?.author == nil }
    }
    guard hasDrained else { return [] }
    return [
      .workOut {
        var found = KnownAuthors()
        if case .success(let log) = archive.log() {
          let authors = DrainAuthors(log)
          let pools = config.pools()
          for pool in pools {
            for member in pool.members where member.isDrained {
              found.members[.init(pool: pool.id, result: member.result)] = authors.author(
                of: member, in: pool)
            }
          }
          for use in config.gateways() where use.isDrained {
            found.gateways[use.gateway] = authors.author(of: use, in: pools)
          }
        }
        return { [found] model in
          if model.facts.authorsOf == question { model.facts.authors = found }
        }
      }
    ]
  }
}
