// `randmap --status`, once and for as long as somebody looks, on real gateways.
import Foundation
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(10))) struct StatusCommandTests {
  private let directory: TemporaryDirectory
  private let first: SmtpSink
  private let second: SmtpSink

  init() throws {
    directory = try TemporaryDirectory()
    first = try SmtpSink()
    second = try SmtpSink()
    try directory.write(
      "main.cf",
      """
      myhostname = relay.example
      queue_directory = \(directory.path)
      default_transport = randmap:!smtp:\(first.address)!smtp:\(first.address)!smtp:\(second.address)

      """)
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
  }

  /// Runs the command on this configuration, with none of the person's settings.
  private func status(_ arguments: String...) throws -> FinishedProcess {
    try runRandmap(
      ["--status", "-c", directory.path] + arguments, environment: ["XDG_CONFIG_HOME": directory.path])
  }

  @Test func saysWhoIsAliveAndWhatThatMeans() throws {
    let good = try status()
    #expect(good.status == .exited(0), "\(good.summary)")
    let alive = good.standardOutput.split(separator: "\n").map { $0.split(separator: " ").prefix(3) }
    #expect(alive.contains(["+", "\(first.address)", "up"]), "\(good.standardOutput)")
    #expect(good.standardOutput.hasSuffix("2 up; 0.0% of pool mail at risk\n"))
    #expect(!good.standardOutput.contains("LIVE"))
    try second.stop()
    let bad = try status()
    #expect(bad.status == .exited(1))
    let line = try #require(
      bad.standardOutput.split(separator: "\n").first { $0.contains("\(second.address)") })
    #expect(line.split(separator: " ").prefix(6) == ["!", "\(second.address)", "DOWN", "-", "33.3%", "0.0%"])
    #expect(line.hasSuffix("connection refused"))
    #expect(bad.standardOutput.contains("33.3% of pool mail at risk"))
  }

  @Test func tellsProgramsTheSame() throws {
    try second.stop()
    let finished = try status("--format", "json")
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(finished.standardOutputBytes)) as? [String: Any])
    #expect(object["atRisk"] as? Double == 0.3333)
    let gateways = try #require(object["gateways"] as? [[String: Any]])
    #expect(gateways.map { $0["state"] as? String } == ["up", "down"])
    #expect(gateways.map { $0["liveShare"] as? Double } == [1, 0])
    let address = try #require((gateways[0]["addresses"] as? [[String: Any]])?.first)
    #expect(address["address"] as? String == first.address.host)
  }

  @Test func exportsToPrometheus() throws {
    try second.stop()
    let finished = try status("--format", "prometheus")
    let lines = finished.standardOutput.split(separator: "\n")
    #expect(lines.contains("randmap_gateway_state{gateway=\"\(first.address)\",state=\"up\"} 1"))
    #expect(lines.contains("randmap_gateway_state{gateway=\"\(second.address)\",state=\"down\"} 1"))
    #expect(lines.contains("randmap_at_risk_ratio 0.3333"))
    #expect(lines.contains("randmap_pool_at_risk_ratio{pool=\"default_transport\"} 0.3333"))
    // The exposition format: each metric is described once, before its samples, which stand together.
    let shape = try Regex("^[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\\})? [0-9.]+$")
    #expect(lines.filter { !$0.hasPrefix("#") }.allSatisfy { $0.wholeMatch(of: shape) != nil })
    let described = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
    var order: [Substring] = []
    for line in lines where !line.hasPrefix("#") {
      let name = line.prefix { $0 != "{" && $0 != " " }
      if order.last != name { order.append(name) }
    }
    #expect(order == described)
  }

  @Test func writesATextFileInOneStep() throws {
    let file = directory.file("randmap.prom")
    try writeFile(file, "old\n", mode: 0o600)
    let finished = try status("--textfile", file)
    #expect(finished.status == .exited(0), "\(finished.summary)")
    #expect(try readText(file).hasSuffix("randmap_at_risk_ratio 0.0\n"))
    #expect(try namesIn(directory.path) == ["main.cf", "master.cf", "randmap.prom"])
    let lost = try status("--textfile", directory.file("no/such/randmap.prom"))
    #expect(lost.status == .exited(2))
    #expect(lost.standardError.contains("No such file or directory"))
  }

  @Test func takesGatewaysByHand() throws {
    try second.stop()
    let call = ["--status", "smtp:\(first.address)", "\(second.address)"]
    for configuration in [directory.path, "/nonexistent"] {
      let finished = try runRandmap(
        call + ["--format", "nagios"],
        environment: ["MAIL_CONFIG": configuration, "XDG_CONFIG_HOME": directory.path])
      #expect(finished.status == .exited(1), "\(finished.summary)")
      #expect(
        finished.standardOutput.hasPrefix(
          "RANDMAP WARNING - \(second.address) DOWN: connection refused; 1 up, 1 DOWN | "))
    }
    let dead = try status("\(second.address)", "--format", "nagios")
    #expect(dead.status == .exited(2))
    let wrong = try status("smtp:[gw")
    #expect(wrong.status == .exited(2))
    #expect(
      wrong.standardError
        == "randmap: smtp:[gw: need a gateway such as smtp:[gw.example]:25 or [gw.example]:587\n")
  }

  @Test func readsSettingsFromAFileAndFromOptions() throws {
    try directory.makeDirectory("randmap")
    try directory.write("randmap/settings", "# mine\nprobe_time_limit = 5s\nrise = 0\n")
    let finished = try status()
    #expect(finished.status == .exited(2))
    #expect(
      finished.standardError == "randmap: \(directory.file("randmap/settings")):3: rise = 0: need 1 to 100\n")
    try directory.write("mine", "rise = 1\n")
    #expect(try status("--settings", directory.file("mine"), "-o", "interval=1m").status == .exited(0))
    #expect(try status("--settings", directory.file("mine"), "-o", "interval").status == .exited(2))
    #expect(try status("--settings", directory.file("none")).status == .exited(2))
  }

  @Test func saysWhereTwoNamesAreOneMachine() throws {
    try directory.write(
      "main.cf",
      """
      myhostname = relay.example
      queue_directory = \(directory.path)
      smtp_host_lookup = native
      default_transport = randmap:!smtp:[localhost]:9!smtp:[127.0.0.1]:9!smtp:[127.0.0.1]:10

      """)
    let finished = try status()
    #expect(
      finished.standardOutput.contains(
        "\ndefault_transport: [localhost]:9 and [127.0.0.1]:9 are one machine (127.0.0.1)\n"),
      "\(finished.summary)")
  }

  @Test func writesALineForEachChangeUntilItIsTold() throws {
    let process = try ChildProcess(
      randmapProgram(),
      [
        "--status", "--watch", "-c", directory.path, "-o", "interval=1s", "-o", "changing_interval=1s", "-o",
        "fall=1", "--textfile", directory.file("randmap.prom"),
      ], environment: ["XDG_CONFIG_HOME": directory.path])
    func printed() -> String { String(decoding: process.standardOutputBytes, as: UTF8.self) }
    func wait(for words: String) throws {
      try waitUntil("\"\(words)\"", seen: printed() + process.standardError) { printed().contains(words) }
    }
    try wait(for: "\(second.address) unknown -> up\n")
    try wait(for: "\(first.address) unknown -> up\n")
    try second.stop()
    try wait(for: "\(second.address) up -> DOWN: connection refused\n")
    try wait(for: "pool mail at risk 0.0% -> 33.3%\n")
    try waitUntil("the text file to tell") {
      (try? readText(directory.file("randmap.prom")))?.contains(
        "randmap_gateway_last_change_timestamp_seconds{gateway=\"\(second.address)\"} ") == true
    }
    process.signal(SIGTERM)
    #expect(try process.wait().status == .exited(0))
    #expect(process.standardError.isEmpty)
    #expect(printed().split(separator: "\n").count == 4)
  }

  @Test func redrawsInPlaceOnATerminal() throws {
    let session = try TerminalSession(
      [
        randmapProgram(), "--status", "--watch", "-c", directory.path, "-o", "interval=1s", "-o", "fall=2",
        "-o", "changing_interval=1s", "-o", "down_interval=1s",
      ], width: 100, height: 10, environment: ["XDG_CONFIG_HOME": directory.path])
    try session.waitFor("2 up; 0.0% of pool mail at risk")
    try second.stop()
    try session.waitFor("going down 1/2")
    let screen = try session.waitFor("33.3% of pool mail at risk")
    #expect(screen.split(separator: "\n").count { $0.contains("\(first.address)") } == 1, "\(screen)")
    #expect(screen.split(separator: "\n").allSatisfy { $0.count < 100 })
    try session.resize(width: 40, height: 4)
    try session.waitFor("... ")
    try session.press("C-c")
    #expect(try session.waitForExit() == .exited(0))
  }

  @Test func refusesFormatsThatNobodyCouldFollow() throws {
    let finished = try status("--watch", "--format", "prometheus")
    #expect(finished.status == .exited(2))
    #expect(finished.standardError.contains("need text or json; --textfile FILE"))
  }

  @Test func getsByWithFewDescriptors() throws {
    // One gateway on every address of the loopback network.
    let place = try LoopbackAddress.free(host: "0.0.0.0")
    let user = geteuid() == 0 ? ["-u", "root"] : []
    let sink = try ChildProcess(postfixTool("smtp-sink"), user + ["0.0.0.0:\(place.port)", "100"])
    try waitUntil("smtp-sink to listen", seen: sink.standardError) { place.isListening }
    let many = (1...120).map { "[127.9.0.\($0)]:\(place.port)" }.joined(separator: " ")
    // Of 80 descriptors 66 are gone already: more than the program keeps in reserve.
    let script = """
      ulimit -n 80
      for number in $(seq 10 75); do eval "exec $number</dev/null"; done
      exec \(try randmapProgram()) --status --format nagios \(many)
      """
    let finished = try run(
      "bash", ["-c", script],
      environment: ["XDG_CONFIG_HOME": directory.path, "MAIL_CONFIG": directory.path])
    #expect(finished.standardOutput.hasPrefix("RANDMAP OK - 120 up | "), "\(finished.summary)")
  }

  @Test func takesTheDescriptorsThatItMayHave() throws {
    let silent = try Greeter(greeting: [])
    let script = "ulimit -Sn 100; ulimit -Hn 3000; exec \(try randmapProgram()) --status \(silent.address)"
    let process = try ChildProcess(
      "bash", ["-c", script], environment: ["XDG_CONFIG_HOME": directory.path, "MAIL_CONFIG": directory.path])
    // The name, the soft limit, the hard one.
    func limits() -> [Substring] {
      let text = (try? readText("/proc/\(process.pid)/limits")) ?? ""
      let line = text.split(separator: "\n").first { $0.hasPrefix("Max open files") } ?? ""
      return line.split(separator: " ").dropFirst(3).prefix(2).map(\.self)
    }
    try waitUntil(
      "the soft limit to be as high as the hard one", seen: "\(limits()) \(process.standardError)"
    ) {
      limits() == ["3000", "3000"]
    }
    process.signal(SIGKILL)
    _ = try process.wait()
  }

  @Test func countsTheMailThatWaits() throws {
    let lab = try PostfixLab(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:\(first.address), smtp:\(second.address)}
        default_transport = smtp:\(first.address)
        """)
    try first.stop()
    try second.stop()
    for number in 1...3 { try lab.sendOne(to: ["\(number)@example.net"]) }
    try lab.waitUntilSettled()
    let finished = try runRandmap(
      ["--status", "-c", lab.configDirectory, "--format", "json"],
      environment: ["XDG_CONFIG_HOME": directory.path])
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(finished.standardOutputBytes)) as? [String: Any])
    #expect(object["waiting"] as? Int == 3)
    let gateways = try #require(object["gateways"] as? [[String: Any]])
    let counts = gateways.compactMap { $0["waiting"] as? Int }
    #expect(counts.count == 2 && counts.reduce(0, +) == 3, "\(finished.summary)")
    let text = try runRandmap(
      ["--status", "-c", lab.configDirectory], environment: ["XDG_CONFIG_HOME": directory.path])
    #expect(text.standardOutput.contains("QUEUED"))
    #expect(text.standardOutput.hasSuffix("; 3 messages in the queue\n"))
  }
}
