// --status against real mail servers: Postfix's own smtpd(8), and smtp-sink(1) that is killed, busy or unwilling.
import FoundationEssentials
import TestSupport
import TestTraits
import Testing

/// The JSON form of --status.
struct StatusAnswer: Decodable {
  struct Gateway: Decodable {
    let gateway, state, reason: String
    let latency: Double?
    let share: Double
    let addresses: [Address]
  }
  struct Address: Decodable {
    let address: String
    let port: Int
    let state, reason: String
    let latency: Double?
  }
  let gateways: [Gateway]
  let atRisk: Double

  subscript(_ address: LoopbackAddress) -> Gateway? { gateways.first { $0.gateway == "\(address)" } }
}

private func status(of directory: TemporaryDirectory) throws -> (StatusAnswer, TestSupport.ExitStatus) {
  let finished = try runRandmap(["--status", "--format", "json", "-c", directory.path])
  #expect(finished.standardError == "")
  let answer = try JSONDecoder().decode(StatusAnswer.self, from: Data(finished.standardOutputBytes))
  return (answer, finished.status)
}

/// A configuration with one pool of `gateways`, in the notation of stock Postfix.
private func configuration(_ gateways: [LoopbackAddress]) throws -> TemporaryDirectory {
  let directory = try TemporaryDirectory()
  let members = gateways.map { "smtp:\($0)" }.joined(separator: ", ")
  try directory.write("main.cf", "sender_dependent_default_transport_maps = randmap:{\(members)}\n")
  return directory
}

@Suite(.waits) struct StatusTests {
  @Test func isUpWhileAllAnswerAndDownAtOnceWhenOneIsKilled() throws {
    let lab = try PostfixLab()
    let sink = try SmtpSink()
    let directory = try configuration([lab.address, sink.address, sink.address])

    let (before, fine) = try status(of: directory)
    #expect(fine == .exited(0))
    #expect(before.atRisk == 0)
    let real = try #require(before[lab.address])
    #expect(real.state == "up" && real.reason == "")
    #expect(abs(real.share - 1.0 / 3) < 0.001)
    #expect(try #require(real.latency) > 0)
    let address = try #require(real.addresses.first)
    #expect((address.address, address.port) == (lab.address.host, lab.address.port))
    #expect(address.state == "up")
    #expect(before[sink.address]?.state == "up")

    try sink.stop()
    let (after, trouble) = try status(of: directory)
    #expect(trouble == .exited(1))
    #expect(after[lab.address]?.state == "up")
    #expect(after[sink.address]?.state == "down")
    #expect(after[sink.address]?.reason == "connection refused")
    #expect(after[sink.address]?.latency == nil)
    #expect(abs(after.atRisk - 2.0 / 3) < 0.001)

    try sink.start()
    #expect(try status(of: directory).1 == .exited(0))
  }

  @Test func leavesNoComplaintInTheLogOfTheServer() throws {
    let lab = try PostfixLab()
    let directory = try configuration([lab.address])
    #expect(try status(of: directory).1 == .exited(0))
    try waitUntil("the end of the probe in the log", seen: lab.log) {
      lab.log.contains("disconnect from")
    }
    let disconnect = lab.log.split(separator: "\n").first { $0.contains("disconnect from") }
    #expect(disconnect?.contains("ehlo=1 quit=1 commands=2") == true, "\(lab.log)")
    #expect(!lab.log.contains("lost connection") && !lab.log.contains("improper command"))
  }

  @Test func tellsUnwillingFromBusyFromDead() throws {
    let unwilling = try SmtpSink(options: ["-f", "connect"])
    let busy = try SmtpSink(options: ["-r", "connect"])
    let dead = try LoopbackAddress.own()
    let directory = try configuration([unwilling.address, busy.address, dead])
    let (answer, ended) = try status(of: directory)
    #expect(ended == .exited(1))
    #expect(answer[unwilling.address]?.state == "refused")
    #expect(answer[unwilling.address]?.reason.hasPrefix("refuses us: 5") == true)
    #expect(answer[busy.address]?.state == "degraded")
    #expect(answer[busy.address]?.reason.hasPrefix("greets with 4") == true)
    #expect(answer[dead]?.state == "down")
    #expect(abs(answer.atRisk - 2.0 / 3) < 0.001)
  }

