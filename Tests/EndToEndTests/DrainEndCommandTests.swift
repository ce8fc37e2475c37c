// Drains with an end by the real commands: drain, pools, tick, undo.

import Foundation
import Glibc
import TestSupport
import TestTraits
import Testing

private struct Pools: Decodable {
  struct Pool: Decodable {
    struct Member: Decodable {
      let result: String
      let drained: Bool
      let until: String?
      let why: String?
      let author: String?
    }
    let members: [Member]
  }
  let pools: [Pool]
}

@Suite(.waits) struct DrainEndCommandTests {
  private let main = "relay_transport = randmap:!smtp:[a.example]!smtp:[b.example]\n# randmap: agent\n"

  private struct Place {
    let directory: TemporaryDirectory
    let etc: String

    init(_ main: String) throws {
      directory = try TemporaryDirectory()
      etc = try directory.makeDirectory("etc")
      try writeFile(etc + "/main.cf", main)
    }

    func randmap(_ arguments: String..., sudoUser: String? = nil) throws -> FinishedProcess {
      try runRandmap(
        arguments + ["-c", etc, "--postfix-version", "3.7"],
        environment: ["SUDO_USER": sudoUser, "XDG_STATE_HOME": directory.path, "TZ": "UTC"])
    }

    func mainCf() throws -> String { try readText(etc + "/main.cf") }

    func drained() throws -> Pools.Pool.Member? {
      let json = try randmap("pools", "--format", "json").standardOutput
      return try JSONDecoder().decode(Pools.self, from: Data(json.utf8)).pools.first?.members.first(
        where: \.drained)
    }
  }

