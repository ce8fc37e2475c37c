// `randmap ramp` and `tick`: the plan, its picture, what pauses it and what bounds it.

import Foundation
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct RampCommandTests {
  private struct Place {
    let directory: TemporaryDirectory
    let etc: String

    init(_ main: String = "") throws {
      directory = try TemporaryDirectory()
      etc = try directory.makeDirectory("etc")
      try writeFile(
        etc + "/main.cf",
        "# randmap: agent\nmaillog_file = \(directory.file("log"))\nrelay_transport = randmap:!smtp:[127.0.0.2]!smtp:[127.0.0.3]\n"
          + main)
      try writeFile(directory.file("log"), "")
    }

    func randmap(_ arguments: String...) throws -> FinishedProcess {
      try runRandmap(
        arguments + ["-c", etc, "--postfix-version", "3.7"],
        environment: ["XDG_STATE_HOME": directory.path, "TZ": "UTC"])
    }

    func mainCf() throws -> String { try readText(etc + "/main.cf") }

    /// Sets the beginning of the plan back: the test turns the clock so.
    func started(_ span: Int) throws {
      let text = try mainCf()
      let now = Int(Date().timeIntervalSince1970) - span
      let stamp = ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: Double(now)))
      try writeFile(etc + "/main.cf", text.replacing(/start=[^ ]+/, with: "start=\(stamp)"))
    }

    /// Deliveries by one gateway, a minute ago.
    func log(_ host: String, sent: Int, deferred: Int) throws {
      let formatter = DateFormatter()
      formatter.locale = Locale(identifier: "en_US_POSIX")
      formatter.timeZone = TimeZone(identifier: "UTC")
      formatter.dateFormat = "yyyy-MM-dd'T'HH:mm:ss"
      let stamp = formatter.string(from: Date() - 60) + "+00:00"
      var lines = try readText(directory.file("log"))
      for number in 0..<sent + deferred {
        let status =
          number < sent ? "sent (250 2.0.0 Ok)" : "deferred (host \(host)[\(host)] said: 421 4.7.0 slow down)"
        lines +=
          "\(stamp) mx postfix/smtp[1]: \(host.filter(\.isNumber))A\(number): to=<u@example.com>, relay=\(host)[\(host)]:25, delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=\(status)\n"
      }
      try writeFile(directory.file("log"), lines)
    }
  }

  @Test func aPlanIsShownBeforeItIsWrittenAndWhileItLasts() throws {
    let place = try Place()
    let planned = try place.randmap(
      "ramp", "smtp:[127.0.0.4]", "--pool", "relay_transport", "--to", "25%", "--over", "4w", "--write")
    #expect(planned.status == .exited(0), "\(planned.summary)")
    // The first days and the last ones, with what is between them as one line.
    let picture = planned.standardError.split(separator: "\n").filter {
      $0.contains("█") || $0.contains("▏") || $0.contains("▎") || $0.contains("▍")
    }
    #expect(picture.count == 5, "\(planned.standardError)")
    #expect(planned.standardError.contains("... 24 more days\n"), "\(planned.standardError)")
    #expect(planned.standardError.contains("nothing will move its share by itself"))
    #expect(try place.mainCf().contains("# randmap: ramp smtp:[127.0.0.4] from=1% to=25% start="))
    #expect(try place.randmap("ramp").standardOutput.contains("1% to 25% over 4w, 1% now, until "))
    #expect(try place.randmap("pools").standardOutput.contains("ramp: 1% to 25% over 4w"))
    struct Plans: Decodable {
      struct Plan: Decodable {
        struct Terms: Decodable {
          let from, to, share: Double
          let paused, next: String?
        }
        struct Step: Decodable {
          let time: String
          let share: Double
        }
        let pool, member: String
        let ramp: Terms
        let steps: [Step]
      }
      let ramps: [Plan]
    }
    let json = try place.randmap("ramp", "--format", "json").standardOutput
    let plan = try #require(try JSONDecoder().decode(Plans.self, from: Data(json.utf8)).ramps.first)
    #expect(plan.member == "smtp:[127.0.0.4]" && plan.ramp.to == 0.25 && plan.ramp.next != nil)
    #expect(plan.steps.count == 29 && plan.steps.last?.share == 0.25)
    #expect(try place.randmap("--check").standardOutput.contains("RM62") == false)

    // Nothing is due.
    let quiet = try place.randmap("tick")
    #expect(quiet.status == .exited(0) && quiet.standardOutput.isEmpty && quiet.standardError.isEmpty)
    // Two weeks later the weights move, and not before a tick: the linter says so.
    try place.started(14 * 86_400)
    #expect(try place.randmap("--check").standardOutput.contains("[RM623]"))
    let tick = try place.randmap("tick")
    #expect(tick.standardError.contains("gets 13.0% now, step 14 of 28 to 25%"), "\(tick.summary)")
    let shown = try place.randmap("ramp").standardOutput
    #expect(shown.contains("... 10 more days\n") && shown.contains("... 11 more days\n"), "\(shown)")
    #expect(shown.split(separator: "\n").count <= 12, "\(shown)")
    #expect(try place.randmap("pools").standardOutput.contains("13."))
    // At the end the plan goes.
    try place.started(28 * 86_400)
    let last = try place.randmap("tick")
    #expect(last.standardError.contains("is over: 25.0%"), "\(last.summary)")
    #expect(try !place.mainCf().contains("# randmap: ramp"))
    #expect(try place.randmap("undo").status == .exited(0))
    #expect(try place.mainCf().contains("# randmap: ramp"))
  }

  @Test func aGatewayThatDefersTooMuchPausesItsPlan() throws {
    let place = try Place()
    #expect(
      try place.randmap("ramp", "[127.0.0.3]", "--from", "10%", "--to", "50%", "--over", "10d", "--write")
        .status
        == .exited(0))
    try place.started(5 * 86_400)
    try place.log("127.0.0.2", sent: 300, deferred: 0)
    try place.log("127.0.0.3", sent: 60, deferred: 40)
    let tick = try place.randmap("tick")
    #expect(tick.status == .exited(0))
    #expect(
      tick.standardError.contains(
        "is paused at 30.0%: [127.0.0.3]:25 defers 40% of 100 messages, most of them: "),
      "\(tick.summary)")
    #expect(tick.standardError.contains("421 4.7.0 slow down"))
    let comment = try place.mainCf()
    #expect(comment.contains(" paused=") && comment.contains(" why=\"[127.0.0.3]:25 defers 40%"))
    #expect(try place.randmap("ramp").standardOutput.contains("paused since "))
    #expect(try place.randmap("tick").standardOutput.isEmpty)
    // A person has it go on; what was deferred before does not count again.
    let resumed = try place.randmap("ramp", "[127.0.0.3]", "--resume", "--write")
    #expect(resumed.status == .exited(0), "\(resumed.summary)")
    #expect(try !place.mainCf().contains(" paused="))
    #expect(try place.randmap("tick").standardOutput.isEmpty)
    // By hand as well, with a reason.
    let paused = try place.randmap("ramp", "[127.0.0.3]", "--pause", "--why", "holidays", "--write")
    #expect(paused.status == .exited(0))
    // Only a comment changed, and Postfix reads none.
    #expect(paused.standardError.hasSuffix("randmap: written\n"), "\(paused.summary)")
    #expect(try place.mainCf().contains(" why=\"holidays\"\n"))
    #expect(try place.randmap("ramp", "[127.0.0.3]", "--cancel", "--write").status == .exited(0))
    #expect(try !place.mainCf().contains("# randmap: ramp"))
  }

  @Test func aPlanIsHeldBackByALimitADay() throws {
    let place = try Place()
    let planned = try place.randmap(
      "ramp", "[127.0.0.3]", "--from", "10%", "--to", "50%", "--over", "10d", "--max", "100/day", "--write")
    #expect(planned.status == .exited(0), "\(planned.summary)")
    try place.started(5 * 86_400)
    // 2,000 messages a day: 100 of them are 5 %.
    try place.log("127.0.0.2", sent: 1_900, deferred: 0)
    try place.log("127.0.0.3", sent: 100, deferred: 0)
    let tick = try place.randmap("tick")
    #expect(tick.standardError.contains("gets 5.0% now"), "\(tick.summary)")
    #expect(tick.standardError.contains("held back by 100 messages a day"))
    #expect(try place.mainCf().contains(" max=100/day cap=5%"))
    #expect(try place.randmap("tick").standardOutput.isEmpty)
  }

  @Test(arguments: [
    (["ramp", "[127.0.0.3]", "--to", "25%"], "need both"),
    (["ramp", "--to", "25%", "--over", "4w"], "need the MEMBER"),
    (["ramp", "[127.0.0.3]", "--to", "125%", "--over", "4w"], "need a share above 0%"),
    (["ramp", "[127.0.0.3]", "--to", "25%", "--over", "fast"], "need a span of time"),
    (["ramp", "[127.0.0.3]", "--to", "50%", "--over", "4w"], "it has 50% already"),
    (["ramp", "[127.0.0.3]", "--pause", "--resume"], "need only one of"),
    (["ramp", "[127.0.0.3]", "--cancel"], "has no plan"),
    (["ramp", "[127.0.0.9]", "--cancel"], "no pool has a member"),
    (
      ["ramp", "[127.0.0.9]", "--to", "25%", "--over", "4w"], "say with --pool which one gets it; pools are: "
    ),
    (
      ["ramp", "[127.0.0.3]", "--to", "25%", "--over", "4w", "--max", "many"],
      "need a number of messages a day"
    ),
  ])
  func aWrongCallSaysWhatIsNeeded(arguments: [String], words: String) throws {
    let place = try Place()
    let before = try place.mainCf()
    let refused = try runRandmap(arguments + ["--write", "-c", place.etc])
    #expect(refused.status == .exited(2), "\(refused.summary)")
    #expect(refused.standardError.contains(words), "\(refused.summary)")
    #expect(try place.mainCf() == before)
  }
}
