// What `undo` says where the files are as before already, and where a colleague changed the same pool.

import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct UndoOtherWaysTests {
  private static let first = "myhostname = h.example\nrelayhost = [127.0.0.2]:2525\n"

  /// A directory with a pool that was written.
  private func written() throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", Self.first)
    let made = try runRandmap(
      ["pool", "outbound", "[127.0.0.2]:2525=70 %", "[127.0.0.3]:2525=30 %", "--write", "-c", directory.path])
    try #require(made.status == .exited(0), "\(made.summary)")
    return directory
  }

  @Test func nothingIsLeftWhereSomebodyPutItBack() throws {
    let directory = try written()
    try directory.write("main.cf", Self.first)
    for call in [["undo"], ["undo", "1"], ["undo", "--merge"], ["undo", "-n"]] {
      let undone = try runRandmap(call + ["-c", directory.path])
      #expect(undone.status == .exited(1), "\(undone.summary)")
      #expect(
        undone.standardError
          == "randmap: undo: nothing is left to take back: the files are as they were before write 1\n",
        "\(undone.summary)")
    }
    #expect(try readText(directory.file("main.cf")) == Self.first)
    // An earlier one has a number.
    let next = try runRandmap([
      "set-route", "lmtp_fallback_relay", "[127.0.0.4]", "--write", "-c", directory.path,
    ])
    try #require(next.status == .exited(0), "\(next.summary)")
    try directory.write("main.cf", Self.first)
    let undone = try runRandmap(["undo", "-c", directory.path])
    #expect(
      undone.standardError.contains(
        "before write 2; to take an earlier write back: randmap undo -c \(directory.path) NUMBER"),
      "\(undone.summary)"
    )
  }

  @Test func aColleaguesPoolHasAnotherWayBack() throws {
    let directory = try written()
    let pool = try readText(directory.file("main.cf"))
    try directory.write("main.cf", pool.replacing("[127.0.0.3]", with: "[127.0.0.4]"))
    let undone = try runRandmap(["undo", "-c", directory.path])
    #expect(undone.status == .exited(1), "\(undone.summary)")
    let call = "randmap pool -c \(directory.path) outbound '[127.0.0.2]:2525'"
    #expect(
      undone.standardError.hasSuffix("; or share the mail as before that write: \(call)\n"),
      "\(undone.summary)")
    let back = try runRandmap(["pool", "-c", directory.path, "outbound", "[127.0.0.2]:2525", "--write"])
    #expect(back.status == .exited(0), "\(back.summary)")
    #expect(try readText(directory.file("main.cf")) == Self.first)
  }

  /// Of a change of weights it is the old pool.
  @Test func theOldWeightsAreNamed() throws {
    let directory = try written()
    let set = try runRandmap(["set", "outbound", "[127.0.0.3]:2525", "2", "--write", "-c", directory.path])
    try #require(set.status == .exited(0), "\(set.summary)")
    let pool = try readText(directory.file("main.cf"))
    try directory.write("main.cf", pool.replacing("[127.0.0.3]", with: "[127.0.0.4]"))
    let undone = try runRandmap(["undo", "-c", directory.path])
    #expect(
      undone.standardError.contains("outbound '[127.0.0.2]:2525=7' '[127.0.0.3]:2525=3'"), "\(undone.summary)"
    )
  }

  @Test func aDryRunIsWhatAnEditDoesAnyway() throws {
    let directory = try written()
    let before = try readText(directory.file("main.cf"))
    let edits: [[String]] = [
      ["pool", "outbound", "[127.0.0.2]:2525"], ["set", "outbound", "[127.0.0.3]:2525", "2"],
      ["add", "outbound", "[127.0.0.4]:2525"], ["remove", "outbound", "[127.0.0.3]:2525"],
      ["drain", "[127.0.0.3]:2525"], ["set-route", "lmtp_fallback_relay", "[127.0.0.4]"],
      ["remove-route", "outbound", "--force"], ["convert", "--to", "agent"],
      ["ramp", "[127.0.0.3]:2525", "--to", "50%", "--over", "4w"], ["restore", "[127.0.0.3]:2525"],
    ]
    for edit in edits {
      let plain = try runRandmap(edit + ["-c", directory.path])
      for flag in ["--dry-run", "-n"] {
        let dry = try runRandmap(edit + [flag, "-c", directory.path])
        #expect(
          dry.status == plain.status
            // A plan begins at the time of the call.
            && (edit[0] == "ramp"
              || dry.standardOutput == plain.standardOutput && dry.standardError == plain.standardError),
          "\(dry.summary)")
        let both = try runRandmap(edit + [flag, "--write", "-c", directory.path])
        #expect(
          both.status == .exited(2)
            && both.standardError.contains("--dry-run and --write: need one of the two"),
          "\(both.summary)")
      }
    }
    #expect(try readText(directory.file("main.cf")) == before)
  }

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

  /// In a terminal: the line that is missing comes while the preview is open.
  @Test func thePreviewInATerminalKnowsTheFilesAsTheyAre() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      Self.first + "smtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = texthash:\(directory.path)/sasl\n")
    try directory.write("sasl", "[127.0.0.2]:2525 user:secret\n")
    let console = try openConsole(
      ["-c", directory.path], width: 120, height: 40, environment: ["XDG_STATE_HOME": directory.file("state")]
    )
    try console.waitFor("GATEWAY  ")
    try console.press("n")
    try console.waitFor("all mail to the outside")
    try console.press("Enter")
    try console.waitFor("add a gateway, such as")
    try console.type("[127.0.0.3]:2525=30%")
    try console.waitFor("has no entry in")
    try console.press("Enter")
    try console.waitFor("Where mail goes")
    try console.waitFor("[127.0.0.3]:2525 has no entry in")
    try directory.write("sasl", "[127.0.0.2]:2525 user:secret\n[127.0.0.3]:2525 user:secret\n")
    try console.press("w")
    let question = try console.waitFor("Write main.cf in ")
    #expect(!question.contains("has no entry in"), "\(question)")
    try console.press("y")
    try console.waitFor("written: ")
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }
}
