// Live first for pools in a database: what is known of their gateways is written beside the members, where Postfix's query
// sees it.

import Gateways
import PostfixFiles
import Routing
import Store
import Threads

/// A member of a pool in a database, and where its mail goes.
struct StoredMember: Hashable, Sendable {
  let pool: String
  let transport: String
  let nextHop: String
  let gateways: [Gateway]
}

/// Lives on the agent's loop.
final class DatabaseStates {
  private struct Database {
    let writer: StateWriter
    var members: [StoredMember]
    var gateways: Set<Gateway>
  }

  private var databases: [String: Database] = [:]
  private let loop: SocketLoop
  private let log: @Sendable (String) -> Void
  private var isToWrite = false
  /// The word for a gateway's state; nil where nothing is known yet.
  private let word: (Gateway) -> String?

  /// States are written as often, since one that is older than ``Schema/secondsOfAState`` counts as unknown. Where a write
  /// fails, there is time for three more.
  private static let interval = Duration.seconds(30)
  /// Changes are written together, this long after the first of them.
  private static let pause = Duration.milliseconds(200)

  init(
    on loop: SocketLoop, log: @escaping @Sendable (String) -> Void, word: @escaping (Gateway) -> String?
  ) {
    self.loop = loop
    self.log = log
    self.word = word
  }

  /// Opens the databases of this configuration and closes all others. It opens them at once, so that no other program has to be
  /// the first to open one.
  func use(_ setup: AgentSetup) {
    for (path, database) in databases where setup.databases[path] == nil {
      database.writer.close()
      databases[path] = nil
    }
    for (path, members) in setup.databases {
      let writer =
        databases[path]?.writer ?? StateWriter(path, clock: setup.config.environment.clock, log: log)
      databases[path] = Database(
        writer: writer, members: members, gateways: Set(members.lazy.flatMap(\.gateways)))
    }
    write()
  }

  /// Whether a member of a database leads to this gateway.
  func have(_ gateway: Gateway) -> Bool { databases.values.contains { $0.gateways.contains(gateway) } }

  /// Writes what is known again and again.
  func writeAtIntervals() {
    loop.after(Self.interval) { [unowned self] in
      write()
      writeAtIntervals()
    }
  }

  /// A state has changed.
  func writeSoon() {
    if isToWrite { return }
    isToWrite = true
    loop.after(Self.pause) { [unowned self] in
      isToWrite = false
      write()
    }
  }

  /// Has everything written that is known.
  private func write() {
    for database in databases.values {
      database.writer.write(
        database.members.compactMap { member in
          // A member is as good as the best of its gateways.
          let words = member.gateways.compactMap(word)
          guard let state = words.first(where: { $0 != "down" && $0 != "refused" }) ?? words.first else {
            return nil
          }
          return MemberState(
            pool: member.pool, transport: member.transport, nextHop: member.nextHop, state: state)
        })
    }
  }
}

extension MailConfig {
  /// The databases that tables ask, each with the members of its pools; one that cannot be read has none.
  func storedMembers(of pools: [Pool]) -> [String: [StoredMember]] {
    var found: [String: [StoredMember]] = [:]
    for case .database(let table) in tableSites.map(\.content) { found[table.database] = [] }
    for pool in pools {
      guard case .database(let path, let name) = pool.notation else { continue }
      let rows = Dictionary(pool.text.rows.map { ($0.member.result, $0.member) }) { first, _ in first }
      for member in pool.members where !member.gateways.isEmpty {
        guard let row = rows[member.result] else { continue }
        found[path, default: []].append(
          StoredMember(
            pool: name, transport: row.transport, nextHop: row.nextHop, gateways: member.gateways))
      }
    }
    return found
  }

  /// The files by which the databases of pools are asked, and those databases: what to look at for changes.
  var databaseFiles: [String] {
    tableSites.flatMap { site -> [String] in
      guard case .database(let table) = site.content else { return [] }
      return [table.settings] + PoolDatabase.files(of: table.database)
    }
  }
}
