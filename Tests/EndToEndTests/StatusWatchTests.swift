// `--status` while it goes on: changes of the gateways and of the configuration, and what an end leaves behind.
import Foundation
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(10))) struct StatusWatchTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func configure(_ members: LoopbackAddress..., more: String = "") throws {
    let pool = members.map { "!smtp:\($0)" }.joined()
    // As an editor saves: beside, then renamed.
    try directory.write(
      "main.cf.new",
      """
      myhostname = relay.example
      queue_directory = \(directory.path)
      default_transport = randmap:\(pool)
      \(more)

      """)
    rename(directory.file("main.cf.new"), directory.file("main.cf"))
  }

  /// `--status --watch` on this configuration, and what it printed.
  private func watch() throws -> ChildProcess {
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    return try ChildProcess(
      randmapProgram(),
      ["--status", "--watch", "-c", directory.path, "-o", "interval=1d", "-o", "down_interval=1d"],
      environment: ["XDG_CONFIG_HOME": directory.path])
  }

  private func wait(for words: String, from process: ChildProcess) throws {
    func printed() -> String { String(decoding: process.standardOutputBytes, as: UTF8.self) }
    try waitUntil("\"\(words)\"", seen: printed() + process.standardError) { printed().contains(words) }
  }

  /// 300 probes and 900 more: what the first ones need stays, and nothing comes to it.
  @Test func itsMemoryStaysFlat() throws {
    let gateways = try (0..<100).map { number in
      try Greeter(
        greeting: Array("220 gw\(number).example\r\n".utf8), answer: Array("250 gw.example\r\n".utf8))
    }
    func probes() -> Int { gateways.reduce(0) { $0 + $1.connections } }
    let members = gateways.map { "!smtp:\($0.address)" }.joined()
    try directory.write(
      "main.cf",
      "myhostname = relay.example\nqueue_directory = \(directory.path)\ndefault_transport = randmap:\(members)\n"
    )
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    let process = try ChildProcess(
      randmapProgram(), ["--status", "--watch", "-c", directory.path, "-o", "interval=1s"],
      environment: ["XDG_CONFIG_HOME": directory.path])
    func memory() throws -> Int {
      let line = try readText("/proc/\(process.pid)/status").split(separator: "\n")
        .first { $0.hasPrefix("VmRSS:") }
      return try #require(line.flatMap { Int($0.filter(\.isNumber)) }) * 1_024
    }
    try waitUntil("300 probes", seen: process.standardError) { probes() >= 300 }
    let first = try memory()
    try waitUntil("1,200 probes", seen: process.standardError) { probes() >= 1_200 }
    let last = try memory()
    #expect(last < first + 3_000_000, "\(first) \(last)")
    process.signal(SIGINT)
    #expect(try process.wait().status == .exited(0))
  }

  @Test func followsEditsOfTheConfiguration() throws {
    let (first, second) = (try SmtpSink(), try SmtpSink())
    let dead = try LoopbackAddress.own()
    try configure(first.address)
    let process = try watch()
    try wait(for: "\(first.address) unknown -> up\n", from: process)
    try configure(first.address, second.address, dead)
    try wait(for: "the configuration changed: 3 gateways now\n", from: process)
    try wait(for: "\(second.address) unknown -> up\n", from: process)
    try wait(for: "\(dead) unknown -> DOWN: connection refused\n", from: process)
    try wait(for: "pool mail at risk 0.0% -> 33.3%\n", from: process)
    try configure(second.address)
    try wait(for: "the configuration changed: 1 gateway now\n", from: process)
    try wait(for: "pool mail at risk 33.3% -> 0.0%\n", from: process)
    // A setting of the probing in main.cf counts too: no gateway takes messages of this size.
    try configure(second.address, more: "message_size_limit = 0")
    try waitUntil("the fourth configuration", seen: process.standardError) {
      String(decoding: process.standardOutputBytes, as: UTF8.self)
        .components(separatedBy: "the configuration changed: 1 gateway now\n").count == 3
    }
    // What cannot be read is said once, and changes nothing.
    unlink(directory.file("main.cf"))
    try waitUntil("the complaint", seen: process.standardError) {
      process.standardError.contains("the configuration changed, and the one before stays in force: ")
    }
    try configure(first.address)
    try wait(for: "\(first.address) unknown -> up\n", from: process)
    process.signal(SIGINT)
    #expect(try process.wait().status == .exited(0))
    let complaints = process.standardError.split(separator: "\n")
    #expect(complaints.count == 1, "\(complaints)")
    // What stayed was not probed anew, and not reported anew.
    let lines = String(decoding: process.standardOutputBytes, as: UTF8.self).split(separator: "\n")
    #expect(lines.count { $0.hasSuffix("\(second.address) unknown -> up") } == 1)
  }

  /// A gateway that gets no mail makes no news, whatever becomes of it.
  @Test func saysNothingOfDrainedGateways() throws {
    let (alive, drained) = (try SmtpSink(), try LoopbackAddress.own())
    try configure(alive.address, more: "# randmap: drained smtp:\(drained) x2")
    let process = try watch()
    try wait(for: "\(alive.address) unknown -> up\n", from: process)
    let late = try SmtpSink()
    try configure(alive.address, late.address, more: "# randmap: drained smtp:\(drained) x2")
    try wait(for: "\(late.address) unknown -> up\n", from: process)
    process.signal(SIGTERM)
    #expect(try process.wait().status == .exited(0))
    #expect(!String(decoding: process.standardOutputBytes, as: UTF8.self).contains("\(drained)"))
  }

  @Test func followsAPoolFileToo() throws {
    let (first, second) = (try SmtpSink(), try SmtpSink())
    let file = try directory.write("outbound", "smtp:\(first.address)\n")
    try directory.write(
      "main.cf", "queue_directory = \(directory.path)\ndefault_transport = randmap:\(file)\n")
    let process = try watch()
    try wait(for: "\(first.address) unknown -> up\n", from: process)
    try directory.write("outbound", "smtp:\(first.address)\nsmtp:\(second.address)\n")
    try wait(for: "\(second.address) unknown -> up\n", from: process)
    process.signal(SIGTERM)
    #expect(try process.wait().status == .exited(0))
  }

  @Test func tellsProgramsOfEachChange() throws {
    let (first, second) = (try SmtpSink(), try SmtpSink())
    try configure(first.address, second.address)
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    let process = try ChildProcess(
      randmapProgram(),
      [
        "--status", "--watch", "--format", "json", "-c", directory.path, "-o", "interval=1s", "-o", "fall=1",
        "-o", "changing_interval=1s",
      ], environment: ["XDG_CONFIG_HOME": directory.path])
    /// The states in the last line, which must be a whole object like every other.
    func states() throws -> [String] {
      let lines = process.standardOutputBytes.split(separator: UInt8(ascii: "\n"))
      let objects = try lines.map { try JSONDecoder().decode(StatusAnswer.self, from: Data($0)) }
      return objects.last?.gateways.map(\.state) ?? []
    }
    try waitUntil("both to be up", seen: process.standardError) { (try? states()) == ["up", "up"] }
    try second.stop()
    try waitUntil("one to be down", seen: process.standardError) { (try? states()) == ["up", "down"] }
    process.signal(SIGTERM)
    #expect(try process.wait().status == .exited(0))
    #expect(try states() == ["up", "down"])
  }

  @Test func aDemonstrationThatIsKilledLeavesNothing() throws {
    for (signal, arguments) in [
      (SIGTERM, ["--status"]), (SIGINT, ["--status"]), (SIGTERM, ["--status", "--watch"]),
    ] {
      let process = try ChildProcess(
        randmapProgram(), arguments + ["--demo"],
        environment: ["TMPDIR": directory.path, "XDG_CONFIG_HOME": directory.path])
      try waitUntil("the sample", seen: process.standardError) {
        try namesIn(directory.path).contains { $0.hasPrefix("randmap-demo.") }
      }
      process.signal(signal)
      let finished = try process.wait()
      #expect(
        finished.status == (arguments.count == 1 ? .killed(signal: signal) : .exited(0)),
        "\(finished.summary)")
      #expect(try namesIn(directory.path).isEmpty)
    }
  }

  @Test func aLongRoundSaysHowFarItIs() throws {
    let silent = try Greeter(greeting: [])
    let sink = try SmtpSink()
    try configure(silent.address, sink.address)
    let session = try TerminalSession(
      [randmapProgram(), "--status", "-c", directory.path, "-o", "probe_time_limit=5s"],
      width: 120, environment: ["XDG_CONFIG_HOME": directory.path])
    try session.waitFor("probing: 1 of 2 gateways")
    let end = try session.waitFor("50.0% of pool mail at risk")
    #expect(!end.contains("probing:"), "\(end)")
    #expect(end.contains("timed out waiting for the greeting"), "\(end)")
    #expect(try session.waitForExit() == .exited(1))
  }
}
