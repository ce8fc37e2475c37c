// "An input of n bytes in at most c * n log n": each reader and rule gets texts that are deep, many, long or the same again
// and again, in two sizes. Four times the bytes may take five times the processor's time, and little memory.
//
// It goes by ratios, since machines differ; what a command takes anyhow is left out of the account.
import TestSupport
import TestTraits
import Testing

/// A kind of hostile text: the files of a configuration, of about `size` bytes.
struct Hostile: CustomTestStringConvertible, Sendable {
  let name: String
  let files: @Sendable (_ size: Int, _ directory: String) -> [String: String]

  var testDescription: String { name }

  init(_ name: String, _ files: @escaping @Sendable (_ size: Int, _ directory: String) -> [String: String]) {
    self.name = name
    self.files = files
  }

  /// Only a main.cf.
  init(_ name: String, main: @escaping @Sendable (_ size: Int) -> String) {
    self.init(name) { size, _ in ["main.cf": main(size)] }
  }

  /// A table of `transport_maps`, of a line for each 32 bytes.
  init(_ name: String, table type: String, line: @escaping @Sendable (_ number: Int) -> String) {
    self.init(name) { size, directory in
      [
        "main.cf": "# randmap: agent\ntransport_maps = \(type):\(directory)/t\n",
        "t": (0..<size / 32).map { line($0) + "\n" }.joined(),
      ]
    }
  }
}

private func list(_ size: Int, _ item: (Int) -> String, _ separator: String = ",") -> String {
  (0..<size / 12).map(item).joined(separator: separator)
}

private func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

private let depths: [Hostile] = [
  Hostile("pipemap in pipemap") {
    "transport_maps = " + times($0 / 10, "pipemap:{") + times($0 / 10, "}") + "\n"
  },
  Hostile("proxy of proxy") { "transport_maps = " + times($0 / 6, "proxy:") + "static:x\n" },
  Hostile("proxy of proxy in a list of domains") {
    "relay_domains = " + times($0 / 6, "proxy:") + "static:x\n"
  },
  Hostile("unclosed braces") { "transport_maps = " + times($0, "{") + "\n" },
  Hostile("unclosed references") { "relayhost = " + times($0 / 2, "${") + "\n" },
  Hostile("references in references") { "relayhost = " + times($0 / 5, "${a:") + times($0 / 5, "}") + "\n" },
  Hostile("brackets") { "relayhost = " + times($0, "[") + "\n" },
  Hostile("blocks of patterns") { size, directory in
    [
      "main.cf": "transport_maps = regexp:\(directory)/t\n",
      "t": times(size / 14, "if /a/\n") + times(size / 14, "endif\n"),
    ]
  },
  Hostile("pools that name the next one") { size in
    "# randmap: agent\ndefault_transport = randmap:p0\n"
      + (0..<size / 32).map { "p\($0) = randmap:!randmap:p\($0 + 1)!smtp:[a]\n" }.joined()
  },
]

private let choices: [Hostile] = [
  Hostile("choices that multiply") { size in
    "transport_maps = unionmap:{\((0..<size / 40).map { "randmap:{smtp:[a\($0)],smtp:[b\($0)]}" }.joined(separator: ","))}\n"
  },
  Hostile("two large choices") { size in
    "sender_dependent_default_transport_maps = randmap:{\(list(size / 2) { "lane\($0):" })}\n"
      + "sender_dependent_relayhost_maps = randmap:{\(list(size / 2) { "[h\($0)]" })}\n"
  },
  Hostile("a choice of keys") { size, directory in
    [
      "main.cf":
        "transport_maps = pipemap:{randmap:{\(list(size / 2) { "k\($0)" })}, texthash:\(directory)/t}\n",
      "t": list(size / 2, { "k\($0) smtp:[h]" }, "\n") + "\n",
    ]
  },
  Hostile("members") { "transport_maps = randmap:{\(list($0) { "smtp:[h\($0)]" })}\n" },
  Hostile("one member again and again") { "transport_maps = randmap:{\(list($0) { _ in "smtp:[h]" })}\n" },
  Hostile("drained members") { size in
    "# randmap: agent\ndefault_transport = randmap:!smtp:[a]!smtp:[b]\n"
      + (0..<size / 32).map { "# randmap: drained smtp:[g\($0)] x2\n" }.joined()
  },
  Hostile("members of a file, and comments on them") { size, directory in
    [
      "main.cf": "# randmap: agent\ndefault_transport = randmap:\(directory)/p\n",
      "p": (0..<size / 48).map { "# g\($0).example 30%\nsmtp:[g\($0).example]\n" }.joined(),
    ]
  },
]

