// A gateway that is named without a transport goes on by that of its pool: the options of that service are meant for its mail.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct KeptTransportTests {
  private static let service = "subm unix - - n - - smtp\n  -o smtp_bind_address=192.0.2.9\n"

  private func config(_ main: String, tables: [String: String] = [:]) -> MailConfig {
    var config = configToPlan(main, tables: tables)
    config.master = MasterCf(
      Document(path: "/d/master.cf", bytes: Bytes((plannedServices + Self.service).utf8)))
    return config
  }

  private func plan(
    _ config: MailConfig, _ members: String..., notation: PoolWish.Notation? = nil
  ) throws -> MailConfig {
    try config.planning(wishInWords("outbound", members, notation), on: plannersMachine).config
  }

  private func results(_ config: MailConfig) -> Set<String> {
    Set(config.pools().flatMap { pool in pool.members.map(\.result) })
  }

  @Test(arguments: [PoolWish.Notation.stock, .agent, .file])
  func aSecondEditAndTheWayBackKeepIt(notation: PoolWish.Notation) throws {
    let first = "default_transport = subm:[gw1]:587\nrelayhost =\n"
    let pool = try plan(config(first), "[gw1]:587=70", "[gw2]:587=30", notation: notation)
    let both: Set = ["subm:[gw1]:587", "subm:[gw2]:587"]
    #expect(results(pool) == both)
    let other = try plan(pool, "[gw1]:587", "[gw2]:587", notation: notation)
    #expect(results(other) == both)
    #expect(results(try plan(pool, "[gw1]:587", "[gw3]:587", notation: notation)).contains("subm:[gw3]:587"))
    #expect(try plan(other, "[gw1]:587").parameters.text(.defaultTransport) == "subm:[gw1]:587")
  }

  /// Where the members have several transports, each gateway keeps its own.
  @Test func eachGatewayKeepsItsOwn() throws {
    let pool = try plan(
      config("default_transport = smtp:[gw2]\nrelayhost =\n"), "subm:[gw1]:587", "smtp:[gw2]",
      notation: .agent)
    let other = try plan(pool, "[gw1]:587=3", "[gw2]", "[gw3]", notation: .agent)
    #expect(results(other) == ["subm:[gw1]:587", "smtp:[gw2]", "smtp:[gw3]"])
  }
}
