// Edits of pools of many members, in each notation: four times the members may take five times the processor's time.

import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(10))) struct LargePoolEditTests {
  struct Place: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let scope: String
    let pool: String
    let files: @Sendable (_ members: [String], _ directory: String) -> [String: String]

    static let all = [
      Place(testDescription: "lines of main.cf", scope: "class:relay", pool: "relay_transport") {
        members, _ in
        ["main.cf": "# randmap: agent\nrelay_transport = randmap:\n" + lines(members, "    !")]
      },
      Place(testDescription: "one line of main.cf", scope: "class:relay", pool: "relay_transport") {
        members, _ in
        [
          "main.cf": "# randmap: agent\nrelay_transport = randmap:" + members.map { "!\($0)" }.joined()
            + "\n"
        ]
      },
      Place(
        testDescription: "a lookup table with a fallback", scope: "outbound",
        pool: "sender_dependent_default_transport_maps"
      ) { members, _ in
        [
          "main.cf": "sender_dependent_default_transport_maps = pipemap:{randmap:{\n"
            + members.map { "    \($0)" }.joined(separator: ",\n")
            + "}}\nsmtp_fallback_relay = [127.0.0.9]:1\n"
        ]
      },
      Place(testDescription: "a table", scope: "to:d.example", pool: "transport:d.example") {
        members, directory in
        [
          "main.cf": "# randmap: agent\ntransport_maps = texthash:\(directory)/transport\n",
          "transport": "d.example randmap:\n" + lines(members, "    !") + "e.example smtp:[127.0.0.9]:1\n",
        ]
      },
      Place(testDescription: "a file", scope: "class:relay", pool: "relay_transport") { members, directory in
        [
          "main.cf": "# randmap: agent\nrelay_transport = randmap:\(directory)/pool\n",
          "pool": lines(members, ""),
        ]
      },
    ]

    private static func lines(_ members: [String], _ start: String) -> String {
      members.map { "\(start)\($0)\n" }.joined()
    }
  }

  private static let sizes = (small: 150, large: 600)

  private static func member(_ number: Int) -> String {
    "smtp:[127.0.\(number / 250 + 1).\(number % 250 + 1)]:1"
  }

  /// Once `pool` made an edit for each member that came or went: 1,000 members took 25 s, 2,000 took 96 s.
  @Test(arguments: Place.all)
  func theTimeGrowsWithTheMembers(place: Place) throws {
    let new = Self.member(20_000)
    let commands = [
      ["pool", place.scope, new, Self.member(3)],
      ["pool", place.scope] + (0..<100).map { Self.member($0 * 2) }
        + (0..<100).map { Self.member(20_000 + $0) },
      ["add", place.pool, new], ["remove", place.pool, Self.member(7)],
      ["ramp", Self.member(7), "--to", "30%", "--over", "4w"],
      ["set-route", "relayhost", "[127.0.0.3]:1"], ["convert", "--to", "file"], ["convert", "--to", "agent"],
      ["drain", Self.member(7), "--write", "--force"], ["restore", Self.member(7), "--write", "--force"],
      ["undo"],
    ]
    let small = try run(commands, at: place, Self.sizes.small)
    let large = try run(commands, at: place, Self.sizes.large)
    for (command, (small, large)) in zip(commands, zip(small, large)) {
      let words = "\(command.prefix(3)): \(small.processorTime) \(large.processorTime)"
      #expect(large.status == .exited(0), "\(words) \(large.standardError.prefix(300))")
      #expect(large.isInBounds(of: small), "\(words)")
    }
  }

  private func run(_ commands: [[String]], at place: Place, _ count: Int) throws -> [FinishedProcess] {
    let directory = try TemporaryDirectory()
    for (name, text) in place.files((0..<count).map(Self.member), directory.path) {
      try directory.write(name, (name == "main.cf" ? "queue_directory = /nonexistent\n" : "") + text)
    }
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    return try commands.map { command in
      try runRandmap(
        command + ["-c", directory.path],
        environment: ["XDG_CONFIG_HOME": directory.path, "XDG_STATE_HOME": directory.file("state")],
        limit: .seconds(120))
    }
  }
}
