// After an edit of rows, what is known of the others is used again: it must be what a look at all of them gives.

import PostfixFiles
import Routing
import Store
import TestSupport
import Testing

@testable import Editing

@Suite struct RowEditTests {
  private struct Row: Hashable {
    let result: String
    let weight: Int
    let isDrained: Bool
    let items: [Int]
    let gateways, transport: String
    let share: Double
  }

  private func rows(_ config: MailConfig) -> [String: [Row]] {
    Dictionary(
      config.pools().map { pool in
        let rows = pool.members.map {
          Row(
            result: $0.result, weight: $0.weight, isDrained: $0.isDrained, items: $0.items,
            gateways: "\($0.gateways)", transport: $0.transport ?? "", share: pool.share($0))
        }
        return (pool.id, rows)
      }, uniquingKeysWith: { first, _ in first })
  }

  private func members(_ name: String) throws -> [WantedMember] {
    try (0..<50).map { try WantedMember("[\(name)\($0)]=\($0 % 7 + 1)") }
  }

  @Test func whatIsKeptIsWhatALookAtAllGives() throws {
    let bench = try DatabaseBench()
    let machine = Machine(addresses: [])
    var config = try bench.config("relayhost = [old]\n")
    for (scope, name) in [("outbound", "a"), ("to:b.example", "b")] {
      let wish = PoolWish(try Scope(scope), try members(name), notation: .database)
      config = try config.planning(wish, on: machine).config
    }
    let ids = config.pools().filter { $0.notation.name == "database" }.map(\.id)
    try #require(ids.count == 2)
    var random = SeededGenerator(seed: 16)
    var seen: Set<String> = []
    for number in 0..<300 {
      let pool = try #require(config.pool(ids[number % 2]))
      let member = try #require(pool.members.randomElement(using: &random))
      let edit: Edit =
        switch Int.random(in: 0..<6, using: &random) {
        case 0 where !member.isDrained: .drain(pool: pool.id, member: member.result)
        case 0 where member.isDrained, 1 where member.isDrained:
          .restore(pool: pool.id, member: member.result)
        case 2 where pool.members.count > 20: .remove(pool: pool.id, member: member.result)
        case 3:
          .add(
            pool: pool.id, member: member.result.replacing("]", with: ".new\(number)]"), weight: number + 1)
        default: .setWeight(pool: pool.id, member: member.result, weight: number % 90 + 1)
        }
      guard let edited = try? config.applying(edit) else { continue }
      seen.insert(String(edit.summary.prefix { $0 != " " }))
      #expect(rows(edited) == rows(edited.alone), "\(edit)")
      let text = try #require(edited.document(bench.database)).bytes.text
      let fresh = DatabaseText(Document(path: bench.database, bytes: Bytes(text.utf8)))
      let kept = try #require(edited.databaseText(bench.database))
      #expect(
        kept.routes.map(\.row) == fresh.routes.map(\.row)
          && kept.routes.map(\.line) == fresh.routes.map(\.line))
      #expect(kept.pools.mapValues { $0.map(\.member) } == fresh.pools.mapValues { $0.map(\.member) })
      #expect(kept.pools.mapValues { $0.map(\.line) } == fresh.pools.mapValues { $0.map(\.line) })
      #expect(kept.pools.mapValues { $0.map(\.item) } == fresh.pools.mapValues { $0.map(\.item) })
      config = edited
    }
    #expect(seen == ["drain", "restore", "remove", "add", "set"])
  }
}