  @Test func comparesSizesWithWhatMainCfLetsIn() throws {
    let lab = try PostfixLab(main: "message_size_limit = 50000")
    let directory = try configuration([lab.address])
    let (small, _) = try status(of: directory)
    #expect(small[lab.address]?.state == "degraded")
    #expect(
      small[lab.address]?.reason == "takes at most 50000 bytes a message, message_size_limit is 10240000")
    let main = try readText(directory.file("main.cf"))
    try directory.write("main.cf", main + "message_size_limit = 50000\n")
    #expect(try status(of: directory).0[lab.address]?.state == "up")
  }

  @Test func aSafetyNetTakesTheRisk() throws {
    let sink = try SmtpSink()
    let directory = try configuration([sink.address, LoopbackAddress.own()])
    let main = try readText(directory.file("main.cf"))
    try directory.write("main.cf", main + "smtp_fallback_relay = \(sink.address)\n")
    let (answer, ended) = try status(of: directory)
    #expect(answer.atRisk == 0)
    #expect(ended == .exited(1))
  }

  @Test func speaksToNagiosInItsOwnStatuses() throws {
    let first = try SmtpSink()
    let second = try SmtpSink()
    let third = try SmtpSink()
    let directory = try configuration([first.address, second.address, third.address])
    let call = ["--status", "--format", "nagios", "-c", directory.path]

    let fine = try runRandmap(call)
    #expect(fine.status == .exited(0))
    #expect(fine.standardOutput.hasPrefix("RANDMAP OK - 3 up; 0.0% of pool mail at risk | at_risk=0"))
    #expect(fine.standardOutput.split(separator: "\n").count == 1)
    try first.stop()
    let warning = try runRandmap(call)
    #expect(warning.status == .exited(1))
    #expect(warning.standardOutput.hasPrefix("RANDMAP WARNING - "))
    #expect(try runRandmap(call + ["--critical", "0.3"]).status == .exited(2))
    try second.stop()
    try third.stop()
    let critical = try runRandmap(call)
    #expect(critical.status == .exited(2))
    #expect(critical.standardOutput.hasPrefix("RANDMAP CRITICAL - no live gateway in sender_dependent"))

    let nothing = try TemporaryDirectory()
    try nothing.write("main.cf", "")
    for (arguments, reason) in [
      (["-c", nothing.path], "no gateways"),
      (["-c", nothing.file("none")], "open \(nothing.file("none"))/main.cf"),
      (["-c", directory.path, "-o", "interval=never"], "interval"), (["--nosuch"], "Error: Unknown option"),
      (["-c", directory.path, "--critical", "2"], "--critical"), (["smtp:[a"], "smtp:[a"),
    ] {
      let unknown = try runRandmap(["--status", "--format", "nagios"] + arguments)
      #expect(unknown.status == .exited(3), "\(unknown.summary)")
      #expect(unknown.standardOutput.hasPrefix("RANDMAP UNKNOWN - "), "\(unknown.summary)")
      #expect(unknown.standardOutput.contains(reason), "\(unknown.summary)")
      #expect(unknown.standardOutput.split(separator: "\n").count == 1)
    }
  }

  /// The keys of docs/scripts.md are there, though there is nothing to say.
  @Test func keysWithoutAValueAreNull() throws {
    let directory = try configuration([try LoopbackAddress.own()])
    let text = try runRandmap(["--status", "--format", "json", "-c", directory.path]).standardOutput
    #expect(text.components(separatedBy: "\"latency\" : null").count == 3, "\(text)")
    let route = try runRandmap(["route", "--format", "json", "u@d.example", "-c", sampleDirectory("inbound")])
      .standardOutput
    #expect(route.contains("\"file\" : null") && route.contains("\"line\" : null"), "\(route)")
  }
}
