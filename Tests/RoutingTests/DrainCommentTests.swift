// The comment of a drained member: written, read back, and what a stranger's text can do in it.

import PostfixFiles
import TestSupport
import Testing

@testable import Routing

private let place = FileRange(file: "/d/main.cf", range: 0..<1)

private func read(_ line: String) -> DrainedItem? { DrainedItem(line: Bytes(line.utf8), at: place) }

@Suite struct DrainCommentTests {
  @Test func theFormIsThatOfTheContract() {
    let drain = Drain(until: 1_795_888_800, why: "#4711 disk")
    #expect(
      DrainedItem.comment(result: "smtp:[gw2]", weight: 3, drain: drain, pool: 1)
        == "# randmap: drained smtp:[gw2] x3 until=2026-11-28T18:00Z why=\"#4711 disk\"")
    #expect(
      DrainedItem.comment(result: "smtp:[gw2]", weight: 3, pool: 2) == "# randmap: drained smtp:[gw2] x3 #2")
  }

  @Test(arguments: [
    "a disk", "", "say \"no\" x5 until=2126-01-01T00:00Z #7", "\\", "\\\"",
    "line\nrelay_transport = smtp:[evil]",
    "\r\n# randmap: drained smtp:[x] x1", "\u{1B}[2J\u{7}\u{9B}31m", "\u{202E}txet\u{2066}", "größer, 例え",
    "\u{0}",
    "\" x1 why=\"", "{{ x }} <% y %> $mydomain", String(repeating: "\"\\", count: 200),
  ])
  func aReasonIsReadBackAndNothingOfItGetsOut(why: String) throws {
    for (pool, until) in [(1, nil), (3, 1_795_888_800)] as [(Int, Int?)] {
      let drain = Drain(until: until, why: why)
      let line = DrainedItem.comment(result: "smtp:[a], [b]:26", weight: 2, drain: drain, pool: pool)
      #expect(printable(line) == line, "raw: \(line.debugDescription)")
      #expect(!line.utf8.contains(UInt8(ascii: "\n")))
      let item = try #require(read(line), "\(line)")
      #expect(item.result == "smtp:[a], [b]:26" && item.weight == 2 && item.pool == pool)
      #expect(item.drain == drain)
      #expect(printable(drain.words(at: 0)) == drain.words(at: 0))
    }
  }

  @Test func anOlderCommentStillReads() throws {
    let item = try #require(read("\t# randmap: drained smtp:[a] x2 x3 #2  "))
    #expect(item.result == "smtp:[a] x2" && item.weight == 3 && item.pool == 2 && item.drain == Drain())
    // The number of the pool may also be the last.
    #expect(read("# randmap: drained smtp:[a] x2 until=2026-11-28T18:00:00Z #2")?.pool == 2)
  }

  @Test(arguments: [
    "smtp:[a]", "smtp:[a] x0", "smtp:[a] x", "smtp:[a] x-1", "x2", "smtp:[a] x2 until=",
    "smtp:[a] x2 until=tomorrow",
    "smtp:[a] x2 why=disk\"", "smtp:[a] x2 why=\"disk", "smtp:[a] x2 why=\"a\\q\"", "smtp:[a] x2 why=\"a\"b",
    "smtp:[a] x2 until=2026-11-28T18:00Z until=2026-11-28T18:00Z", "smtp:[a] x2 other=1", "smtp:[a] x2 #0",
    "smtp:[a] x2 #1 #2", "smtp:[a] x2 why=\"\\u{110000}\"", "smtp:[a] x2 why=\"\\u{}\"",
    "smtp:[a] x9999999999",
  ])
  func anythingElseIsNoDrainedMember(rest: String) {
    let line = "# randmap: drained \(rest)"
    #expect(read(line) == nil)
    // The linter still sees that it was meant as one.
    let document = Document(path: "/d/main.cf", bytes: Bytes("a = b\n\(line)\n".utf8))
    #expect(document.drainComments.map { $0.item == nil } == [true])
  }

  @Test func aLongLineOfMarksTakesNoLongTime() {
    func time(_ count: Int) -> Duration {
      let marks = String(repeating: "# randmap: drained a x1 a=b ", count: count)
      let quotes = "# randmap: drained a" + String(repeating: " x1 why=\"", count: 2 * count + 1)
      let fields = "# randmap: drained a x1" + String(repeating: " ab=c", count: 2 * count)
      let documents = [marks, quotes, fields].map { Document(path: "/d", bytes: Bytes($0.utf8)) }
      let (found, time) = processorTime { documents.map(\.drainComments.count) }
      #expect(found == [1, 1, 1])
      return time
    }
    let (small, large) = (time(5_000), time(20_000))
    #expect(large < small * 8 + .milliseconds(200), "\(small) and \(large)")
  }

  // MARK: - In a pool file the agent heeds the end

  private let file = """
    smtp:[a]
    # randmap: drained smtp:[b] x2 until=2026-11-28T18:00Z
    smtp:[c]
    # randmap: drained smtp:[d] x1 until=2026-11-28T19:00Z why="x"
    # randmap: drained smtp:[a] x5 until=2020-01-01T00:00Z
    # randmap: drained smtp:[e] x1

    """
  private let end = 1_795_888_800

  private func results(at now: Int?) -> PoolText {
    PoolText(file: Document(path: "/d/pool", bytes: Bytes(file.utf8)), at: now)
  }

  @Test func aMemberIsBackFromTheEndOfItsDrainOn() {
    #expect(results(at: nil).results == ["smtp:[a]", "smtp:[c]"])
    #expect(results(at: nil).nextChange == nil)
    let before = results(at: end - 1)
    #expect(before.results == ["smtp:[a]", "smtp:[c]"])
    #expect(before.nextChange == end && !before.hasReturned)
    let after = results(at: end)
    // In its place, as often as the comment says; what is listed has its own weight.
    #expect(after.results == ["smtp:[a]", "smtp:[b]", "smtp:[b]", "smtp:[c]"])
    #expect(after.nextChange == end + 3_600 && after.hasReturned)
    #expect(results(at: end + 3_600).results == ["smtp:[a]", "smtp:[b]", "smtp:[b]", "smtp:[c]", "smtp:[d]"])
    #expect(results(at: end + 3_600).nextChange == nil)
  }

  @Test func poolsHaveWhatTheAgentHas() throws {
    func pool(_ main: String, at now: Int) throws -> Pool {
      var environment = Environment()
      environment.clock = { now }
      var config = MailConfig(directory: "/etc/postfix", environment: environment, main: main)
      let path = "/etc/postfix/pool"
      config.files[path] = .read(Document(path: path, bytes: Bytes(file.utf8)))
      return try #require(config.pools().first)
    }
    let main = "default_transport = randmap:/etc/postfix/pool\n"
    let before = try pool("# randmap: agent\n\(main)", at: end - 1)
    #expect(before.members.map(\.isDrained) == [false, false, true, true, true, true])
    #expect(before.members[2].drain?.until == end)
    let after = try pool("# randmap: agent\n\(main)", at: end)
    #expect(after.members.map(\.result) == ["smtp:[a]", "smtp:[b]", "smtp:[c]", "smtp:[d]", "smtp:[e]"])
    #expect(after.members.map { after.share($0) } == [0.25, 0.5, 0.25, 0, 0])
    // Where no agent is, nothing heeds it.
    #expect(try pool(main, at: end).totalWeight == 2)
  }

  @Test func aGatewayShowsTheDrainThatEndsLast() throws {
    let main = """
      relay_transport = randmap:!smtp:[a]
      # randmap: drained smtp:[b] x1 until=2026-11-28T18:00Z why="first"
      default_transport = randmap:!smtp:[a]
      # randmap: drained smtp:[b] x1 until=2026-11-28T19:00Z why="last"

      """
    let config = MailConfig(directory: "/etc/postfix", main: main)
    let use = try #require(config.gateways().first { $0.isDrained })
    #expect(use.drain?.why == "last")
  }
}