  /// All in one step, as if one came after the other.
  @Test func manyComeBackAtOnce() throws {
    func drained(_ name: String, _ weight: Int, _ pool: String = "") -> String {
      "# randmap: drained smtp:[\(name)] x\(weight)\(pool) until=2020-01-01T00:00Z\n"
    }
    let place = try Place(
      "relay_transport = randmap:!smtp:[a]!smtp:[b]\n\(drained("c", 2))\(drained("d", 1))\(drained("c", 1))# x\n"
        + "default_transport = randmap:{\n  smtp:[a],\n  smtp:[b]\n  }\n\(drained("c", 2))\(drained("d", 1))"
        + "# randmap: agent\n")
    let finished = try place.randmap("tick")
    #expect(finished.status == .exited(0), "\(finished.summary)")
    #expect(
      try place.mainCf()
        == "relay_transport = randmap:!smtp:[a]!smtp:[b]!smtp:[c]!smtp:[c]!smtp:[d]\n# x\n"
        + "default_transport = randmap:{\n  smtp:[a],\n  smtp:[b],\n  smtp:[c],\n  smtp:[c],\n  smtp:[d]\n  }\n"
        + "# randmap: agent\n")
  }

  /// The author of a directory from elsewhere chooses the file, the time and the log.
  @Test func aFileOutsideAStrangersDirectoryIsLeft() throws {
    let place = try Place("# randmap: agent\n")
    let over = "# randmap: drained smtp:[c.example] x1 until=2020-01-01T00:00Z\n"
    let text = "smtp:[a.example]\nsmtp:[b.example]\n\(over)"
    let outside = try place.directory.write("outside", text)
    try writeFile(place.etc + "/main.cf", "# randmap: agent\ndefault_transport = randmap:\(outside)\n")
    let finished = try place.randmap("tick")
    #expect(finished.status == .exited(1), "\(finished.summary)")
    #expect(try readText(outside) == text)
    let said = finished.standardOutput + finished.standardError
    #expect(
      said.contains("\(outside) is outside \(place.etc), which no Postfix of this machine uses"), "\(said)")
    // In the directory it comes back.
    try writeFile(place.etc + "/pool", text)
    try writeFile(place.etc + "/main.cf", "# randmap: agent\ndefault_transport = randmap:\(place.etc)/pool\n")
    #expect(try place.randmap("tick").status == .exited(0))
    #expect(try readText(place.etc + "/pool").contains("\nsmtp:[c.example]\n"))
  }

  /// A pool file where nothing can be written keeps the pool of main.cf from nothing.
  @Test func onePlaceThatCannotBeWrittenKeepsNoOtherFromWhatIsDue() throws {
    let place = try Place("")
    let pools = try place.directory.makeDirectory("etc/pools")
    let over = "# randmap: drained smtp:[c.example] x1 until=2020-01-01T00:00Z\n"
    try writeFile(pools + "/p", "smtp:[a.example]\nsmtp:[b.example]\n\(over)")
    try writeFile(
      place.etc + "/main.cf",
      "# randmap: agent\ndefault_transport = randmap:\(pools)/p\n"
        + "relay_transport = randmap:!smtp:[a.example]!smtp:[b.example]\n\(over)")
    let readOnly = "mount --bind \(pools) \(pools) && mount -o remount,bind,ro \(pools) && exec \"$0\" \"$@\""
    let tick = try run(
      "unshare", ["--mount", "bash", "-c", readOnly, randmapProgram(), "tick", "-c", place.etc])
    #expect(tick.status == .exited(1), "\(tick.summary)")
    #expect(tick.standardError.contains("randmap: tick: \(pools)/p: "), "\(tick.summary)")
    #expect(tick.standardError.contains("smtp:[c.example] of relay_transport is back"), "\(tick.summary)")
    #expect(try place.mainCf().contains("!smtp:[b.example]!smtp:[c.example]"))
    #expect(try readText(pools + "/p").contains(over))
  }

  /// What is due in a file that cannot be read is not seen, so that is said.
  @Test func tickSaysWhichFilesItCannotRead() throws {
    let place = try Place(main + "default_transport = randmap:/nonexistent/outbound\n")
    let found = try place.randmap("tick")
    #expect(found.status == .exited(1), "\(found.summary)")
    #expect(found.standardError.contains("/nonexistent/outbound"), "\(found.standardError)")
  }

  /// An end that is past would have `tick` restore the member at once.
  @Test func anEndThatIsPastIsNotKept() throws {
    let place = try Place(
      "# randmap: agent\nrelay_transport = randmap:!smtp:[a.example]!smtp:[b.example]\n"
        + "# randmap: drained smtp:[c.example] x1 until=2020-01-01T00:00Z\n")
    let drained = try place.randmap("drain", "[c.example]", "--why", "still broken", "--write")
    #expect(drained.status == .exited(0), "\(drained.summary)")
    let text = try place.mainCf()
    #expect(text.contains("drained smtp:[c.example] x1 why=\"still broken\"\n"), "\(text)")
  }

  @Test func aDrainSaysUntilWhenWhyAndWhoInEveryView() throws {
    let place = try Place(main)
    let drained = try place.randmap(
      "drain", "[b.example]", "--until", "2126-11-28T18:00Z", "--why", "#4711 \"disk\"", "--write",
      sudoUser: "alice")
    #expect(drained.status == .exited(0), "\(drained.summary)")
    #expect(
      try place.mainCf().contains(
        "\n# randmap: drained smtp:[b.example] x1 until=2126-11-28T18:00Z why=\"#4711 \\\"disk\\\"\"\n"))
    // Neither the agent nor a timer is there.
    #expect(
      drained.standardError.contains(
        "nothing will restore it by itself: enable the timer (systemctl enable --now randmap-tick.timer), or run `randmap tick -c "
      ))
    let member = try place.drained()
    #expect(member?.until == "2126-11-28T18:00:00Z")
    #expect(member?.why == "#4711 \"disk\"")
    #expect(member?.author == "alice")
    let text = try place.randmap("pools").standardOutput
    #expect(text.contains("drained until 2126-11-28 18:00, "), "\(text)")
    #expect(text.contains(" left: #4711 \"disk\" (by alice)"), "\(text)")
    // A tick that ran lately is a sign that more will come.
    #expect(try place.randmap("tick").status == .exited(0))
    let later = try place.randmap("drain", "[b.example]", "--for", "2h")
    #expect(
      later.status == .exited(0) && !later.standardError.contains("nothing will restore"), "\(later.summary)")
    #expect(
      later.standardOutput.contains("-# randmap: drained smtp:[b.example] x1 until=2126-11-28T18:00Z why"))
    // What is not said anew stays.
    #expect(
      later.standardOutput.split(separator: "\n").contains { $0.hasPrefix("+") && $0.contains("why=\"#4711") }
    )
    let other = try place.randmap("drain", "[b.example]", "--why", "new disk").standardOutput
    #expect(
      other.contains("+# randmap: drained smtp:[b.example] x1 until=2126-11-28T18:00Z why=\"new disk\""))
  }

  @Test(arguments: [
    (["--until", "2020-01-01T00:00Z"], "that is past"),
    (["--until", "someday"], "need a time such as 2h, 18:00"),
    (["--for", "2 hours"], "need a span of time"),
    (["--for", "2h", "--until", "18:00"], "need one of the two"),
    (["--why", String(repeating: "x", count: 501)], "need at most 500 bytes"),
  ])
  func aWrongEndIsRefusedInOneSentence(options: [String], words: String) throws {
    let place = try Place(main)
    let refused = try runRandmap(["drain", "[b.example]", "--write", "-c", place.etc] + options)
    #expect(refused.status == .exited(2), "\(refused.summary)")
    #expect(refused.standardError.contains(words), "\(refused.summary)")
    #expect(try place.mainCf() == main)
  }

  @Test func aReasonFromAStrangerStaysInItsComment() throws {
    let place = try Place(main)
    let why = "x\nrelay_transport = smtp:[evil.example]\u{1B}[2J\u{202E}"
    let drained = try place.randmap("drain", "[b.example]", "--why", why, "--write")
    #expect(drained.status == .exited(0), "\(drained.summary)")
    #expect(try !place.mainCf().contains("\nrelay_transport = smtp:[evil"))
    for output in [try place.mainCf(), try place.randmap("pools").standardOutput, drained.standardOutput] {
      #expect(!output.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
    }
    #expect(try place.drained()?.why == why)
    #expect(try place.randmap("restore", "[b.example]", "--write").status == .exited(0))
    #expect(try place.mainCf() == main)
  }

  @Test func aTickRestoresWhatIsDueInOneWriteAndUndoTakesItBack() throws {
    let place = try Place(
      """
      # randmap: agent
      relay_transport = randmap:!smtp:[a.example]
      # randmap: drained smtp:[b.example] x2 until=2020-01-01T00:00Z why="x"
      default_transport = randmap:$config_directory/pool
      virtual_transport = randmap:!smtp:[a.example]
      # randmap: drained smtp:[c.example] x1 until=2126-01-01T00:00Z
      # randmap: drained smtp:[d.example] x1

      """)
    try writeFile(
      place.etc + "/pool",
      "smtp:[a.example]\n# randmap: drained smtp:[b.example] x1 until=2020-01-01T00:00Z\n")
    let before = try place.mainCf()
    let check = try place.randmap("--check")
    #expect(check.standardOutput.contains("[RM621]"), "\(check.summary)")

    let dry = try place.randmap("tick", "--dry-run")
    #expect(dry.status == .exited(0))
    #expect(try place.mainCf() == before)
    let tick = try place.randmap("tick")
    #expect(tick.status == .exited(0), "\(tick.summary)")
    #expect(tick.standardOutput == dry.standardOutput && tick.standardOutput.contains("+++ b"))
    #expect(
      tick.standardError.contains("smtp:[b.example] of relay_transport is back: its drain has ended"),
      "\(tick.summary)")
    #expect(try readText(place.etc + "/pool") == "smtp:[a.example]\nsmtp:[b.example]\n")
    let now = try place.mainCf()
    #expect(now.contains("randmap:!smtp:[a.example]!smtp:[b.example]!smtp:[b.example]\ndefault_transport"))
    #expect(now.contains("[c.example] x1 until=2126-01-01T00:00Z\n# randmap: drained smtp:[d.example] x1\n"))

    let again = try place.randmap("tick")
    #expect(again.status == .exited(0) && again.standardOutput.isEmpty && again.standardError.isEmpty)
    #expect(try place.randmap("log").standardOutput.split(separator: "\n").count == 1)
    #expect(try place.randmap("undo").status == .exited(0))
    #expect(try place.mainCf() == before)
  }

  @Test func whatCannotBeRestoredIsSaidAndTheRestIs() throws {
    let place = try Place(
      """
      # randmap: agent
      sender_dependent_default_transport_maps =
          unionmap:{randmap:{smtp:[a.example], smtp:[d.example]}, static:{[a.example],[d.example]}}
      # randmap: drained relay:[b.example] x1 until=2020-01-01T00:00Z
      virtual_transport = randmap:!smtp:[a.example]
      # randmap: drained smtp:[c.example] x1 until=2020-01-01T00:00Z

      """)
    let tick = try place.randmap("tick", "--format", "json")
    #expect(tick.status == .exited(1), "\(tick.summary)")
    struct Done: Decodable {
      let written: Bool
      let done, problems: [String]
    }
    let done = try JSONDecoder().decode(Done.self, from: Data(tick.standardOutput.utf8))
    #expect(done.written && done.done.count == 1 && done.problems.count == 1, "\(tick.summary)")
    #expect(try place.mainCf().contains("virtual_transport = randmap:!smtp:[a.example]!smtp:[c.example]\n"))
  }

  @Test func twentyTicksAtOnceWriteOnce() throws {
    let place = try Place(
      "# randmap: agent\nrelay_transport = randmap:!smtp:[a.example]\n# randmap: drained smtp:[b.example] x1 until=2020-01-01T00:00Z\n"
    )
    let children = try (0..<20).map { _ in
      try ChildProcess(
        randmapProgram(), ["tick", "-c", place.etc, "--postfix-version", "3.7"],
        environment: ["XDG_STATE_HOME": place.directory.path])
    }
    for child in children { #expect(try child.wait().status == .exited(0), "\(child.standardError)") }
    #expect(
      try place.mainCf() == "# randmap: agent\nrelay_transport = randmap:!smtp:[a.example]!smtp:[b.example]\n"
    )
  }
}
