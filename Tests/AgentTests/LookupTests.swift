// The lookup service as postmap(1) and trivial-rewrite(8) ask it, and the counts as a scraper reads them.
import Gateways
import Glibc
import PostfixFiles
import Routing
import TestSupport
import TestTraits
import Testing

@testable import Agent

@Suite(.waits) struct LookupTests {
  @Test(arguments: [1, 3, 1000]) func readsNetstringsInPieces(size: Int) throws {
    let bytes =
      Bytes(netstring: Array("pool a@b".utf8)) + Bytes(netstring: []) + Bytes(netstring: [0, 44, 58])
    var reader = NetstringReader()
    var found: [Bytes] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      reader.append(bytes[start..<min(start + size, bytes.count)])
      while let next = try reader.next() { found.append(Bytes(next)) }
    }
    #expect(found == [Bytes("pool a@b".utf8), [], [0, 44, 58]])
  }

  @Test(arguments: [":a,", "x", "3:abcd", "99999:a", "00000000000000000000000000", "-1:a,"])
  func refusesWhatIsNoNetstring(text: String) {
    #expect(throws: NetstringReader.NetstringError.self) {
      var reader = NetstringReader()
      reader.append(text.utf8)
      _ = try reader.next()
    }
  }

  @Test func listensOnThisMachineOnly() {
    #expect(ListenAddress("inet:127.0.0.1:9000") == .inet(host: "127.0.0.1", port: 9000))
    #expect(ListenAddress("inet:[::1]:9000") == .inet(host: "::1", port: 9000))
    #expect(ListenAddress("unix:/run/x") == .unix("/run/x"))
    for text in [
      "inet:0.0.0.0:9000", "inet:192.0.2.1:1", "inet:127.0.0.1:0", "9000", "unix:x", "inet:localhost:1",
    ] {
      #expect(ListenAddress(text) == nil, "\(text)")
    }
  }

  private func ask(_ lab: PostfixLab, _ map: String, _ key: String) throws -> FinishedProcess {
    try run(
      postfixTool("postmap"), ["-c", lab.configDirectory, "-q", key, "socketmap:\(map)"])
  }

  @Test func answersDestinationsForKeys() throws {
    let sinks = [try SmtpSink(), try SmtpSink()]
    let inet = try LoopbackAddress.own()
    let lab = try PostfixLab(
      main: "recipient_delimiter = +\nout = randmap:!smtp:\(sinks[0].address)!smtp:\(sinks[1].address)",
      files: [
        "in": """
        example.com         relay:[in.example]
        .example.com        randmap:out
        joe@example.com     error:5.1.1 no Joe
        two.example         lmtp:randmap:![a.example]:24
        *                   randmap:no_such

        """
      ])
    let agent = try RunningAgent(beside: lab, ["--lookup", "inet:\(inet.host):\(inet.port)"])
    let unix = "unix:\(lab.queueDirectory)/private/randmap-lookup"
    // Before 3.5 smtp(8) knows no lists.
    let rest = sinks.map { lab.hasNextHopLists ? ",\($0.address)" : "" }
    let both = Set(["smtp:\(sinks[0].address)\(rest[1])", "smtp:\(sinks[1].address)\(rest[0])"])
    var seen: Set<String> = []
    for _ in 0..<60 {
      let answer = try ask(lab, unix + ":out", "any@key").standardOutput
      seen.insert(answer.filter { $0 != "\n" })
    }
    #expect(seen == both)
    let overTCP = try ask(lab, "inet:\(inet.host):\(inet.port):nexthop=out", "<>").standardOutput
    #expect(both.contains("smtp:" + overTCP.filter { $0 != "\n" }))

    func value(_ key: String) throws -> String {
      try ask(lab, "\(unix):table=\(lab.configDirectory)/in", key).standardOutput.filter { $0 != "\n" }
    }
    #expect(try value("U@Example.com") == "relay:[in.example]")
    #expect(both.contains(try value("u@a.b.example.com")))
    #expect(try value("joe+x@example.com") == "error:5.1.1 no Joe")
    #expect(try value("u@two.example") == "lmtp:[a.example]:24")
    #expect(try value("u@nowhere.example") == "")
    let failed = try ask(lab, "\(unix):table=\(lab.configDirectory)/in", "*")
    #expect(failed.status != .exited(0))
    #expect(failed.standardError.contains("no pool is named"), "\(failed.summary)")
    #expect(try ask(lab, "\(unix):no_such", "a@b").standardError.contains("no pool is named"))
    // A dead gateway goes last.
    try agent.stop()
    try sinks[0].stop()
    try agent.start()
    _ = try ask(lab, unix + ":out", "any@key")
    try agent.waitUntilItSays("gateway \(sinks[0].address) is DOWN")
    for _ in 0..<20 {
      let answer = try ask(lab, unix + ":out", "any@key").standardOutput
      #expect(answer == "smtp:\(sinks[1].address)\(rest[0])\n")
    }
  }

  /// Whoever comes to an address that was given learns of the files that main.cf names, and of no others: passwords may
  /// lie beside them.
  @Test func aStrangerLearnsOfNamedFilesOnly() throws {
    let inet = try LoopbackAddress.own()
    let socketmap = "inet:\(inet.host):\(inet.port)"
    let lab = try PostfixLab(
      main: """
        transport_maps = socketmap:\(socketmap):table=$config_directory/in
        default_transport = randmap:$config_directory/pool
        secrets = $config_directory/mysql.cf
        virtual_alias_maps = mysql:$secrets
        bind_pw = !s3cret!x
        """,
      files: [
        "in": "example.com smtp:[in.example]\n", "pool": "smtp:[127.0.0.2]:1\n",
        "mysql.cf": "user = postfix\npassword = s3cret\n",
      ])
    let agent = try RunningAgent(beside: lab, ["--lookup", socketmap])
    for source in ["table=\(lab.configDirectory)/mysql.cf", "\(lab.configDirectory)/mysql.cf"] {
      let answer = try ask(lab, "\(socketmap):\(source)", "password")
      #expect(answer.status != .exited(0) && answer.standardError.contains("main.cf names no such file"))
      #expect(!answer.summary.contains("s3cret"), "\(answer.summary)")
    }
    // By the name of a parameter no more than by its value.
    for source in ["secrets", "nexthop=secrets", "bind_pw", "nexthop=bind_pw"] {
      let answer = try ask(lab, "\(socketmap):\(source)", "password")
      #expect(answer.status != .exited(0) && answer.standardError.contains("no pool is named"))
      #expect(!answer.summary.contains("s3cret"), "\(answer.summary)")
    }
    #expect(!agent.log.contains("s3cret"))
    let table = try ask(lab, "\(socketmap):table=\(lab.configDirectory)/in", "example.com")
    #expect(table.standardOutput == "smtp:[in.example]\n", "\(table.summary)")
    let pool = try ask(lab, "\(socketmap):\(lab.configDirectory)/pool", "a@b")
    #expect(pool.standardOutput == "smtp:[127.0.0.2]:1\n", "\(pool.summary)")
  }

  @Test func aClientThatFetchesNoAnswersIsSentAway() throws {
    let inet = try LoopbackAddress.own()
    let lab = try PostfixLab(main: "out = randmap:!smtp:[127.0.0.2]:1")
    let agent = try RunningAgent(beside: lab, ["--lookup", "inet:\(inet.host):\(inet.port)"])
    let client = try RawClient(inet)
    let requests = Bytes(repeatElement(Bytes(netstring: Bytes("out a@b".utf8)), count: 10_000).joined())
    try waitUntil("the end of its patience", limit: .seconds(60), seen: agent.log) {
      client.send(requests)
      return agent.log.contains("a lookup client that does not wait for its answers is sent away")
    }
    #expect(
      try ask(lab, "inet:\(inet.host):\(inet.port):out", "a@b").standardOutput == "smtp:[127.0.0.2]:1\n")
  }

  @Test func theQueueManagerSeesRealNextHops() throws {
    let sinks = [try SmtpSink(), try SmtpSink(), try SmtpSink()]
    let lab = try PostfixLab(
      main: """
        transport_maps = socketmap:unix:private/randmap-lookup:table=$config_directory/in
        sender_dependent_default_transport_maps = socketmap:unix:private/randmap-lookup:out
        out = !smtp:\(sinks[0].address)!smtp:\(sinks[1].address)
        """,
      files: ["in": "example.com smtp:\(sinks[2].address)\n"])
    let agent = try RunningAgent(beside: lab)
    try lab.send(200, to: "user@example.net")
    try lab.send(20, to: "user@example.com")
    try lab.waitUntilDrained()
    #expect(sinks[0].count + sinks[1].count == 200, "\(agent.log)")
    #expect(sinks[2].count == 20)
    // The socket's path is one below the queue directory, wherever the command stands.
    let route = try runRandmap(["route", "user@example.com", "-c", lab.configDirectory])
    #expect(route.standardOutput.contains("100.0%  smtp  \(sinks[2].address)"), "\(route.summary)")
    #expect(fits(sinks[0].count, of: 200, share: 0.5))
    // What this server chooses is drawn.
    let random = try runRandmap(["route", "user@example.net", "-c", lab.configDirectory]).standardOutput
    #expect(sinks[..<2].allSatisfy { random.contains("%  smtp  \($0.address)") }, "\(random)")
    #expect(
      random.contains("drawn: 2000 lookups of ")
        && random.contains(" in socketmap:unix:private/randmap-lookup:out: "),
      "\(random)")
  }

  /// A next hop alone for a relayhost; and a choice that stays with the recipient's domain.
  @Test func aRelayhostAndAStickyChoiceWork() throws {
    let sinks = [try SmtpSink(), try SmtpSink()]
    let lab = try PostfixLab(
      main: """
        sender_dependent_relayhost_maps = socketmap:unix:private/randmap-lookup:nexthop=out
        transport_maps = texthash:$config_directory/transport
        out = !\(sinks[0].address)!\(sinks[1].address)
        pool = !smtp:\(sinks[0].address)!smtp:\(sinks[1].address)
        """,
      files: ["transport": (0..<4).map { "sticky\($0).example randmap:pool\n" }.joined()])
    let agent = try RunningAgent(beside: lab, ["--sticky", "recipient-domain"])
    // The key is the sender here, and it sticks.
    for number in 0..<30 {
      try lab.sendOne(to: ["user@example.net"], from: "sender@s\(number).example")
    }
    try lab.waitUntilDrained()
    #expect(sinks[0].count + sinks[1].count == 30, "\(lab.log)\n\(agent.log)")
    #expect(fits(sinks[0].count, of: 30, share: 0.5))
    for domain in 0..<4 {
      let before = sinks.map(\.count)
      try lab.send(20, to: "user@sticky\(domain).example")
      try lab.waitUntilDrained()
      let more = zip(sinks, before).map { $0.count - $1 }
      #expect(more.sorted() == [0, 20], "\(more)")
    }
  }

  @Test func showsItsCounts() throws {
    let sink = try SmtpSink()
    let inet = try LoopbackAddress.own()
    let lab = try PostfixLab(main: "default_transport = randmap:!smtp:\(sink.address)!smtp:\(sink.address)")
    let agent = try RunningAgent(
      beside: lab, ["--metrics", "inet:\(inet.host):\(inet.port)", "--sticky", "sender"])
    try lab.send(10, to: "user@example.net")
    try lab.waitUntilDrained()
    func get(_ client: RawClient, _ path: String) -> String {
      client.send(Array("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
      return client.readAll().text
    }
    let socket = "\(lab.queueDirectory)/private/randmap-status"
    let labels = "{pool=\"!smtp:\(sink.address)!smtp:\(sink.address)\",member=\"smtp:\(sink.address)\"}"
    try waitUntil("the gateway's state", seen: agent.log) { () throws(TestFailure) -> Bool in
      get(try RawClient(socket), "/metrics").contains("gateway=\"\(sink.address)\",state=\"up\"} 1")
    }
    let text = get(try RawClient(socket), "/metrics")
    for name in ["chosen", "handed_over", "delivered"] {
      #expect(text.contains("randmap_member_\(name)_total\(labels) 10\n"), "\(text)")
    }
    #expect(text.contains("randmap_member_deferred_total\(labels) 0\n"))
    #expect(text.contains("randmap_deliveries 0\n"))
    #expect(get(try RawClient(inet), "/metrics").hasPrefix("HTTP/1.0 200 OK\r\n"))
    #expect(get(try RawClient(inet), "/x").hasPrefix("HTTP/1.0 404"))
    // What a command asks for.
    let config = try MailConfig(directory: lab.configDirectory, environment: Environment())
    let gateway = Gateway.host(sink.address.host, port: sink.address.port)
    let report = try #require(reportOfRunningAgent(config))
    #expect(report.states(of: [gateway, .host("other", port: 25)]) == [gateway: .up])
    let pool = try #require(config.pools().first)
    #expect(report.counts(of: pool.members[0], in: pool)?.delivered == 10, "\(report)")
    #expect(report.counts(of: gateway, in: [pool])?.chosen == 10)
    try agent.stop()
    #expect(reportOfRunningAgent(config) == nil)
  }
}
