// An edit of a pool in a database reads each of its rows once: what it reads under the lock again is the file's time.

import Changes
import Glibc
import PostfixFiles
import Routing
import TestSupport
import TestTraits
import Testing

@testable import Editing
@testable import Store

// It counts what the whole process reads.
@Suite(.waits, .serialized) struct RowsReadTests {
  private static let edits: [(String, @Sendable (String) -> Edit)] = [
    ("set", { .setWeight(pool: $0, member: "[127.1.0.7]:9", weight: 5) }),
    ("drain", { .drain(pool: $0, member: "[127.1.0.7]:9") }),
    ("restore", { .restore(pool: $0, member: "[127.1.0.7]:9") }),
    ("add", { .add(pool: $0, member: "[127.1.9.9]:9", weight: 2) }),
    ("remove", { .remove(pool: $0, member: "[127.1.0.7]:9") }),
  ]

  /// How many rows each edit reads, beside those that there are.
  ///
  /// - Parameter isDisturbed: Whether the agent writes states into the database between the edit and its write.
  private func others(_ count: Int, isDisturbed: Bool = false) throws -> [Int] {
    let place = try TemporaryDirectory()
    // Where the tests are root, it writes as the owner of the directory of the database, who has to come there.
    chmod(place.path, 0o755)
    let (etc, data) = (try place.makeDirectory("etc"), try place.makeDirectory("data"))
    let user = try #require(geteuid() == 0 ? getpwnam("daemon") : getpwuid(geteuid())).pointee
    chown(data, user.pw_uid, user.pw_gid)
    let main =
      "data_directory = \(data)\nmail_owner = \(String(cString: user.pw_name))\nmyhostname = mx.test.example\n"
    let environment = Environment(hostName: "mx.test.example")
    let members = try (0..<count).map { try WantedMember("[127.1.\($0 / 250).\($0 % 250)]:9=1") }
    let made = try MailConfig(directory: etc, environment: environment, main: main).planning(
      PoolWish(try Scope("outbound"), members, notation: .database), on: Machine(addresses: [])
    ).config
    try place.write("etc/main.cf", main)
    try place.write("etc/master.cf", "smtp unix - - n - - smtp\n")
    var writer = Writer(author: Author(user: "test", command: "test"))
    writer.state = StateDirectory(place.file("state"))
    for document in made.editedDocuments {
      let text = document.bytes
      if document.storage == .database {
        try PoolDatabase.apply(
          RowChange(from: nil, to: text, author: "t", summary: "made"), to: document.path, at: 1)
      } else {
        try writeFile(document.path, text.text)
      }
    }
    try writeFile("\(etc)/main.cf", made.main.document.bytes.text)
    return try Self.edits.enumerated().map { number, edit in
      let before = DatabaseConnection.rowsRead.load(ordering: .relaxed)
      let config = try MailConfig(directory: etc, environment: environment).readingFiles()
      let pool = try #require(config.pools().first { $0.notation.name == "database" })
      let there = pool.members.count
      let edited = try config.applying(edit.1(pool.id))
      #expect(config.guards(against: edited, states: [:]).isEmpty)
      if isDisturbed, case .database(let path, let name) = pool.notation {
        let state = MemberState(pool: name, transport: "", nextHop: "[127.1.0.3]:9", state: "up")
        // Where nothing is new, nothing is written.
        try OpenStore(path).write([state], at: Int64(number + 1))
      }
      let result = try writer.write(edited.changeSet(summary: "test"))
      #expect(result.number != nil)
      return DatabaseConnection.rowsRead.load(ordering: .relaxed) - before - there
    }
  }

  @Test func eachRowIsReadOnce() throws {
    let small = try others(40)
    let large = try others(160)
    // Then they are read again, to see whether they are still the same: it is this that is counted.
    let disturbed = try others(160, isDisturbed: true)
    for (index, (name, _)) in Self.edits.enumerated() {
      #expect(small[index] == large[index] && large[index] < 100, "\(name): \(small[index]) \(large[index])")
      #expect(disturbed[index] >= large[index] + 159, "\(name): \(disturbed[index])")
    }
  }
}
