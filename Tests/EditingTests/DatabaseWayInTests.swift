// What `pool --notation database` writes: the weights as they were asked for, and one gateway for mail that no route has.

import PostfixFiles
import Routing
import Store
import Testing

@testable import Editing

@Suite struct DatabaseWayInTests {
  private let bench: DatabaseBench
  private let machine = Machine(addresses: ["192.0.2.1"])

  init() throws { bench = try DatabaseBench() }

  private func wish(_ scope: String, _ members: [String], database: String? = nil) throws -> PoolWish {
    PoolWish(
      try Scope(scope), try members.map { try WantedMember($0) }, notation: .database, database: database)
  }

  private func made(
    _ main: String = "", _ scope: String = "outbound", _ members: String...
  ) throws -> MailConfig {
    try bench.config(main).planning(wish(scope, members), on: machine).config
  }

  private func weights(_ config: MailConfig) -> [Int] {
    config.rows(bench.database).members.map(\.weight)
  }

  // MARK: - Weights

  /// The calls of docs/database.md.
  @Test func theWeightsOfTheExampleAreThoseThatWereSaid() throws {
    var config = try made(
      "relayhost = [gw1.example]:587\n", "outbound", "[gw1.example]:587=70", "[gw2.example]:587=30")
    #expect(weights(config) == [70, 30])
    config = try config.applying(.setWeight(pool: "outbound", member: "[gw2.example]:587", weight: 45))
    #expect(weights(config) == [70, 45])
    config = try config.planning(
      wish("outbound", ["[gw1.example]:587=700000", "[gw2.example]:587=300000"]), on: machine
    ).config
    #expect(weights(config) == [700_000, 300_000])
  }

