// What people type and read first: a part of a gateway's name, and the line of `route` that decides.

import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct CallWordsTests {
  /// A part of a name that fits one gateway is that one, and what fits several is listed.
  @Test func aShortNameIsTakenWhereItFitsOne() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      "relayhost = randmap:![gw1.test]:2525![gw2.test]:2525\n# randmap: agent\n"
        + "relay_transport = randmap:!relay:[gw2.other.test]!relay:[gw3.test]\n")
    func call(_ words: String...) throws -> FinishedProcess {
      try runRandmap(words + ["-c", directory.path])
    }
    let drained = try call("drain", "gw1")
    #expect(
      drained.status == .exited(0) && drained.standardOutput.contains("drained [gw1.test]:2525"),
      "\(drained.summary)")
    let unclear = try call("drain", "gw2")
    #expect(
      unclear.status == .exited(2)
        && unclear.standardError.contains("could be any of [gw2.other.test]:25, [gw2.test]:2525"),
      "\(unclear.summary)")
    let down = try call("what-if", "--down", "gw3")
    #expect(down.standardOutput.contains("[gw3.test]:25"), "\(down.summary)")
    let either = try call("what-if", "--down", "gw2")
    #expect(
      either.status == .exited(2)
        && either.standardError.contains("could be any of [gw2.other.test]:25, [gw2.test]:2525"),
      "\(either.summary)")
  }

  /// What decides comes first; what was looked at beside it is said to be that.
  @Test func whatDecidesComesFirst() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf", "relayhost = [127.0.0.2]\ntransport_maps = inline:{a.test=smtp:[127.0.0.3]}\n")
    let route = try runRandmap(["route", "u@a.test", "u@b.test", "-c", directory.path])
    let lines = route.standardOutput.split(separator: "\n").map { $0.trimmingPrefix(while: { $0 == " " }) }
    let names = lines.map { String($0.prefix { $0 != " " }) }
    #expect(names[2] == "transport_maps" && lines[3] == "looked at too:", "\(route.summary)")
    let second = try #require(lines.firstIndex { $0.hasPrefix("u@b.test") })
    #expect(names[second + 2] == "relayhost" && lines[second + 3] == "looked at too:", "\(route.summary)")
    let json = try runRandmap(["route", "u@a.test", "-c", directory.path, "--format", "json"])
    #expect(json.standardOutput.contains("\"trail\"") && json.standardOutput.contains("default_transport"))
  }
}
