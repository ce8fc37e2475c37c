// Every pool with its members, weights and shares.

import Changes
import Editing
import Gateways
import PostfixFiles
import Routing
import System

struct PoolsReport {
  let config: MailConfig
  let pools: [Pool]
  /// Where each of them is.
  private let places: [(file: String, line: Int)]
  /// Who drained which member.
  private let authors: DrainAuthors
  /// What the tables of credentials and TLS policies have for each gateway.
  private let entries: [Gateway: [NextHopEntry]]
  /// The keys of tables that each pool answers for.
  private let keys: [String: [PoolKey]]
  /// The class that a pool is for, where its keys are just the list of its domains.
  private let classes: [String: Scope]

  /// - Parameters:
  ///   - shown: a file's path as it is shown.
  ///   - writer: knows who drained a member; nil: that is not asked.
  init(_ config: MailConfig, shown: (String) -> String, writer: Writer? = nil) {
    self.config = config
    let pools = config.pools()
    authors =
      writer.map { DrainAuthors(pools, writer: $0, directory: config.directory) } ?? DrainAuthors()
    self.pools = pools
    let keys = config.poolKeys()
    self.keys = keys
    classes = config.poolClasses(keys)
    entries =
      config.namesNextHopTables
      ? Dictionary(
        config.gateways(of: pools).map { ($0.gateway, $0.entries) }, uniquingKeysWith: { first, _ in first })
      : [:]
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
    if pools.isEmpty { return ["no pools in \(printable(config.main.document.path))"] + linesOfOthers }
    return pools.enumerated().flatMap { number, pool in
      let place = places[number]
      let heading =
        "\(excerpt(pool.id))  (\(pool.notation.name), \(printable(place.file)):\(place.line))\(mail(of: pool))"
      let below: [String] =
        [pool.overriddenWords, pool.wordsOfAllDrained].compactMap(\.self) + members(of: pool) + keys(of: pool)
      return (number == 0 ? [] : [""]) + [heading] + below.map { "  \($0)" }
    } + (linesOfOthers.isEmpty ? [] : [""]) + linesOfOthers
  }

  /// The tables that another program answers: what they choose from is asked, not read.
  private var linesOfOthers: [String] {
    config.tablesOfOtherPrograms.map {
      "\($0.parameter) asks \($0.table): pools in it are not listed here; what an address gets: \(Output.naming("randmap route ADDRESS"))"
    }
  }

  /// How many keys are shown to people.
  private static let shownKeys = 5

  /// `  from:customer.example`, which a command takes in the place of the id.
  private func mail(of pool: Pool) -> String {
    // The id of an entry names its key.
    if case .entry = pool.place { return "" }
    guard let keys = keys[pool.id], !keys.isEmpty else { return "" }
    if let scope = classes[pool.id] { return "  \(scope)" }
    let shown = keys.prefix(Self.shownKeys).map { printable($0.scope?.description ?? $0.key) }
    let rest = keys.count - shown.count
    return "  " + shown.joined(separator: ", ") + (rest > 0 ? ", and \(rest) more" : "")
  }

  private func members(of pool: Pool) -> [String] {
    var table = TextTable([.right, .right, .left, .left])
    for member in pool.members {
      table.add(
        member.getsMail ? percent(pool.share(member)) : "-", "x\(member.weight)", member.result,
        member.problem.map { "left out: \(printable($0))" } ?? words(of: member, in: pool))
    }
    return table.lines
  }

  /// The keys of credentials and TLS policies, by gateway; nothing where no tables of them are set.
  private func keys(of pool: Pool) -> [String] {
    var table = TextTable([.left, .left, .left])
    var told: Set<Gateway> = []
    for gateway in pool.members.flatMap(\.gateways) where told.insert(gateway).inserted {
      guard let entries = entries[gateway], !entries.isEmpty else { continue }
      table.add(
        "\(gateway)", Output.naming("credentials: \(entries.words(.credentials) ?? "-")"),
        Output.naming("TLS policy: \(entries.words(.tlsPolicy) ?? "-")"))
    }
    return table.lines
  }

  private func objects(_ subject: NextHopEntry.Subject, of member: Member) -> [NextHopObject]? {
    member.gateways.flatMap { entries[$0] ?? [] }
      .filter { member.nextHops.contains($0.nextHop) && $0.transport == member.transport }.objects(subject)
  }

  /// `drained until 18:00, 1 h 40 min left: #4711 disk (by root)`
  private func words(of member: Member, in pool: Pool) -> String {
    let now = config.environment.clock()
    guard let drain = member.drain else { return member.ramp.map { "ramp: \($0.words(at: now))" } ?? "" }
    let terms = drain.words(at: now)
    let author = authors.author(of: member, in: pool).map { "(by \(printable($0)))" } ?? ""
    // A reason alone is set off from the state.
    let state = drain.until == nil && !terms.isEmpty ? "drained:" : "drained"
    return [state, terms, author].filter { !$0.isEmpty }.joined(separator: " ")
  }

  // MARK: - JSON

  struct Object: Encodable {
    let pools: [PoolObject]
    /// The tables that other programs answer, which may have pools in them.
    let others: [OtherObject]
  }

  struct OtherObject: Encodable {
    let parameter, table: String
  }

  struct PoolObject: Encodable {
    let id, notation, file: String
    let line: Int
    /// The setting that overrides it for all mail, so that none comes to it.
    @Explicit var overriddenBy: String?
    /// The keys of tables that it answers for; null where it is for all mail of its place, or a table alone knows them.
    @Explicit var keys: [String]?
    var members: [MemberObject]
  }

  struct MemberObject: Encodable {
    let result: String
    let weight: Int
    let share: Double
    let drained: Bool
    /// When the drain ends, RFC 3339 in UTC; and why it is, and who drained it.
    @Explicit var until: String?
    @Explicit var why: String?
    @Explicit var author: String?
    /// The plan by which its share moves.
    @Explicit var ramp: RampReport.PlanObject?
    let gateways: [String]
    /// What the tables of credentials and of TLS policies have for them; null where no such table is set.
    @Explicit var credentials: [NextHopObject]?
    @Explicit var tlsPolicies: [NextHopObject]?
    /// Why the agent leaves it out.
    var problem: String?
    /// In what-if: its share with the gateways down.
    var expected: Double?
  }

  var object: Object {
    Object(
      pools: zip(pools, places).map { pool, place in
        PoolObject(
          id: pool.id, notation: pool.notation.name, file: place.file, line: place.line,
          overriddenBy: pool.overrider?.rawValue, keys: keys[pool.id]?.map(\.key),
          members: pool.members.map {
            MemberObject(
              result: $0.result, weight: $0.weight, share: JSON.share(pool.share($0)), drained: $0.isDrained,
              until: $0.drain?.until.map(WrittenTime.utc), why: $0.drain?.why,
              author: authors.author(of: $0, in: pool),
              ramp: $0.ramp.map { RampReport.PlanObject($0, at: config.environment.clock()) },
              gateways: $0.gateways.map(\.description), credentials: objects(.credentials, of: $0),
              tlsPolicies: objects(.tlsPolicy, of: $0), problem: $0.problem)
          })
      },
      others: config.tablesOfOtherPrograms.map {
        OtherObject(parameter: $0.parameter.rawValue, table: $0.table)
      })
  }
}
