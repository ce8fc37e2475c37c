// Every pool with its members, weights and shares.

import Editing
import PostfixFiles
import Routing
import System

struct PoolsReport {
  let config: MailConfig
  let pools: [Pool]
  /// Where each of them is.
  private let places: [(file: String, line: Int)]

  /// - Parameter shown: a file's path as it is shown.
  init(_ config: MailConfig, shown: (String) -> String) {
    self.config = config
    pools = config.pools()
    var finders: [String: PositionFinder] = [:]
    places = pools.map { pool in
      guard let start = pool.start, let document = config.document(start.file) else {
        return (shown(config.main.document.path), 1)
      }
      let position = finders[start.file, default: PositionFinder(document)].position(
        at: start.range.lowerBound)
      return (shown(start.file), position.line)
    }
  }

  /// For people.
  var text: [String] {
    if pools.isEmpty { return ["no pools in \(printable(config.main.document.path))"] }
    return pools.enumerated().flatMap { number, pool in
      let place = places[number]
      let heading =
        "\(excerpt(pool.id))  (\(pool.notation.name), \(printable(place.file)):\(place.line))"
      return (number == 0 ? [] : [""]) + [heading] + Self.members(of: pool).map { "  " + $0 }
    }
  }

  private static func members(of pool: Pool) -> [String] {
    var table = TextTable([.right, .right, .left, .left])
    for member in pool.members {
      table.add(
        member.getsMail ? percent(pool.share(member)) : "-", "x\(member.weight)", member.result,
        member.isDrained ? "drained" : member.problem.map { "left out: \(printable($0))" } ?? "")
    }
    return table.lines
  }

  // MARK: - JSON

  struct Object: Encodable {
    let pools: [PoolObject]
  }

  struct PoolObject: Encodable {
    let id, notation, file: String
    let line: Int
    let members: [MemberObject]
  }

  struct MemberObject: Encodable {
    let result: String
    let weight: Int
    let share: Double
    let drained: Bool
    let gateways: [String]
    /// Why the agent leaves it out.
    var problem: String?
  }

  var object: Object {
    Object(
      pools: zip(pools, places).map { pool, place in
        PoolObject(
          id: pool.id, notation: pool.notation.name, file: place.file, line: place.line,
          members: pool.members.map {
            MemberObject(
              result: $0.result, weight: $0.weight, share: JSON.share(pool.share($0)), drained: $0.isDrained,
              gateways: $0.gateways.map(\.description), problem: $0.problem)
          })
      })
  }
}