private let numbers: [Hostile] = [
  Hostile("pools in a table", table: "texthash") { "d\($0).example randmap:!smtp:[a\($0)]!smtp:[b]" },
  Hostile("entries", table: "texthash") { "d\($0).example smtp:[a\($0)]" },
  Hostile("one key again and again", table: "texthash") { _ in "d.example smtp:[a]" },
  Hostile("parts of names", table: "texthash") { times($0 % 100, "a.") + "example smtp:[a]" },
  Hostile("rules", table: "regexp") { "/^d\($0)@/ smtp:[a]" },
  Hostile("large rules", table: "regexp") { "/[[:alpha:]].{0,999}x\($0)/ smtp:[a]" },
  Hostile("repetitions of repetitions", table: "regexp") { _ in "/^a\(times(16, "+"))(b)$/ smtp:[a]" },
  Hostile("networks", table: "cidr") { "10.\($0 / 250 % 250).\($0 % 250).0/24 smtp:[a]" },
  Hostile("tables") { "transport_maps = \(list($0, { "static:x\($0)" }, " "))\n" },
  Hostile("choices of a union in a pipe") { size in
    "transport_maps = pipemap:{unionmap:{\(times(size / 42, "randmap:{smtp:[127.0.0.1],smtp:[127.0.0.2]},"))}}\n"
  },
  Hostile("files that are not there") {
    "transport_maps = \(list($0, { "texthash:/nonexistent/\($0)" }, " "))\n"
  },
  Hostile("pools in main.cf") { size in
    let pool = { (number: Int) in "pipemap:{inline:{d\(number)=x},randmap:{smtp:[a\(number)],smtp:[b]}}" }
    return "transport_maps = \((0..<size / 60).map(pool).joined(separator: " "))\n"
  },
  Hostile("parameters") { (0..<$0 / 12).map { "p\($0) = v\n" }.joined() },
  Hostile("one parameter again and again") { times($0 / 16, "relayhost = [a]\n") },
  Hostile("names that name the next one twice") { size in
    "relayhost = $a0\n" + (0..<size / 20).map { "a\($0) = $a\($0 + 1) $a\($0 + 1)\n" }.joined()
  },
  Hostile("a long value named often") { "b = \(times($0 / 2, "x"))\nrelayhost = \(times($0 / 4, "$b"))\n" },
  Hostile("next hops") {
    "relayhost = \(list($0) { "[h\($0)]" })\nsmtp_fallback_relay = \(list($0) { "[f\($0)]" })\n"
  },
  Hostile("continuation lines") { "relayhost = [a],\n" + times($0 / 6, " [b],\n") },
  Hostile("comments") { times($0 / 2, "#\n") },
  Hostile("domains") { "relay_domains = \(list($0, { "d\($0).example" }, " "))\n" },
  Hostile("a list of domains that names itself") { size, directory in
    ["main.cf": "mydestination = \(directory)/t\n", "t": times(size / 40, "\(directory)/t\n")]
  },
  Hostile("lists of domains that name the next one twice") { size, directory in
    let next = { "\(directory)/t\($0 + 1)\n\(directory)/t\($0 + 1)\nd\($0).example\n" }
    let lists = (0..<min(40, size / 100)).map { ("t\($0)", next($0)) }
    return Dictionary(uniqueKeysWithValues: lists + [("main.cf", "relay_domains = \(directory)/t0\n")])
  },
  Hostile("tables of unknown types") {
    "transport_maps = \(list($0, { "hahs\($0):/x\($0)" }, " "))\n"
  },
  Hostile("one table again and again") { size, directory in
    [
      "main.cf": "transport_maps = \(list(size / 2, { _ in "texthash:\(directory)/t" }, " "))\n",
      "t": "d.example smtp:[a]\n",
    ]
  },
  Hostile("overrides that are not read") { size, _ in
    [
      "main.cf": "relayhost = [a]\n",
      "master.cf": (0..<size / 40).map { "s\($0) unix - - n - - smtp -o relayhost=x\n" }.joined(),
    ]
  },
  Hostile("empty overrides of one name that is not read") { size, _ in
    [
      "main.cf": "relayhost = [a]\n",
      "master.cf": "x unix - - n - - smtp\n" + times(size / 16, "    -o relayhost=\n"),
    ]
  },
  Hostile("services") { size, _ in
    [
      "main.cf": "relayhost = [a]\n",
      "master.cf": (0..<size / 60).map { "s\($0) unix - - n - - smtp -o smtp_bind_address=127.0.0.1\n" }
        .joined(),
    ]
  },
  Hostile("one service again and again") { size, _ in
    ["main.cf": "relayhost = [a]\n", "master.cf": times(size / 24, "smtp unix - - n - - smtp\n")]
  },
  Hostile("overrides") { size, _ in
    [
      "main.cf": "relayhost = [a]\n",
      "master.cf": "smtp unix - - n - - smtp" + (0..<size / 12).map { " -o p\($0)=v" }.joined() + "\n",
    ]
  },
]

