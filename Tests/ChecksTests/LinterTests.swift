// What the linter does around the rules: suppression, selection, order, counts, single files.

import Gateways
import PostfixFiles
import Routing
import Testing

@testable import Checks

@Suite struct LinterTests {
  private func lines(_ text: String, _ code: String) -> [Int] {
    let report = Linter().lint(file: Document(path: "t", bytes: Bytes(text.utf8)), as: .transport)
    return report.diagnostics.filter { $0.code == code }.map(\.start.line)
  }

  @Test func manyEntriesAreReportedOnceWithTheCount() {
    let text = (1...5).map { "d\($0).example  smtp:[gw1\n" }.joined()
    let report = Linter().lint(file: Document(path: "t", bytes: Bytes(text.utf8)), as: .transport)
    let found = report.diagnostics.filter { $0.code == "RM501" }
    #expect(found.count == 1)
    #expect(found.first?.start == Position(line: 1, column: 18))
    #expect(found.first?.message.hasSuffix("(the first of 5 such entries)") == true)
    #expect(found.first?.message.contains("other mail of the transport waits") == true)
  }

  /// Postfix 3.7.11 dies of it by SIGSEGV, in every program.
  @Test func aLevelThatLeadsBackToItselfIsReported() {
    let main =
      "append_dot_mydomain = no\ncompatibility_level = ${{$compatibility_level} >=level {0} ? {3.6} : {2}}\n"
    let report = Linter().lint(MailConfig(directory: "/etc/postfix", main: main))
    #expect(report.diagnostics.filter { $0.code == "RM315" }.map(\.start.line) == [2])
  }

