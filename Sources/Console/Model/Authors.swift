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

  /// The drain that is on disk. One that is not written yet is not of that person.
  fileprivate struct KnownDrain: Sendable {
    let drain: Drain
    let author: String
  }

  fileprivate var members: [MemberName: KnownDrain] = [:]
  fileprivate var gateways: [Gateway: KnownDrain] = [:]

  func author(of member: Member, in pool: Pool) -> String? {
    author(of: member.drain, members[MemberName(pool: pool.id, result: member.result)])
  }

  func author(of use: GatewayUse) -> String? { author(of: use.drain, gateways[use.gateway]) }

  private func author(of drain: Drain?, _ known: KnownDrain?) -> String? {
    guard let drain else { return nil }
    return drain.author ?? (known?.drain == drain ? known?.author : nil)
  }
}

extension Model {
  /// Once for each state of the files, where a member is drained.
  mutating func askForAuthors() -> [Effect] {
    let question = KnownAuthors.Question(readings: facts.session.readings, writes: facts.writes)
    guard facts.hasFiles, facts.authorsOf != question else { return [] }
    facts.authorsOf = question
    // Edits that are not written may hide a drain that is on disk.
    guard facts.session.isEdited || facts.session.pools.contains(where: \.hasUnsignedDrain) else { return [] }
    let (config, archive) = (facts.session.saved, facts.archive)
    return [
      .workOut {
        var found = KnownAuthors()
        let pools = config.pools()
        if pools.contains(where: \.hasUnsignedDrain), case .success(let log) = archive.log() {
          let authors = DrainAuthors(log)
          for pool in pools {
            for member in pool.members {
              guard let drain = member.drain, let author = authors.author(of: member, in: pool) else {
                continue
              }
              found.members[.init(pool: pool.id, result: member.result)] = .init(drain: drain, author: author)
            }
          }
          for use in config.gateways() where use.isDrained {
            guard let drain = use.drain, let author = authors.author(of: use, in: pools) else { continue }
            found.gateways[use.gateway] = .init(drain: drain, author: author)
          }
        }
        return { [found] model in
          if model.facts.authorsOf == question { model.facts.authors = found }
        }
      }
    ]
  }
}

extension Pool {
  /// Whether a drained member does not say itself who drained it.
  fileprivate var hasUnsignedDrain: Bool { members.contains { $0.drain.map { $0.author == nil } ?? false } }
}