private let lengths: [Hostile] = [
  Hostile("a long host") { "relayhost = [" + times($0, "a") + "]\n" },
  Hostile("separators") { "# randmap: agent\ndefault_transport = randmap:" + times($0, "!") + "\n" },
  Hostile("commas") { "relayhost = " + times($0, ",") + "\n" },
  Hostile("NULs") { "relayhost = [a]\n" + times($0, "\0") + "\n" },
  Hostile("letters beyond ASCII") { "relayhost = " + times($0 / 2, "é") + "\n" },
  Hostile("a key of many parts") { size, directory in
    [
      "main.cf": "transport_maps = texthash:\(directory)/t\n",
      "t": times(size / 2, "a.") + "example smtp:[a]\n",
    ]
  },
]

// The kinds are in several suites, so that they run beside each other.

@Suite(.waits, .timeLimit(.minutes(30))) struct HostileDepthTests {
  @Test(arguments: depths + lengths)
  private func theWorkGrowsWithTheBytes(hostile: Hostile) throws { try expectBounds(on: hostile) }
}

@Suite(.waits, .timeLimit(.minutes(30))) struct HostileChoiceTests {
  @Test(arguments: choices)
  private func theWorkGrowsWithTheBytes(hostile: Hostile) throws { try expectBounds(on: hostile) }
}

@Suite(.waits, .timeLimit(.minutes(30))) struct HostileNumberTests {
  @Test(arguments: numbers)
  private func theWorkGrowsWithTheBytes(hostile: Hostile) throws { try expectBounds(on: hostile) }
}

/// 2,500 pools and 10,000.
@Suite(.waits, .timeLimit(.minutes(30))) struct HostilePoolCountTests {
  @Test func theCheckGrowsWithThePools() throws {
    let pools = Hostile("pools", table: "texthash") { "d\($0).example randmap:!smtp:[a\($0)]!smtp:[b]" }
    try expectBounds(of: [["--check"]], on: pools, sizes: (80_000, 320_000))
  }
}

@Suite(.waits, .timeLimit(.minutes(30))) struct HostileConversionTests {
  /// A stock pool with a safety net names each member in the list of every other: its text grows with the square of their
  /// number, so pools of many members are left out.
  @Test(arguments: depths + numbers + lengths)
  private func theWorkGrowsWithTheBytes(hostile: Hostile) throws {
    try expectBounds(of: [["convert", "--to", "stock"]], on: hostile)
  }
}

/// What is computed of pools and of a log, here an empty one.
@Suite(.waits, .timeLimit(.minutes(30))) struct HostileReportTests {
  private static let commands = [
    ["report", "/dev/null"], ["what-if", "--down", "[h1]", "--log", "/dev/null"], ["tick", "--dry-run"],
  ]

  @Test(arguments: choices + numbers)
  private func theWorkGrowsWithTheBytes(hostile: Hostile) throws {
    try expectBounds(of: Self.commands, on: hostile)
  }
}

