// `--notify`: a command hears once of each change of a gateway's state, and cannot hold anything up.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct NotifyTests {
  private let place: TemporaryDirectory

  init() throws { place = try TemporaryDirectory() }

  private var told: String { (try? readText(place.file("told"))) ?? "" }

  /// Appends one line for each call.
  private var command: String {
    "echo \"$RANDMAP_EVENT|$RANDMAP_GATEWAY|$RANDMAP_BEFORE|$RANDMAP_STATE|$RANDMAP_REASON|$RANDMAP_AT_RISK|$RANDMAP_TIME\" >> \(place.file("told"))"
  }

  private func watch(_ gateways: [LoopbackAddress], notify: String) throws -> ChildProcess {
    try place.write(
      "main.cf",
      "queue_directory = \(place.path)\n# randmap: agent\ndefault_transport = randmap:\(gateways.map { "!smtp:\($0)" }.joined())\n"
    )
    try place.write("master.cf", "smtp unix - - n - - smtp\n")
    return try ChildProcess(
      randmapProgram(),
      [
        "--status", "--watch", "--notify", notify, "-c", place.path, "-o", "interval=1s", "-o",
        "down_interval=1s",
      ], environment: ["XDG_CONFIG_HOME": place.path])
  }

  @Test func aWatchTellsOnceOfEachChange() throws {
    let (alive, mortal) = (try SmtpSink(), try SmtpSink())
    let process = try watch([alive.address, mortal.address], notify: command)
    try waitUntil("both to be up", seen: process.standardError) {
      String(decoding: process.standardOutputBytes, as: UTF8.self).components(separatedBy: "-> up").count == 3
    }
    #expect(told.isEmpty, "that a gateway is up at first is no news")
    try mortal.stop()
    try waitUntil("the first call", seen: told + process.standardError) { told.hasSuffix("\n") }
    let fields = told.dropLast().split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    #expect(
      Array(fields.prefix(6)) == ["gateway", "\(mortal.address)", "up", "down", "connection refused", "0.0"])
    #expect(fields.last?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
    try mortal.start()
    try waitUntil("the second call", seen: told + process.standardError) { told.contains("|down|up||0.0|") }
    #expect(told.split(separator: "\n").count == 2, "\(told)")
    process.signal(SIGTERM)
    try process.wait()
  }

  @Test func whatAGatewaySaysReachesTheCommandCleaned() throws {
    let hostile = Array("554 \u{1B}[2J\u{202E}$(touch \(place.file("owned"))) `id`\u{7} x\r\n".utf8)
    let greeter = try Greeter(greeting: hostile)
    let process = try watch([greeter.address], notify: command)
    try waitUntil("a call", seen: told + process.standardError) { told.hasSuffix("\n") }
    #expect(told.contains("|unknown|refused|"), "\(told)")
    // It is the only one: all mail is at risk.
    #expect(told.contains("|1.0|"), "\(told)")
    #expect(told.contains("$(touch ") && told.split(separator: "\n").count == 1)
    #expect(!told.dropLast().unicodeScalars.contains { $0.value < 32 || $0.value == 0x202E })
    #expect(access(place.file("owned"), F_OK) != 0)
    process.signal(SIGTERM)
    try process.wait()
  }

  @Test func aCommandThatHangsHoldsUpNeitherTheWatchNorItsEnd() throws {
    let (alive, mortal) = (try SmtpSink(), try SmtpSink())
    let process = try watch([alive.address, mortal.address], notify: "sleep 1000")
    func printed(_ words: String) throws {
      try waitUntil(words, seen: process.standardError) {
        String(decoding: process.standardOutputBytes, as: UTF8.self).contains(words)
      }
    }
    try printed("\(mortal.address) unknown -> up")
    try mortal.stop()
    try printed("\(mortal.address) up -> DOWN")
    try mortal.start()
    try printed("\(mortal.address) DOWN -> up")
    process.signal(SIGTERM)
    #expect(try process.wait().status == .exited(0))
  }

  @Test func withoutAWatchThereIsNothingToTell() throws {
    let refused = try runRandmap(["--status", "--notify", "true", "-c", place.path])
    #expect(refused.status == .exited(2))
    #expect(refused.standardError.contains("need --watch"))
  }
}
