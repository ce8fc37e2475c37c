// What a local user can do to the agent who reaches its addresses: learn of what the configuration names, and nothing else.
import Glibc
import PostfixFiles
import Routing
import TestSupport
import TestTraits
import Testing
import Threads

@testable import Agent

@Suite(.waits) struct StrangerTests {
  /// The agent with few descriptors, as it is where a service has a low limit.
  private func agent(
    beside lab: PostfixLab, descriptors: Int, _ arguments: [String] = []
  ) throws -> RunningAgent {
    let script = "ulimit -n \(descriptors); exec \"$0\" agent -c \"$@\""
    return try RunningAgent(
      "bash", ["-c", script, randmapProgram(), lab.configDirectory] + arguments, beside: lab)
  }

  private func get(_ path: String, from place: LoopbackAddress) throws -> String {
    let client = try RawClient(place)
    client.send(Array("GET \(path) HTTP/1.1\r\n\r\n".utf8))
    return client.readAll().text
  }

  /// What a lookup brings as its text is not answered, and nothing of it is probed, counted or kept.
  @Test func nothingThatALookupMakesUpIsAnsweredProbedCountedOrKept() throws {
    let (lookup, metrics) = (try LoopbackAddress.own(), try LoopbackAddress.own())
    // It would be connected to at once, if anybody were to probe it.
    let victim = try SmtpSink(options: ["-h", "victim.example"])
    let (sink, later) = (try SmtpSink(), try SmtpSink())
    let lab = try PostfixLab(
      main: """
        later = randmap:!smtp:\(later.address)
        looks_like_a_pool = !smtp:\(victim.address)
        its_file = $config_directory/list
        out = !smtp:\(sink.address)
        default_transport = randmap:out
        sender_dependent_relayhost_maps = socketmap:inet:\(lookup.host):\(lookup.port):nexthop=!\(sink.address)
        """,
      files: ["list": "smtp:\(victim.address)\n"])
    let agent = try RunningAgent(
      beside: lab,
      ["--lookup", "inet:\(lookup.host):\(lookup.port)", "--metrics", "inet:\(metrics.host):\(metrics.port)"])
    let before = try agent.resources().memory
    let client = try RawClient(lookup)
    let long = String(repeating: "x", count: 15_000)
    for name in ["!smtp:\(victim.address)", "nexthop=!\(victim.address)", "xsmtp:\(victim.address)"] {
      #expect(
        client.lookUp(name, "a@b").hasPrefix("TEMP randmap(8): a lookup needs the name of a pool"), "\(name)")
    }
    for number in 0..<400 {
      let names = [
        "!smtp:[\(number)\(long)]", "made_up_\(number)", "/tmp/\(number)\(long)", "table=/\(number)\(long)",
      ]
      let answer = client.lookUp(names[number % 4], "a@b")
      #expect(answer.hasPrefix("TEMP "), "\(answer.prefix(100))")
    }
    for name in ["looks_like_a_pool", "nexthop=looks_like_a_pool", "its_file", "nexthop=its_file"] {
      #expect(client.lookUp(name, "a@b").hasPrefix("TEMP randmap(8): no pool is named"), "\(name)")
    }
    // What the configuration names is answered: by a name, and by the text that a socketmap has there.
    #expect(client.lookUp("out", "a@b") == "OK smtp:\(sink.address)")
    #expect(client.lookUp("nexthop=!\(sink.address)", "a@b") == "OK \(sink.address)")
    // The same in private/, unless that is asked for.
    let inPrivate = try RawClient(lab.queueDirectory + "/private/randmap-lookup")
    #expect(inPrivate.lookUp("!smtp:\(victim.address)", "a@b").hasPrefix("TEMP "))
    // One that is probed from now on: what was asked for before would have been probed before.
    #expect(client.lookUp("later", "a@b") == "OK smtp:\(later.address)")
    try waitUntil("the probe of the last one", seen: agent.log) { () throws -> Bool in
      try get("/metrics", from: metrics).contains("gateway=\"\(later.address)\",state=\"up\"")
    }
    let shown = try get("/metrics", from: metrics) + get("/report", from: metrics)
    #expect(shown.contains("randmap_lookups_total 411\n"), "\(shown)")
    #expect(!shown.contains("made_up") && !shown.contains("xxxx") && !shown.contains(victim.address.host))
    #expect(agent.log.utf8.count < 20_000, "\(agent.log.utf8.count) bytes of log")
    #expect(try agent.resources().memory - before < 30 << 20)
  }

  @Test func aPoolAsTheTextOfALookupIsAnsweredInPrivateWhereThatIsAskedFor() throws {
    let lab = try PostfixLab()
    let inet = try LoopbackAddress.own()
    let agent = try RunningAgent(
      beside: lab, ["--lookup-inline", "--lookup", "inet:\(inet.host):\(inet.port)"])
    let inPrivate = try RawClient(lab.queueDirectory + "/private/randmap-lookup")
    #expect(inPrivate.lookUp("!smtp:[127.0.0.9]:1", "a@b") == "OK smtp:[127.0.0.9]:1")
    #expect(try RawClient(inet).lookUp("!smtp:[127.0.0.9]:1", "a@b").hasPrefix("TEMP "))
    // Many gateways, one after the other: each is handed on once, not with all of those before it.
    let before = try agent.resources().memory
    for number in 0..<2_000 {
      let place = "smtp:[127.78.\(number / 200).\(number % 200 + 1)]:9"
      #expect(inPrivate.lookUp("!\(place)", "a@b") == "OK \(place)")
    }
    try waitUntil("them to be probed") {
      agent.log.split(separator: "\n").count { $0.contains(" is DOWN") } > 1_900
    }
    let memory = try agent.resources().memory - before
    #expect(memory < 100 << 20, "\(memory >> 20) MiB")
  }

  /// Of an address there are no more keys than a domain name can have parts.
  @Test func aKeyHasNoMorePartsThanADomainName() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "")
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    let setup = try AgentSetup(directory: directory.path, environment: Environment())
    let dispatcher = Dispatcher(setup, stickiness: .none, on: SocketLoop(), log: { _ in })
    let long = "a@" + String(repeating: "a.", count: 4_900) + "a"
    #expect(dispatcher.transportKeys(for: long) == [long])
    let domain = String(repeating: "a.", count: 126) + "a"
    #expect(dispatcher.transportKeys(for: "a@" + domain).count == 128)
    #expect(dispatcher.transportKeys(for: "u@a.example") == ["u@a.example", "a.example", ".example"])
  }

  /// A report is made in pieces, elsewhere: however much there is to show, and however many ask, mail goes on.
  @Test func scrapersDoNotHoldUpMail() throws {
    let metrics = try LoopbackAddress.own()
    let sink = try SmtpSink()
    let lab = try PostfixLab(main: impatient + "default_transport = randmap:!smtp:\(sink.address)\n")
    let agent = try RunningAgent(
      beside: lab, ["--lookup-inline", "--metrics", "inet:\(metrics.host):\(metrics.port)"])
    let client = try RawClient(lab.queueDirectory + "/private/randmap-lookup")
    for number in 0..<2_000 {
      #expect(
        client.lookUp("!discard:\(number)\(String(repeating: "x", count: 1_500))", "a").hasPrefix("OK "))
    }
    // Four that fetch what they ask for, and some that do not.
    let lazy = try (0..<10).map { _ in try RawClient(metrics) }
    for scraper in lazy { scraper.send(Array("GET /metrics HTTP/1.1\r\n\r\n".utf8)) }
    let shown = try get("/report", from: metrics)
    #expect(shown.split(separator: "\n").count { $0.hasPrefix("member\t") } == 2_000)
    let curl = try ChildProcess(
      "bash",
      [
        "-c",
        """
        for i in 1 2 3 4; do (exec 3<>/dev/tcp/\(metrics.host)/\(metrics.port); printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3
          while cat <&3 > /dev/null; do exec 3<>/dev/tcp/\(metrics.host)/\(metrics.port)
            printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3; done) & done; wait
        """,
      ])
    let start = ContinuousClock.now
    try lab.send(30, to: "user@example.net")
    try lab.waitUntilDrained(limit: .seconds(30))
    let duration = ContinuousClock.now - start
    curl.signal(SIGKILL)
    #expect(sink.count == 30, "\(agent.log)")
    #expect(lab.deliveries.allSatisfy { $0.status == .sent && $0.delay < 10 }, "\(duration)")
    #expect(try agent.resources().memory < 200 << 20)
  }

  /// With 64 descriptors: idle clients are sent away, and deliveries that find none left wait and are tried again.
  @Test func deliveriesGetDescriptorsHoweverManyClientsAreIdle() throws {
    let (lookup, metrics) = (try LoopbackAddress.own(), try LoopbackAddress.own())
    let sinks = [try SmtpSink(), try SmtpSink()]
    let lab = try PostfixLab(
      main: impatient + """
        default_transport = randmap:!smtp:\(sinks[0].address)!smtp:\(sinks[1].address)
        randmap_destination_concurrency_limit = 40
        randmap_initial_destination_concurrency = 40
        default_process_limit = 40
        """)
    let agent = try agent(
      beside: lab, descriptors: 64,
      ["--lookup", "inet:\(lookup.host):\(lookup.port)", "--metrics", "inet:\(metrics.host):\(metrics.port)"])
    var idle: [RawClient] = []
    for _ in 0..<120 { idle.append(try RawClient(lookup)) }
    for _ in 0..<40 { idle.append(try RawClient(metrics)) }
    for _ in 0..<40 {
      idle.append(try RawClient(lab.queueDirectory + "/private/randmap-lookup"))
      idle.append(try RawClient(lab.queueDirectory + "/private/randmap-status"))
    }
    try lab.send(100, to: "user@example.net", sessions: 20)
    try lab.waitUntilDrained()
    #expect(sinks[0].count + sinks[1].count == 100, "\(agent.log)")
    #expect(lab.deliveries.allSatisfy { $0.status == .sent }, "\(lab.log.suffix(2_000))")
    // A new client gets its answer.
    #expect(try get("/metrics", from: metrics).contains("randmap_deliveries 0"))
    _ = idle
  }
}