// Edits, what they leave in the history, and the way back, in this order. All gateways are at loopback addresses where nothing
// listens, as --status connects to them.
@Suite(.waits, .timeLimit(.minutes(30))) struct HostileEditTests {
  private static let gateways = (first: "smtp:[127.0.0.1]:1", second: "smtp:[127.0.0.2]:1")
  private static let commands = [
    ["set", "relay_transport", gateways.first, "2", "--write"],
    ["add", "relay_transport", "smtp:[127.0.0.3]:1"], ["log"], ["log", "--diff"], ["undo"], ["--status"],
    ["drain", gateways.first.replacing("smtp:", with: "")],
    ["ramp", gateways.first.replacing("smtp:", with: ""), "--to", "25%", "--over", "4w"],
  ]
  private static let shapes = [
    Hostile("pools in a table", table: "texthash") {
      "d\($0).example randmap:!\(gateways.first)!\(gateways.second)"
    },
    Hostile("stock pools in one setting") { size in
      let pools = (0..<size / 80).map {
        "pipemap:{inline:{{a\($0).test=x}},randmap:{\(gateways.first),\(gateways.second)}}"
      }
      return "transport_maps = \(pools.joined(separator: ", "))\n"
    },
    Hostile("comments", main: { times($0 / 2, "#\n") }),
    Hostile("one parameter again and again") { times($0 / 16, "relayhost =\n") },
  ]

  @Test(arguments: shapes)
  private func theWorkGrowsWithTheBytes(hostile: Hostile) throws {
    let small = try run(hostile, sizes.small)
    let large = try run(hostile, sizes.large)
    for (command, (small, large)) in zip(Self.commands, zip(small, large)) {
      let words = "\(command): \(small.processorTime) \(large.processorTime) \(large.peakMemory)"
      // Only --status finds something: the gateways are down.
      #expect(large.status == .exited(command == ["--status"] ? 1 : 0), "\(words) \(large.summary)")
      #expect(large.isInBounds(of: small), "\(words)")
      #expect(large.peakMemory < small.peakMemory + 400_000_000, "\(words)")
    }
  }

  private func run(_ hostile: Hostile, _ size: Int) throws -> [FinishedProcess] {
    let directory = try TemporaryDirectory()
    let pool = "relay_transport = randmap:!\(Self.gateways.first)!\(Self.gateways.second)\n"
    let head = "# randmap: agent\nqueue_directory = /nonexistent\n\(pool)"
    for (name, text) in hostile.files(size, directory.path) {
      try directory.write(name, (name == "main.cf" ? head : "") + text)
    }
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    return try Self.commands.map { command in
      try runRandmap(
        command + ["-c", directory.path], environment: ["XDG_CONFIG_HOME": directory.path],
        limit: .seconds(300))
    }
  }
}

let reading = [
  ["--check"], ["pools"], ["route", "u@d1.example"], ["drain", "[h1]"],
]
let sizes = (small: 20_000, large: 80_000)

func expectBounds(
  of commands: [[String]] = reading, on hostile: Hostile, sizes: (small: Int, large: Int) = sizes
) throws {
  let directory = try TemporaryDirectory()
  func run(_ size: Int, _ command: [String]) throws -> FinishedProcess {
    let defaults = ["main.cf": "", "master.cf": "smtp unix - - n - - smtp\n"]
    let files = defaults.merging(hostile.files(size, directory.path)) { _, given in given }
    for (name, text) in files {
      try directory.write(name, (name == "main.cf" ? "queue_directory = /nonexistent\n" : "") + text)
    }
    return try runRandmap(
      command + ["-c", directory.path], environment: ["XDG_CONFIG_HOME": directory.path],
      limit: .seconds(300))
  }
  for command in commands {
    let small = try run(sizes.small, command)
    var large = try run(sizes.large, command)
    // What runs beside it makes each step slower: the second look counts.
    if !large.isInBounds(of: small) { large = try run(sizes.large, command) }
    let words =
      "\(command): \(small.processorTime) \(large.processorTime) \(large.peakMemory) \(large.status)"
    guard case .exited(0...2) = large.status else {
      Issue.record("\(words) \(large.standardError.prefix(300))")
      continue
    }
    #expect(large.isInBounds(of: small), "\(words)")
    #expect(large.peakMemory < small.peakMemory + 400_000_000, "\(words)")
  }
}