  @Test(arguments: [
    (["[a]=70", "[b]=20", "[c]=10"], [70, 20, 10]), (["[a]=999", "[b]=1000"], [999, 1000]),
    (["[a]=1000000", "[b]=1"], [1_000_000, 1]), (["[a]=33.3%", "[b]=66.7%"], [333, 667]),
    (["[a]=30%", "[b]"], [30, 70]), (["[a]=50%", "[b]", "[c]"], [2, 1, 1]),
    (["[a]=0.01%", "[b]=99.99%"], [1, 9999]), (["[a]=33.3%", "[b]=33.3%", "[c]=33.3%"], [333, 333, 333]),
  ])
  func weightsAreNumbersOfRows(members: [String], wanted: [Int]) throws {
    #expect(
      try weights(bench.config("relayhost = [a]\n").planning(wish("outbound", members), on: machine).config)
        == wanted)
    // Of a class too, whose keys come from a list that could not hold them.
    let ofClass = try bench.config("relay_domains = r.example\nrelay_transport = relay:[a]\n")
      .planning(wish("class:relay", members), on: machine).config
    #expect(weights(ofClass) == wanted)
  }

  @Test func whatNoRowCanHoldIsRefused() throws {
    #expect(throws: EditError.badWeight(1_000_001, maximum: 1_000_000)) {
      try self.made("", "outbound", "[a]=1000001", "[b]")
    }
    let list = try bench.config("relayhost = [a]\n")
    #expect(throws: EditError.badWeight(1_001, maximum: 1_000)) {
      try list.planning(
        PoolWish(.outbound, [try WantedMember("[a]=1001"), try WantedMember("[b]")], notation: .stock),
        on: self.machine)
    }
  }

  /// The others keep their weights, or as many times of them as it takes.
  @Test func aShareThatIsSetIsExact() throws {
    let first = try made("relayhost = [a]\n", "outbound", "[a]=70", "[b]=20", "[c]=10")
    func set(_ share: Double, _ config: MailConfig) throws -> MailConfig {
      try config.applying(
        .setShare(pool: "outbound", member: "[b]", share: share, tolerance: WeightChoice.tolerance(of: share))
      )
    }
    #expect(try weights(set(0.5, first)) == [70, 80, 10])
    #expect(try weights(set(0.45, first)) == [770, 720, 110])
    for share in [0.333, 0.123456, 0.0001, 0.9999] {
      #expect(
        abs(try set(share, first).shares("outbound")["[b]", default: 0] - share) <= min(5e-5, share / 1_000))
    }
    let large = try made("relayhost = [a]\n", "outbound", "[a]=1000000", "[b]=1000000")
    #expect(try weights(set(0.99, large)) == [1, 99])
  }

  @Test func weightsThatNoListHoldsNameTheWayOut() throws {
    var config = try made("relayhost = [a]\n", "outbound", "[a]=7", "[b]=2", "[c]=200001")
    func refusal() -> String {
      let error = #expect(throws: EditError.self) { try config.converting([], to: .agent) }
      return error?.message ?? ""
    }
    #expect(
      refusal().hasSuffix(
        "need at most 1000; set smaller ones first, with randmap set outbound MEMBER WEIGHT"), "\(refusal())")
    config = try config.applying(.drain(pool: "outbound", member: "[c]", Drain()))
    #expect(
      refusal().contains(
        "its drained member [c] has a weight of 200001, which comes to 200001 parts, and other notations list each part: need at most 1000; remove it first"
      ), "\(refusal())")
  }

  /// lmtp(8) would take the whole list for the name of the socket.
  @Test func aLocalSocketIsNoMember() throws {
    let error = #expect(throws: EditError.self) {
      try self.made("relayhost = [x]\n", "from:a.example", "lmtp:unix:/a", "lmtp:inet:[b]:24")
    }
    #expect(
      error?.message.contains("need inet:HOST:PORT, or another notation") ?? false, "\(error?.message ?? "")")
    let made = try made("relayhost = [x]\n", "from:a.example", "lmtp:inet:[a]:24", "lmtp:inet:[b]:24")
    for (outcome, _) in Resolver(made).route("u@elsewhere.example", from: "u@a.example").outcomes {
      guard case .destination(_, let nextHop) = outcome else { continue }
      #expect(["inet:[a]:24, [b]:24", "inet:[b]:24, [a]:24"].contains(nextHop.text))
    }
  }

  // MARK: - There and back

  /// The rows that the way back has left are its own.
  @Test func theSecondWayThereAsksForNothing() throws {
    for (main, scope, members) in [
      ("relayhost = [a]\n", "outbound", ["[a]=70", "[b]=20", "[c]=10"]),
      ("", "outbound", ["smtp:[a]=1", "smtp:[b]=4"]),
      ("relay_domains = r.example\n", "class:relay", ["[a]=30", "[b]=60"]),
      ("", "to:a.example", ["[a]=30", "[b]=60"]),
      ("relayhost = [x]\n", "from:a.example", ["[a]=30", "[b]=60"]),
    ] {
      let there = try bench.config(main).planning(wish(scope, members), on: machine).config
      let back = try there.converting([], to: .stock).config.written
      let again = try back.converting([], to: .database).config
      let words = back.guards(against: again, states: [:]).map(\.message).filter {
        $0.contains(bench.database)
      }
      #expect(words == [], "\(scope)")
      // With the weights that they had, which a list had made smaller.
      #expect(again.rows(bench.database) == there.rows(bench.database), "\(scope)")
      // With other weights too, where the settings of the table say that they are its own.
      let pool = try #require(back.pools().first { $0.notation != .single })
      let edited = try back.applying(.setWeight(pool: pool.id, member: pool.members[0].result, weight: 17))
        .written
      func asks(_ config: MailConfig) throws -> Bool {
        let changed = try config.converting([], to: .database).config
        return config.guards(against: changed, states: [:]).contains {
          $0.message.contains(bench.database)
        }
      }
      #expect(try !asks(edited), "\(scope)")
      var bare = edited
      let settings = edited.files.keys.filter { $0.hasSuffix(".cf") }
      for path in settings { bare.files[path] = nil }
      #expect(try !settings.isEmpty && asks(bare), "\(scope)")
    }
  }

  // MARK: - Mail without a route

  /// Postfix would take such mail to the recipient's own MX.
  @Test(arguments: [
    ("", ["[a]=3", "[b]"], "smtp:[a]"), ("relayhost =\n", ["[a]=3", "[b]"], "smtp:[a]"),
    ("default_transport = lmtp\n", ["[a]=3", "[b]"], "lmtp:[a]"),
    ("relay_domains = r.example\n", ["[a]=3", "[b]"], "smtp:[a]"),
  ])
  func mailWhoseRouteIsDeletedGoesToAGateway(main: String, members: [String], rest: String) throws {
    let before = try bench.config(main)
    var config = try before.planning(wish("outbound", members), on: machine).config
    let pools = config.pools().map(\.id)
    var rows = config.rows(bench.database)
    rows.routes = []
    config.files[bench.database] = .read(
      Document(path: bench.database, bytes: Bytes(rows.text.utf8), storage: .database))
    #expect(config.route("u@elsewhere.example") == [rest: 1], "\(pools)")
  }

  @Test func onTheWayBackTheLineGoes() throws {
    let before = try bench.config("")
    let there = try before.planning(wish("outbound", ["[a]=3", "[b]"]), on: machine).config
    #expect(there.main.document.bytes.text.contains("\nrelayhost = [a]\n"))
    let removed = try there.applying(.removeRoute(key: "outbound", table: nil))
    #expect(removed.main.document.bytes == before.main.document.bytes)
    let stock = try there.converting([], to: .stock).config
    #expect(stock.main[.relayhost] == nil)
    #expect(stock.route("u@elsewhere.example") == ["smtp:[a]": 0.75, "smtp:[b]": 0.25])
  }

  // MARK: - The gateway in main.cf

  /// The rows are in force at once; a changed main.cf needs a reload.
  @Test func aDrainLeavesMainCfAlone() throws {
    var config = try made("relayhost = [a]\n", "outbound", "[a]=3", "[b]", "[c]")
    let main = config.main.document.bytes
    for edit in [
      Edit.drain(pool: "outbound", member: "[a]", Drain()), .restore(pool: "outbound", member: "[a]"),
      .setWeight(pool: "outbound", member: "[a]", weight: 9), .remove(pool: "outbound", member: "[c]"),
      .add(pool: "outbound", member: "[d]", weight: 1),
    ] {
      config = try config.applying(edit)
      #expect(config.main.document.bytes == main, "\(edit)")
    }
    config = try config.applying(.remove(pool: "outbound", member: "[a]"))
    #expect(config.parameters.text(.relayhost) == "[b]")
  }

  @Test func anotherDatabaseIsRefusedForWhatIsInOne() throws {
    let there = try made("relayhost = [a]\n", "outbound", "[a]=3", "[b]")
    let other = bench.directory.file("other.db")
    for body in [
      { _ = try there.planning(wish("outbound", ["[a]", "[c]"], database: other), on: machine) },
      { _ = try there.converting([], to: .database, database: other) },
      { _ = try there.converting(["outbound"], to: .database, database: other) },
    ] as [() throws -> Void] {
      let error = #expect(throws: EditError.self) { try body() }
      #expect(
        error?.message.contains("main.cf names the database \(bench.database): leave --database out") ?? false
      )
    }
    #expect(throws: Never.self) {
      try there.planning(
        self.wish("outbound", ["[a]", "[c]"], database: self.bench.database), on: self.machine)
    }
  }

  // MARK: - A database that cannot be read

  @Test func aNameThatIsNotKnownMayBeInARowThatCannotBeRead() throws {
    var config = try made("relayhost = [a]\n", "outbound", "smtp:[a]=3", "smtp:[b]")
    for reason in [
      StoreError.notADatabase(bench.database), .newer(bench.database, version: 99), .missing(bench.database),
    ] {
      config.files[bench.database] = .unreadable(
        FileError(
          path: bench.database, reason: reason.reason, reason == .missing(bench.database) ? .missing : .other)
      )
      for edit in [
        Edit.setWeight(pool: "outbound", member: "[b]", weight: 45),
        .add(pool: "outbound", member: "[c]", weight: 1),
        .setWeight(pool: "to:b.example", member: "[b]", weight: 45),
      ] {
        let error = #expect(throws: EditError.self) { try config.applying(edit) }
        #expect(
          error?.message.contains("until then randmap cannot know what decides for this mail") ?? false,
          "\(edit) \(error?.message ?? "")")
      }
      let drain = #expect(throws: EditError.self) { try DrainWish().edits(of: "[b]", in: nil, config) }
      #expect(
        drain?.message.contains("\(bench.database), which sender_dependent_") ?? false,
        "\(drain?.message ?? "")")
    }
  }
}
