// The agent's life beside Postfix: rights, stops and starts of either, changes of the configuration, dead gateways.
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct LifeTests {
  @Test func ownsItsSocketAsPostfixDoesAndGivesUpTheSuperusersRights() throws {
    let lab = try PostfixLab()
    let agent = try RunningAgent(beside: lab)
    func attributes(_ name: String) throws -> [String] {
      try runSuccessfully("stat", ["-c", "%U %a %F", "\(lab.queueDirectory)/private/\(name)"])
        .split(separator: "\n").map(String.init)
    }
    #expect(try attributes("randmap") == attributes("smtp"))
    let status = try readText("/proc/\(agent.pid)/status")
    let user = try #require(getpwnam("postfix")).pointee.pw_uid
    #expect(status.contains("Uid:\t\(user)\t\(user)\t\(user)\t\(user)\n"), "\(status)")
    // A second one beside it is refused.
    let second = try runRandmap(["agent", "-c", lab.configDirectory])
    #expect(second.status == .exited(1))
    #expect(second.standardError.contains("another agent is listening there"))
    #expect(try agent.stop()?.status == .exited(0))
  }

  /// The log may be on a disk that is full, or be started anew: mail goes on.
  @Test func whatCannotBeLoggedIsLost() throws {
    let sink = try SmtpSink()
    let lab = try PostfixLab(main: "default_transport = randmap:!smtp:\(sink.address)")
    let command = "exec \"$0\" agent -c \"$1\" 2> /dev/full"
    let agent = try ChildProcess("bash", ["-c", command, randmapProgram(), lab.configDirectory])
    defer {
      agent.signal(SIGKILL)
      _ = try? agent.wait()
    }
    let socket = lab.queueDirectory + "/private/randmap"
    try waitUntil("the agent to listen") { access(socket, F_OK) == 0 }
    try lab.sendOne(to: ["a@example.net"])
    try lab.waitUntilDrained()
    #expect(sink.count == 1 && agent.status == nil)
  }

  /// In a directory of somebody else's nothing is done as the superuser: another file could be put in the socket's place.
  @Test func listensInTheSuperusersDirectoriesAndInItsOwn() throws {
    let lab = try PostfixLab()
    let rooms = try TemporaryDirectory()
    chmod(rooms.path, 0o755)
    let user = try #require(getpwnam("postfix")).pointee
    let (ours, theirs, strangers) = (
      try rooms.makeDirectory("ours"), try rooms.makeDirectory("theirs"), try rooms.makeDirectory("strangers")
    )
    chown(theirs, user.pw_uid, user.pw_gid)
    chown(strangers, 65534, 65534)
    let agent = try RunningAgent(
      beside: lab, ["--metrics", "unix:\(ours)/metrics", "--metrics", "unix:\(theirs)/metrics"])
    for directory in [ours, theirs] {
      let shown = try runSuccessfully("stat", ["-c", "%U %a %F", directory + "/metrics"])
      #expect(shown == "postfix 666 socket\n")
    }
    try agent.stop()
    let refused = try runRandmap([
      "agent", "-c", lab.configDirectory, "--metrics", "unix:\(strangers)/metrics",
    ])
    #expect(refused.status == .exited(1))
    #expect(refused.standardError.contains("bind \(strangers)/metrics"), "\(refused.summary)")
    #expect(refused.standardError.contains("Permission denied"))
  }

  /// Without its agent, or without a member, a pool delivers nothing, however alive the gateways are.
  @Test func whoWatchesHearsOfAnAgentThatIsGoneAndOfAnEmptyPool() throws {
    let sink = try SmtpSink()
    let lab = try PostfixLab(
      main: "default_transport = randmap:$config_directory/pool\n# randmap: agent",
      files: ["pool": "smtp:\(sink.address)\n"])
    func call(_ arguments: String...) throws -> FinishedProcess {
      try runRandmap(arguments + ["-c", lab.configDirectory])
    }
    func expectTrouble(_ words: String, _ rule: String) throws {
      let status = try call("--status")
      #expect(status.status == .exited(1) && status.standardOutput.contains("100.0% of pool mail at risk"))
      let nagios = try call("--status", "--format", "nagios")
      #expect(nagios.status == .exited(2) && nagios.standardOutput.contains(words), "\(nagios.summary)")
      let check = try call("--check")
      #expect(check.status == .exited(1) && check.standardOutput.contains(rule), "\(check.summary)")
    }
    let socket = lab.queueDirectory + "/private/randmap"
    try expectTrouble("CRITICAL - no agent answers at \(socket)", "RM123")
    let agent = try RunningAgent(beside: lab)
    #expect(try call("--status").status == .exited(0))
    #expect(try call("--check").status == .exited(0))
    try agent.kill()
    // The socket is still there.
    #expect(access(socket, F_OK) == 0)
    try expectTrouble("CRITICAL - no agent answers at \(socket)", "RM123")
    let text = try call("--status").standardOutput
    #expect(text.contains("agent: DOWN: no answer at \(socket)"), "\(text)")
    try agent.start()
    try writeFile(lab.configDirectory + "/pool", "# nobody\n")
    try expectTrouble("no live gateway in \(lab.configDirectory)/pool", "RM105")
  }

  /// What probes go by is part of the configuration, and a mode is no part of a file's contents.
  @Test func seesWhatOnlyProbesGoByAndAModeThatWasChanged() throws {
    let sink = try SmtpSink()
    let main = "default_transport = randmap:$config_directory/pool\n"
    let lab = try PostfixLab(main: impatient + main, files: ["pool": "smtp:\(sink.address)\n"])
    chmod(lab.configDirectory + "/pool", 0o600)
    let agent = try RunningAgent(beside: lab)
    try lab.sendOne(to: ["a@example.net"])
    try agent.waitUntilItSays("Permission denied")
    func check() throws -> FinishedProcess { try runRandmap(["--check", "-c", lab.configDirectory]) }
    #expect(
      try check().standardOutput.contains("/pool:1:1: error: postfix, the user of the agent, cannot read"))
    chmod(lab.configDirectory + "/pool", 0o640)
    chown(lab.configDirectory + "/pool", 0, try #require(getpwnam("postfix")).pointee.pw_gid)
    #expect(try check().status == .exited(0))
    chmod(lab.configDirectory + "/pool", 0o644)
    try waitUntil("the mail to leave", seen: agent.log) { () throws(TestFailure) -> Bool in
      try lab.flush()
      return sink.count == 1
    }
    try lab.configure(main: impatient + main + "inet_protocols = ipv6\n")
    try agent.waitUntilItSays("inet_protocols = ipv6 excludes it")
  }

  @Test func survivesAStaleSocketAndStopsStartsAndReloadsOfPostfix() throws {
    let sink = try SmtpSink()
    let lab = try PostfixLab(main: impatient + "default_transport = randmap:!smtp:\(sink.address)")
    let agent = try RunningAgent(beside: lab)
    try lab.sendOne(to: ["a@example.net"])
    try lab.waitUntilDrained()
    try agent.kill()
    try agent.start()
    try lab.sendOne(to: ["b@example.net"])
    try lab.waitUntilDrained()
    try lab.stop()
    try lab.start()
    try lab.sendOne(to: ["c@example.net"])
    try lab.waitUntilDrained()
    lab.reload()
    try lab.sendOne(to: ["d@example.net"])
    try lab.waitUntilDrained()
    // The agent first, then Postfix.
    try lab.stop()
    try agent.stop()
    try agent.start()
    try lab.start()
    try lab.sendOne(to: ["e@example.net"])
    try lab.waitUntilDrained()
    #expect(sink.count == 5, "\(agent.log)\n\(lab.log)")
  }

  @Test func goesByAChangedConfigurationAndKeepsAGoodOne() throws {
    let sinks = [try SmtpSink(), try SmtpSink()]
    let main = "default_transport = randmap:out_pool\n"
    let lab = try PostfixLab(main: main + "out_pool = !smtp:\(sinks[0].address)")
    let agent = try RunningAgent(beside: lab)
    try lab.sendOne(to: ["a@example.net"])
    try lab.waitUntilDrained()
    #expect(sinks[0].count == 1)
    try lab.configure(main: main + "out_pool = !smtp:\(sinks[1].address)")
    try agent.waitUntilItSays("using the new one")
    try lab.sendOne(to: ["b@example.net"])
    try lab.waitUntilDrained()
    #expect(sinks[1].count == 1)
    let master = try readText(lab.configDirectory + "/master.cf")
    unlink(lab.configDirectory + "/master.cf")
    try agent.waitUntilItSays("going on with what it was before")
    try lab.sendOne(to: ["c@example.net"])
    try lab.waitUntilDrained()
    #expect(sinks[1].count == 2)
    try writeFile(lab.configDirectory + "/master.cf", master)
  }

  @Test func noDeliveryWaitsForAGatewayThatIsKnownToSwallowPackets() throws {
    let sinks = [try SmtpSink(), try SmtpSink()]
    let hole = try BlackHole()
    let lab = try PostfixLab(
      main: """
        default_transport = randmap:!smtp:\(sinks[0].address)!smtp:\(hole.address)!smtp:\(sinks[1].address)
        smtp_connect_timeout = 4s
        """)
    let agent = try RunningAgent(beside: lab)
    // It is not known yet: some wait, none is deferred. Before 3.5 there are no lists, and those are deferred.
    let early = lab.hasNextHopLists ? 20 : 0
    if early > 0 { try lab.send(early, to: "user@example.net") }
    try lab.waitUntilDrained()
    #expect(sinks[0].count + sinks[1].count == early)
    try agent.waitUntilItSays("gateway \(hole.address) is DOWN: timed out while connecting")
    let start = ContinuousClock.now
    try lab.send(200, to: "user@example.com")
    try lab.waitUntilDrained()
    let duration = ContinuousClock.now - start
    #expect(sinks[0].count + sinks[1].count == early + 200)
    let later = lab.log.split(separator: "\n").filter { $0.contains("@example.com>") }
    #expect(!later.contains { $0.contains("timed out") })
    #expect(lab.deliveries.allSatisfy { $0.status == .sent })
    // One wait for the hole would be longer than that.
    #expect(duration < .seconds(30), "\(duration)")
  }
}
