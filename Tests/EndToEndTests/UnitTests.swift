// The units of systemd(1): systemd's own tools find no fault in them, and what they call does what they are for.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct UnitTests {
  private static let directory = sampleDirectory("") + "/../packaging/systemd"
  private static let units = ((try? namesIn(directory)) ?? []).filter { $0.hasPrefix("randmap-") }.sorted()

  /// The calls of a service.
  private func calls(_ unit: String) throws -> [[String]] {
    try readText("\(Self.directory)/\(unit)").split(separator: "\n")
      .filter { $0.hasPrefix("ExecStart=") }.map {
        $0.dropFirst("ExecStart=".count).split(separator: " ").map(String.init)
      }
  }

  @Test func noUnitHasAFault() throws {
    try #require(Self.units.count == 6)
    let place = try TemporaryDirectory()
    for unit in Self.units {
      // The program is where the tests have it.
      let text = try readText("\(Self.directory)/\(unit)").replacing(
        "/usr/bin/randmap", with: try randmapProgram())
      try writeFile(place.file(unit), text)
    }
    let found = try run("systemd-analyze", ["verify", "--man=no"] + Self.units.map { place.file($0) })
    #expect(found.status == .exited(0), "\(found.summary)")
    // Words about units of this machine are not about ours.
    let own = found.standardError.split(separator: "\n").filter { $0.contains("randmap") }
    #expect(own.isEmpty, "\(own)")
  }

  @Test(arguments: [("agent", 20), ("tick", 30), ("report", 30)])
  func aServiceMayDoLittle(name: String, limit: Int) throws {
    let judged = try run(
      "systemd-analyze",
      [
        "security", "--offline=true", "--no-pager", "--threshold=\(limit)",
        "\(Self.directory)/randmap-\(name).service",
      ])
    #expect(judged.status == .exited(0), "\(judged.standardOutput.suffix(200)) \(judged.standardError)")
  }

  @Test func noTimerIsWithoutItsServiceAndNoServiceCallsWhatIsNotThere() throws {
    for timer in Self.units where timer.hasSuffix(".timer") {
      #expect(Self.units.contains(timer.replacing(".timer", with: ".service")))
      #expect(try readText("\(Self.directory)/\(timer)").contains("WantedBy=timers.target"))
    }
    for service in Self.units where service.hasSuffix(".service") {
      for call in try calls(service) {
        #expect(call.first == "/usr/bin/randmap")
        let help = try runRandmap(["help"] + call.dropFirst().prefix(1))
        #expect(help.status == .exited(0))
        for option in call where option.hasPrefix("--") {
          #expect(help.standardOutput.contains(option), "\(service): \(option)")
        }
      }
    }
  }

  /// What they print may be lines of main.cf with passwords; what they say is for the journal.
  @Test(arguments: ["tick", "report"]) func theJournalGetsWhatIsSaidAndNotWhatIsPrinted(name: String) throws {
    let lines = try readText("\(Self.directory)/randmap-\(name).service").split(separator: "\n")
    #expect(lines.contains("StandardOutput=null") && lines.contains("StandardError=journal"))
    #expect(!lines.contains { $0.hasPrefix("SuccessExitStatus") })
  }

  @Test func whatTheTimersCallDoesItsWork() throws {
    let place = try TemporaryDirectory()
    let etc = try place.makeDirectory("etc")
    try writeFile(
      etc + "/main.cf",
      "# randmap: agent\nmaillog_file = \(place.file("log"))\nrelay_transport = randmap:!smtp:[127.0.0.2]\n"
        + "# randmap: drained smtp:[127.0.0.3] x1 until=2020-01-01T00:00Z\n")
    try writeFile(place.file("log"), "")
    func here(_ service: String) throws -> [String] {
      try #require(try calls(service).first).dropFirst().map { word in
        word.replacing("/etc/postfix", with: etc).replacing("/var/lib/randmap-report", with: place.path)
      }
    }
    let tick = try runRandmap(try here("randmap-tick.service").filter { $0 != "--reload" })
    #expect(tick.status == .exited(0), "\(tick.summary)")
    #expect(try readText(etc + "/main.cf").contains("randmap:!smtp:[127.0.0.2]!smtp:[127.0.0.3]\n"))
    let report = try runRandmap(try here("randmap-report.service"))
    #expect(report.status == .exited(0), "\(report.summary)")
    try runSuccessfully("rm", [place.file("log")])
    let blind = try runRandmap(try here("randmap-report.service"))
    #expect(blind.status == .exited(1) && blind.standardError.contains(place.file("log")), "\(blind.summary)")
    #expect(try readText(place.file("randmap-report.prom")).contains("# TYPE randmap_"))
  }
}