  /// Each client has a parameter of its own, and lmtp(8) none for a local socket.
  @Test func theFallbackIsThatOfTheClient() {
    func remedies(_ member: String, _ more: String = "") -> [String] {
      let config = MailConfig(
        directory: "/etc/postfix",
        main: "sender_dependent_default_transport_maps = randmap:{\(member), \(member)2}\n\(more)")
      return Linter().lint(config).diagnostics.filter { $0.code == "RM301" }.map(\.message)
    }
    #expect(remedies("smtp:[gw1]").first?.contains("\"smtp_fallback_relay = [gw9.example]:587\"") == true)
    for member in ["lmtp:[gw1]:24", "lmtp:gw1", "lmtp:inet:gw1"] {
      #expect(remedies(member).first?.contains("\"lmtp_fallback_relay = gw9.example:24\"") == true)
    }
    let lmtp = "lmtp_fallback_relay = gw9.example:24\n"
    #expect(remedies("lmtp:gw1", lmtp).isEmpty)
    #expect(
      !remedies("smtp:gw1", lmtp).isEmpty && !remedies("lmtp:gw1", "smtp_fallback_relay = [a]\n").isEmpty)
    for more in ["", lmtp] {
      #expect(remedies("lmtp:unix:private/a", more).first?.contains("no fallback for a local socket") == true)
    }
  }

  /// postmap(1) leaves the colons of an aliases file in the keys, and the certificates of tls_server_sni_maps out of the values.
  @Test(arguments: [
    ("alias_maps", "/etc/postfix/table", "postalias hash:/etc/postfix/table"),
    ("alias_maps", "/etc/aliases", "postalias hash:/etc/aliases"),
    ("local_recipient_maps", "/etc/aliases", "postalias hash:/etc/aliases"),
    ("tls_server_sni_maps", "/etc/postfix/table", "postmap -F hash:/etc/postfix/table"),
    ("virtual_alias_maps", "/etc/postfix/table", "postmap hash:/etc/postfix/table"),
  ])
  func theProgramThatMakesTheIndexIsNamed(parameter: String, path: String, command: String) {
    var config = MailConfig(directory: "/etc/postfix", main: "\(parameter) = proxy:hash:\(path)\n")
    func messages(_ code: String) -> [String] {
      Linter().lint(config).diagnostics.filter { $0.code == code }.map(\.message)
    }
    config.otherFiles[path] = .unreadable(
      FileError(path: path, reason: "No such file or directory", .missing))
    config.surroundings = Surroundings()
    #expect(messages("RM321").map { $0.hasSuffix("make the index with \"\(command)\"") } == [true])
    config.otherFiles[path] = .read(Document(path: path, bytes: Bytes("a: b\n".utf8)))
    for state in [TableIndex.State.outdated, .missing(path: path + ".db"), .madeByPostmap] {
      config.surroundings = Surroundings(indexes: [path: state])
      #expect(messages("RM309").map { $0.hasSuffix("need \"\(command)\"") } == [true])
    }
  }

  @Test func aCommentSwitchesOffTheLineBehindIt() {
    let bad = "d.example  smtp:[gw1\n"
    #expect(lines("a.example  smtp:\n" + bad, "RM501") == [2])
    #expect(lines("a.example  smtp:\n# randmap: disable=RM501\n\(bad)", "RM501") == [])
    #expect(lines("a.example  smtp:\n# randmap: disable=RM5\n\(bad)", "RM501") == [])
    #expect(lines("a.example  smtp:\n# randmap: disable=RM502\n\(bad)", "RM501") == [3])
    #expect(
      lines(
        "a.example  smtp:\n# randmap: disable=RM501, RM502\n\n# more\n\(bad)e.example  smtp:[gw1\n", "RM501")
        == [6])
    // Behind the last line there is nothing to switch off.
    #expect(lines("a.example  smtp:\n\(bad)# randmap: disable=RM501\n", "RM501") == [2])
    // It is a comment of its own or none.
    #expect(lines("a.example  smtp:\nd.example  smtp:[gw1 # randmap: disable=RM501\n", "RM501") == [2])
  }

  @Test func inTheFirstCommentBlockItHoldsForTheFile() {
    let bad = "d.example  smtp:[gw1\n"
    #expect(lines("# randmap: disable=RM501\n\n\(bad)\(bad)", "RM501") == [])
    #expect(lines("\n# about\n# randmap: disable=RM501\n\(bad)\(bad)", "RM501") == [])
  }

  @Test func aLineInsideAValueCanBeSwitchedOff() {
    let main = "biff = no\nrelayhost =\n  # randmap: disable=RM501\n  [gw1\n"
    #expect(Linter().lint(MailConfig(directory: "d", main: main)).diagnostics == [])
    let before = "biff = no\n# randmap: disable=RM501\nrelayhost =\n  [gw1\n"
    #expect(Linter().lint(MailConfig(directory: "d", main: before)).diagnostics == [])
  }

  @Test func codesAreSelectedByPrefix() {
    let config = MailConfig(
      directory: "d", main: "relayhost = [gw1\nrelayhost = [gw1]\nfallback_relay = [a.example]\n")
    func codes(_ options: LintOptions) -> [String] { Linter(options).lint(config).diagnostics.map(\.code) }
    #expect(codes(LintOptions()) == ["RM306", "RM511", "RM305"])
    #expect(codes(LintOptions(select: ["RM3"])) == ["RM306", "RM305"])
    #expect(codes(LintOptions(ignore: ["RM3"])) == ["RM511"])
    #expect(codes(LintOptions(select: ["RM3"], ignore: ["RM306"])) == ["RM305"])
    #expect(codes(LintOptions(severity: .warning)) == ["RM306", "RM305"])
    #expect(codes(LintOptions(severity: .error)) == ["RM306"])
  }

  @Test func theReportFailsAtItsLevel() {
    let report = Linter().lint(MailConfig(directory: "d", main: "relayhost = [gw1]\n"))
    #expect(report.diagnostics.map(\.severity) == [.info])
    #expect(!report.fails(at: .error) && !report.fails(at: .warning))
    #expect(report.fails(at: .info) && report.fails(at: .style))
  }

  @Test func rulesWithoutTheirContextAreSkippedAndCounted() {
    let table = Document(path: "t", bytes: Bytes("example.com  nosuch:[gw1.example]\n".utf8))
    let report = Linter().lint(file: table, as: .transport)
    #expect(report.diagnostics == [])
    let all = Rule.all.count
    #expect(report.skippedRules > 20 && report.skippedRules < all)
    // Only the rules for states and for the machine are skipped where the whole directory is given.
    var config = MailConfig(directory: "d", main: "")
    func waiting(_ isWaiting: (Check) -> Bool) -> Int { Rule.all.count { isWaiting($0.check) } }
    let forStates = waiting { if case .live = $0 { true } else { false } }
    let forReadings = waiting {
      switch $0 {
      case .probed, .gateway: true
      default: false
      }
    }
    let forTheMachine = waiting { if case .surrounded = $0 { true } else { false } }
    #expect(forStates > 0 && forReadings > 0 && forTheMachine > 0)
    #expect(Linter().lint(config).skippedRules == forStates + forReadings + forTheMachine)
    let states: KnownGateways = .of(.up)
    #expect(Linter().lint(config, known: states).skippedRules == forReadings + forTheMachine)
    let readings: KnownGateways = .of(.found(.answers))
    #expect(Linter().lint(config, known: readings).skippedRules == forTheMachine)
    config.surroundings = Surroundings()
    #expect(Linter().lint(config, known: readings).skippedRules == 0)
  }

  /// The unit of the agent has a /tmp of its own.
  @Test func aPoolFileThatTheAgentsUnitHidesIsReported() {
    for (path, isEnabled, isFound) in [
      ("/tmp/pools/outbound", true, true), ("/var/tmp/outbound", true, true), ("/tmp/outbound", false, false),
      ("/etc/postfix/outbound", true, false), ("/home/tmp/outbound", true, false),
    ] {
      var config = MailConfig(
        directory: "/etc/postfix", main: "# randmap: agent\nrelay_transport = randmap:\(path)\n")
      config.files[path] = .read(Document(path: path, bytes: Bytes("smtp:[gw1.example]\n".utf8)))
      config.surroundings = Surroundings(isAgentUnitEnabled: isEnabled)
      let found = Linter().lint(config).diagnostics.filter { $0.code == "RM308" }
      #expect(found.map(\.file) == (isFound ? [path] : []), "\(path) \(isEnabled)")
      #expect(found.allSatisfy { $0.message.contains("move it, for example to $config_directory/outbound") })
    }
  }

  @Test func aPoolFileAloneIsChecked() {
    let pool = Document(
      path: "my pool $x", bytes: Bytes("smtp:[gw1.example]\n# why\nsmtp:[gw2.example\n".utf8))
    let report = Linter().lint(file: pool, as: .pool)
    #expect(report.diagnostics.map(\.code) == ["RM501"])
    #expect(report.diagnostics.first?.start == Position(line: 3, column: 6))
    #expect(report.diagnostics.first?.file == "my pool $x")
  }

  @Test func anEditedDocumentIsCheckedAsItIsNow() throws {
    var config = MailConfig(directory: "d", main: "# head\nrelayhost = [gw1.example]\n")
    var document = config.main.document
    let text = try #require(config.main["relayhost"]?.value.fileRange())
    document.replace(text.range, with: Bytes("[gw2".utf8))
    document.replace(0..<0, with: Bytes("\n\n".utf8))
    config.update(document)
    let found = Linter().lint(config).diagnostics
    #expect(found.map(\.code) == ["RM501"])
    #expect(found.first?.start == Position(line: 4, column: 13))
    #expect(found.first?.end == Position(line: 4, column: 17))
  }

  @Test func theOrderIsThatOfTheFile() {
    let main = "relayhost = [b\ndefault_transport = smtp:[a\nsmtp_fallback_relay = [c, d], [e\n"
    let found = Linter().lint(MailConfig(directory: "d", main: main)).diagnostics
    #expect(found == found.sorted())
    #expect(Linter().lint(MailConfig(directory: "d", main: main)).diagnostics == found)
  }

  @Test(arguments: [
    "relayhost = [a\nrelayhost = [b]\n", "relayhost = [a]\nrelayhost = [b]\nmydomain = x\nmydomain = y\n",
  ])
  func aFindingKeepsItsGistWhenLinesMove(main: String) {
    func gists(_ text: String) -> Set<String> {
      Set(
        Linter().lint(file: Document(path: "m", bytes: Bytes(text.utf8)), as: .main).diagnostics.map(\.gist))
    }
    #expect(!gists(main).isEmpty)
    #expect(gists("# more\nx = y\n\n" + main) == gists(main))
  }

  @Test func aServiceThatIsThereTwiceKeepsItsGistWhenLinesMove() throws {
    func gist(_ text: String) throws -> String {
      let document = Document(path: "m", bytes: Bytes(text.utf8))
      let found = Linter(LintOptions(select: ["RM408"])).lint(file: document, as: .master).diagnostics
      return try #require(found.first).gist
    }
    let twice = "smtp unix - - n - - smtp\nsmtp unix - - n - - smtp\n"
    #expect(try gist(twice) == gist("# more\nlane unix - - n - - smtp\n" + twice))
  }

  /// The number is data: nothing has to read it out of the message.
  @Test func aDiagnosticKnowsHowManyFindingsItStandsFor() throws {
    let text = String(repeating: "x.example  smtp:[gw\n", count: 3)
    let found = Linter(LintOptions(select: ["RM501"]))
      .lint(file: Document(path: "t", bytes: Bytes(text.utf8)), as: .transport).diagnostics
    let diagnostic = try #require(found.first)
    #expect(diagnostic.count == 3)
    #expect(diagnostic.message == diagnostic.gist + " (the first of 3 such entries)")
    #expect(diagnostic.place == FileRange(file: "t", range: 16..<19))
  }

  @Test func controlCharactersNeverReachTheReport() {
    let text = "exa\u{1B}[2Jmple.com:  smtp:[gw\u{07}1\n@\u{202E}x  smtp:[\u{1B}]0;x\n"
    let document = Document(path: "ta\u{1B}ble", bytes: Bytes(text.utf8))
    let report = Linter().lint(file: document, as: .transport)
    #expect(report.diagnostics.count > 2)
    for name in ReportFormatName.allCases {
      for framed in [false, true] {
        let shown = name.format(framed: framed, toolVersion: "0").render(report) { _ in document }
        #expect(!shown.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
      }
    }
  }

  /// The files of all good examples, without their names; those of bad ones are what one can be mistaken about.
  @Test func aFileIsKnownByItsContents() {
    let names = ["main.cf": FileKind.main, "master.cf": .master, "transport": .transport, "pool": .pool]
    for rule in Rule.all {
      for (name, text) in rule.good.files {
        let kind = FileKind(of: Document(path: "-", bytes: Bytes(text.utf8)))
        #expect(kind == names[name], "\(rule.code)\n\(text)")
      }
    }
  }

  @Test(arguments: [
    ("main.cf.new", "a b\n", FileKind.main), ("/etc/postfix/master.cf~", "", .master),
    ("old-main.cf", "", .main),
    ("x", "# only this\n", .transport), ("x", "relayhost\n  = [gw1.example]\n", .main),
    ("x", "smtp:[a]\nsmtp:[a]\nsmtp:[b] # twice\n", .pool),
    ("x", "example.com smtp:[a]\nexample.org\n", .transport),
  ])
  func aFileIsKnownByItsNameOrByMostOfItsLines(name: String, text: String, kind: FileKind) {
    #expect(FileKind(of: Document(path: name, bytes: Bytes(text.utf8))) == kind)
  }

  /// The lane of a drained member is meant to come back.
  @Test(arguments: [
    "sender_dependent_default_transport_maps = randmap:{lane1:, smtp:}\n# randmap: drained lane2: x1\n",
    "sender_dependent_default_transport_maps = randmap:{lane1:[gw], smtp:[gw]}\n# randmap: drained lane2:[gw] x3\n",
    "# randmap: agent\ndefault_transport = randmap:!lane1:[gw]\n# randmap: drained lane2:[gw] x1\n  !smtp:[gw]\n",
  ])
  func aDrainedLaneIsNotUnused(main: String) throws {
    let master = ["lane1", "lane2", "lane3"].map {
      "\($0) unix - - y - - smtp\n  -o smtp_bind_address=192.0.2.\($0.suffix(1))\n"
    }
    let config = MailConfig(
      directory: "/etc/postfix", main: main, master: "smtp unix - - y - - smtp\n" + master.joined())
    let found = Linter().lint(config).diagnostics.filter { $0.code == "RM407" }
    #expect(found.map(\.start.line) == [6], "\(found)")
  }

  /// What people really write, and Postfix takes.
  @Test func soundConfigurationsRaiseNothing() {
    let mains = [
      "proxy_read_maps = $virtual_mailbox_maps $mydestination $mynetworks $transport_maps permit_mynetworks\n",
      "my_maps = $mydestination\nmy_odd_maps = a b\n",
      "indexed = ${default_database_type}:${config_directory}/\nvirtual_alias_maps = ${indexed}virtual\n",
      "relayhost = [${mail_owner}.example]:587\n",
    ]
    for main in mains {
      let report = Linter(LintOptions(severity: .warning)).lint(
        MailConfig(directory: "/etc/postfix", main: main))
      #expect(report.diagnostics == [], "\(main)")
    }
    let lanes = """
      smtp  unix - - y - - smtp
        -o smtp_bind_address=192.0.2.1
      relay unix - - y - - smtp
        -o smtp_bind_address=192.0.2.1

      """
    let config = MailConfig(directory: "/etc/postfix", main: "", master: lanes)
    let codes = Linter().lint(config).diagnostics.map(\.code)
    #expect(!codes.contains("RM403") && !codes.contains("RM407"), "\(codes)")
    let table = """
      old.example  error:5.1.6 The domain moved to
        new.example https://new.example/
      o.test       error:5.1.1 moved: use [a.example], or [b.example]

      """
    let entries = Document(path: "/t", bytes: Bytes(table.utf8))
    #expect(Linter(LintOptions(severity: .warning)).lint(file: entries, as: .transport).diagnostics == [])
    let senders = MailConfig(
      directory: "/etc/postfix", main: "sender_dependent_relayhost_maps = inline:{{bob = [gw.example]:587}}\n"
    )
    #expect(!Linter().lint(senders).diagnostics.contains { $0.code == "RM223" })
    for type in ["pcre", "texthash"] {
      var config = MailConfig(
        directory: "/etc/postfix", main: "sender_dependent_relayhost_maps = \(type):/t\n")
      let text = "/x\\.example$/ [gw.example]:587\njohn.doe [gw.example]:587\n.x.example [gw.example]:587\n"
      config.files["/t"] = .read(Document(path: "/t", bytes: Bytes(text.utf8)))
      let words = Linter().lint(config).diagnostics.filter { $0.code == "RM223" }.map(\.message)
      #expect(words.isEmpty == (type == "pcre"), "\(words)")
    }
  }

  @Test func lmtpTakesItsPrefixesAtTheStartOnly() {
    func codes(_ value: String) -> [String] {
      let main = "relay_transport = lmtp:\(value)\n"
      return Linter(LintOptions(severity: .error)).lint(MailConfig(directory: "/etc/postfix", main: main))
        .diagnostics.map(\.code)
    }
    #expect(codes("inet:[a.example]:24, [b.example]:24") == [])
    #expect(codes("unix:/run/a b") == [])
    #expect(!codes("inet:[a.example]:24, inet:[b.example]:24").isEmpty)
  }

  /// RM610: a port that is not written is the client's own, and the fallback relay is tried after the list.
  @Test(arguments: [
    ("relayhost = [gw1.example]:587\nsmtp_fallback_relay = [gw2.example]", true),
    ("relayhost = [gw1.example], [gw2.example]:25\nsmtp_fallback_relay = [gw3.example]:25", false),
    ("smtp_tcp_port = 587\nrelayhost = [gw1.example], [gw2.example]:25", true),
    ("smtp_tls_security_level = may\nrelayhost = [gw1.example]:587, [gw2.example]", false),
  ])
  func hostsOfAListHaveOnePort(main: String, isFound: Bool) {
    for (version, has) in [(PostfixVersion(3, 10), isFound), (PostfixVersion(3, 7), false)] {
      let config = MailConfig(
        directory: "/etc/postfix", environment: Environment(hostName: "mx.here.example", version: version),
        main: main + "\n")
      #expect(Linter().lint(config).diagnostics.contains { $0.code == "RM610" } == has, "\(main) \(version)")
    }
  }

  @Test func theFallbackRelayOfALaneIsChecked() {
    let master =
      "smtp unix - - y - - smtp\nlane unix - - y - - smtp -o smtp_fallback_relay=smtp:[127.0.0.1]:26\n"
    let config = MailConfig(directory: "/etc/postfix", main: "relayhost = [gw.example]\n", master: master)
    let found = Linter(LintOptions(severity: .error)).lint(config).diagnostics
    #expect(found.map(\.file) == ["/etc/postfix/master.cf"] && found.first?.start.line == 2, "\(found)")
  }

  /// One mistake in master.cf is one finding, and others are found beside it.
  @Test func aServiceThatMasterRefusesIsThereForTheOtherRules() {
    let master = "smtp unix - - x - - smtp\n"
    let config = MailConfig(
      directory: "/etc/postfix", main: "default_transport = smtp:[gw.example\n", master: master)
    let found = Linter(LintOptions(severity: .error)).lint(config).diagnostics.sorted()
    #expect(found.map(\.code) == ["RM501", "RM409"], "\(found)")
  }

  /// A dot at the end is fatal, as every other host that is none.
  @Test func aDotAtTheEndIsNoPartOfAHost() {
    let config = MailConfig(directory: "/etc/postfix", main: "relayhost = [gw.example.]:26\n")
    #expect(Linter().lint(config).diagnostics.contains { $0.code == "RM509" })
  }
}
