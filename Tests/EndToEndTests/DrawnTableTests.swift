// A pool that somebody else wrote in SQL: what it chooses is not known here, and route draws it.

import Foundation
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct DrawnTableTests {
  /// A Postfix that asks a database of somebody else's: example.com is a pool, example.net one gateway, and example.org has an
  /// answer every other time.
  private func lab() throws -> PostfixLab {
    let lab = try PostfixLab(
      main: "relayhost = [127.0.0.8]\ntransport_maps = proxy:sqlite:$config_directory/theirs.cf\n")
    let database = lab.directory.file("data/theirs.db")
    try lab.directory.write(
      "etc/theirs.cf",
      """
      dbpath = \(database)
      query = SELECT destination FROM (SELECT destination FROM gateway WHERE domain = '%s' ORDER BY random() LIMIT 1)
        WHERE destination <> ''

      """)
    try runSuccessfully(
      "sqlite3",
      [
        database,
        """
        PRAGMA journal_mode = WAL;
        CREATE TABLE gateway (domain TEXT, destination TEXT);
        INSERT INTO gateway VALUES ('example.com', 'smtp:[127.0.0.1]'), ('example.com', 'smtp:[127.0.0.1]'),
          ('example.com', 'smtp:[127.0.0.2]'), ('example.net', 'smtp:[127.0.0.3]'),
          ('example.org', 'smtp:[127.0.0.4]'), ('example.org', ''),
          ('elsewhere.example', 'smtp:[127.0.0.5]'), ('elsewhere.example', 'smtp:[127.0.0.6]');
        """,
      ])
    let owner = try #require(getpwnam("postfix")).pointee
    for suffix in ["", "-wal", "-shm"] { chown(database + suffix, owner.pw_uid, owner.pw_gid) }
    return lab
  }

  private func route(_ address: String, _ options: [String] = [], in lab: PostfixLab) throws -> String {
    let answer = try runRandmap(["route", "-c", lab.configDirectory] + options + [address])
    #expect(answer.status == .exited(0), "\(answer.summary)")
    return answer.standardOutput
  }

  /// The share before a destination, in per cent.
  private func share(of destination: String, in text: String) throws -> Double {
    let line = try #require(text.split(separator: "\n").first { $0.hasSuffix(destination) }, "\(text)")
    let number = String(line.prefix { $0 != "%" }.filter { $0 != " " })
    return try #require(Double(number))
  }

  @Test func theSharesOfAForeignPoolAreDrawnAndMarked() throws {
    let lab = try lab()
    let text = try route("u@example.com", in: lab)
    // 2,000 draws: five standard deviations are 5.3 points.
    #expect(abs(try share(of: "smtp  [127.0.0.1]", in: text) - 66.7) < 5.3)
    #expect(abs(try share(of: "smtp  [127.0.0.2]", in: text) - 33.3) < 5.3)
    #expect(
      text.contains("  drawn: 2000 lookups of example.com in sqlite:\(lab.configDirectory)/theirs.cf: ")
    )
    let json = try route("u@example.com", ["--format", "json"], in: lab).filter { !$0.isWhitespace }
    #expect(json.contains(#""complete":false"#) && json.contains(#""what":"drawn""#))
    #expect(
      json.contains(
        #""drawn":[{"key":"example.com","table":"sqlite:\#(lab.configDirectory)/theirs.cf","times":2000}]"#))
    let half = try route("u@example.org", in: lab)
    #expect(abs(try share(of: "smtp  [127.0.0.4]", in: half) - 50) < 5.6)
  }

  @Test func aTableThatAnswersAlikeIsKnown() throws {
    let lab = try lab()
    for (address, hop) in [("u@example.net", "[127.0.0.3]"), ("u@nothing.example", "[127.0.0.8]")] {
      #expect(try route(address, in: lab).contains("100.0%  smtp  \(hop)\n"))
      let json = try route(address, ["--format", "json"], in: lab).filter { !$0.isWhitespace }
      #expect(json.contains(#""complete":true"#) && json.contains(#""drawn":[]"#))
    }
  }

  @Test func anEditShowsNoChangeThatIsChance() throws {
    let lab = try lab()
    let edit = try runRandmap([
      "pool", "to:example.edu", "[127.0.0.9]", "-c", lab.configDirectory, "--format", "json", "--notation",
      "stock",
    ])
    let routes = try JSONDecoder().decode(Edit.self, from: Data(edit.standardOutput.utf8)).routes
    func outside(_ routes: [Edit.Route]) -> [Edit.Destination] {
      routes.first { $0.recipient == "someone@elsewhere.example" }?.destinations ?? []
    }
    #expect(outside(routes.before).count == 2, "\(edit.summary)")
    #expect(outside(routes.before) == outside(routes.after))
  }

  private struct Edit: Decodable {
    struct Destination: Decodable, Equatable {
      let nexthop: String
      let share: Double
    }
    struct Route: Decodable {
      let recipient: String
      let destinations: [Destination]
    }
    struct Routes: Decodable { let before, after: [Route] }
    let routes: Routes
  }

  @Test func nobodysServerIsAskedForTheConfigurationOfAnotherMachine() throws {
    let lab = try lab()
    try lab.stop()
    let text = try route("u@example.com", in: lab)
    #expect(text.contains("  incomplete: taken as not found: ") && !text.contains("drawn:"))
  }
}
