// `randmap ramp` on a pool in a database, with a stock Postfix that delivers by it: no reload, no agent, no tick.

import Foundation
import Glibc
import Store
import TestSupport
import TestTraits
import Testing

extension DatabaseScene {
  /// Moves all times of plans into the past: the test turns the clock so.
  fileprivate func pass(days: Int) throws {
    try run(
      "UPDATE member SET ramp_start = ramp_start - \(days * 86_400), ramp_end = ramp_end - \(days * 86_400),"
        + " ramp_paused = ramp_paused - \(days * 86_400), ramp_resumed = ramp_resumed - \(days * 86_400)"
        + " WHERE ramp_to IS NOT NULL")
  }

  /// The row of the third gateway, in words.
  fileprivate func row() throws -> String {
    let name = "\(gateways[2].address)"
    return try PoolDatabase.read(database).members.first { $0.nextHop == name }.map {
      StoredRow.member($0).line
    } ?? ""
  }

  /// Deliveries by the third gateway in the mail log, a minute ago.
  fileprivate func log(sent: Int, deferred: Int) throws {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "UTC")
    formatter.dateFormat = "yyyy-MM-dd'T'HH:mm:ss"
    let stamp = formatter.string(from: Date() - 1) + "+00:00"
    let (host, port) = (gateways[2].address.host, gateways[2].address.port)
    var lines = ""
    for number in 0..<sent + deferred {
      let status =
        number < sent ? "sent (250 2.0.0 Ok)" : "deferred (host \(host)[\(host)] said: 421 4.7.0 slow down)"
      lines +=
        "\(stamp) mx postfix/smtp[1]: 4ABCDE\(number): to=<u@example.com>, relay=\(host)[\(host)]:\(port), delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=\(status)\n"
    }
    try writeFile(lab.logFile, lab.log + lines)
  }
}

@Suite(.waits) struct DatabaseRampTests {
  @Test func mailFollowsAPlanWithoutAnyProgram() throws {
    let scene = try DatabaseScene([1, 1, 1])
    let gateway = "\(scene.gateways[2].address)"
    let planned = try scene.randmap([
      "ramp", gateway, "--from", "10%", "--to", "70%", "--over", "10d", "--write", "--force",
    ])
    #expect(planned.standardOutput.contains(" weight 1 ramp from 0.1 start "), "\(planned.summary)")
    #expect(planned.standardError.split(separator: "\n").count { $0.contains("█") || $0.contains("#") } == 11)
    #expect(planned.standardError.contains("its share moves by itself, but nothing pauses it at --stop-at"))
    #expect(!planned.standardError.contains("reload"))
    let early = try scene.deliver(300)
    #expect(isNear(early[2], 0.1, of: 300) && isNear(early[0], 0.45, of: 300), "\(early)")

    try scene.pass(days: 5)
    #expect(try scene.randmap(["pools"]).standardOutput.contains("40.0%"))
    // First in two orders of six.
    let route = try scene.randmap(["route", "u@half.elsewhere.example"]).standardOutput
    #expect(route.contains("20.0%") && route.contains("17.1%"), "\(route)")
    let half = try scene.deliver(500)
    #expect(isNear(half[2], 0.4, of: 500) && isNear(half[0], 0.3, of: 500), "\(half)")
    #expect(try scene.randmap(["tick"]).standardOutput.isEmpty)
    // The step of now began before both rounds of mail.
    let table = try scene.randmap(["ramp", gateway]).standardOutput.split(separator: "\n")
    let real = table.filter { $0.contains("REAL ") }
    #expect(real.count == 1 && real[0].hasPrefix("  >") && real[0].hasSuffix("% of 800 messages"), "\(table)")

    // It stays where it is for as long as it is paused.
    try scene.randmap(["ramp", gateway, "--pause", "--why", "too many complaints", "--write"])
    try scene.pass(days: 3)
    #expect(try scene.row().contains(" because \"too many complaints\""))
    #expect(
      try scene.randmap(["ramp"]).standardOutput.contains("10% to 70% over 10d, 40% now, paused since "))
    #expect(isNear(scene.firsts(2, in: try scene.draw(1_000)), 0.4, of: 1_000))
    try scene.randmap(["ramp", gateway, "--resume", "--write"])
    #expect(try !scene.row().contains(" paused "))
    #expect(try scene.randmap(["log"]).standardOutput.contains("ramp"))
    try scene.randmap(["undo"])
    #expect(try scene.row().contains(" paused "))
    try scene.randmap(["ramp", gateway, "--resume", "--write"])

    // The end of it, and what is left then.
    try scene.pass(days: 20)
    let late = try scene.deliver(300)
    #expect(isNear(late[2], 0.7, of: 300), "\(late)")
    let over = try scene.randmap(["tick"])
    #expect(over.standardError.contains("is over: 70.0%"), "\(over.summary)")
    #expect(try !scene.row().contains(" ramp "))
    #expect(isNear(scene.firsts(2, in: try scene.draw(1_000)), 0.7, of: 1_000))
    #expect(scene.deferred == 0)
    #expect(scene.badLines == [])
  }

  @Test func aTickHoldsAPlanToALimitADay() throws {
    let scene = try DatabaseScene([1, 1, 1])
    let gateway = "\(scene.gateways[2].address)"
    let planned = try scene.randmap([
      "ramp", gateway, "--from", "10%", "--to", "70%", "--over", "10d", "--max", "100/day", "--write",
      "--force",
    ])
    #expect(planned.standardError.contains("nothing holds it to --max, or pauses it at --stop-at"))
    try scene.pass(days: 5)
    try scene.log(sent: 1_000, deferred: 0)
    let held = try scene.randmap(["tick"])
    #expect(held.standardError.contains("gets 10.0% now"), "\(held.summary)")
    #expect(held.standardError.contains("held back by 100 messages a day"))
    #expect(isNear(scene.firsts(2, in: try scene.draw(1_000)), 0.1, of: 1_000))
    #expect(try scene.randmap(["tick"]).standardOutput.isEmpty)
    try scene.randmap(["ramp", gateway, "--cancel", "--write", "--force"])
    #expect(isNear(scene.firsts(2, in: try scene.draw(1_000)), 0.1, of: 1_000))
    #expect(try !scene.row().contains(" ramp "))
  }

  @Test func aTickPausesAPlanWhereTheGatewayDefers() throws {
    let scene = try DatabaseScene([1, 1, 1])
    try scene.randmap([
      "ramp", "\(scene.gateways[2].address)", "--from", "10%", "--to", "70%", "--over", "10d", "--write",
      "--force",
    ])
    try scene.pass(days: 5)
    try scene.log(sent: 60, deferred: 40)
    let tick = try scene.randmap(["tick"])
    #expect(tick.standardError.contains("is paused at 40.0%: "), "\(tick.summary)")
    #expect(tick.standardError.contains("defers 40% of 100 messages, most of them: "))
    #expect(try scene.row().contains(" because \""))
    try scene.pass(days: 5)
    #expect(isNear(scene.firsts(2, in: try scene.draw(1_000)), 0.4, of: 1_000))
    #expect(try scene.randmap(["tick"]).standardOutput.isEmpty)
  }
}
