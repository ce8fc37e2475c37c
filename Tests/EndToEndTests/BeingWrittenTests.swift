// A file that another program is just writing in place: no command may put a new file in its place, since what that program
// still writes would go to the old one and be lost.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct BeingWrittenTests {
  private struct Place {
    let directory: TemporaryDirectory
    let etc: String

    /// - Parameter name: the file whose writer has come to the middle of a line.
    init(_ name: String, age: Int = 0) throws {
      directory = try TemporaryDirectory()
      etc = try directory.makeDirectory("etc")
      try writeFile(
        etc + "/main.cf",
        "relay_transport = randmap:!smtp:[127.0.0.2]!smtp:[127.0.0.3]\n"
          + "# randmap: drained smtp:[127.0.0.4] x1 until=2020-01-01T00:00Z\n# randmap: agent\n"
          + "transport_maps = texthash:\(etc)/transport\n")
      try writeFile(etc + "/transport", "a.example smtp:[127.0.0.2]\n")
      let file = try #require(fopen("\(etc)/\(name)", "a"))
      fputs(name == "main.cf" ? "mynetworks = 127.0" : "b.example smtp:[127.0", file)
      fclose(file)
      // As it is: setting a time is a change that is no write.
      if age == 0 { return }
      let time = timespec(tv_sec: time(nil) - age, tv_nsec: 0)
      utimensat(AT_FDCWD, "\(etc)/\(name)", [time, time], 0)
    }

    func randmap(_ arguments: [String]) throws -> FinishedProcess {
      try runRandmap(
        arguments + ["-c", etc, "--postfix-version", "3.7"],
        environment: ["XDG_STATE_HOME": directory.path, "XDG_CONFIG_HOME": directory.path])
    }

    func texts() throws -> [String] { try ["main.cf", "transport"].map { try readText("\(etc)/\($0)") } }
  }

  private static let edits = [
    (["set", "relay_transport", "smtp:[127.0.0.2]", "3", "--write"], "main.cf"),
    (["drain", "smtp:[127.0.0.2]", "--write"], "main.cf"),
    (["set-route", "a.example", "smtp:[127.0.0.3]", "--write"], "transport"),
    // The end of a line decides here whether the agent takes main.cf.
    (["set-route", "a.example", "smtp:[127.0.0.3]", "--write"], "main.cf"),
    (["tick"], "main.cf"),
    (["check", "--fix"], "main.cf"),
  ]

  @Test(arguments: edits)
  func isLeftAlone(arguments: [String], file: String) throws {
    let place = try Place(file)
    let before = try place.texts()
    let finished = try place.randmap(arguments)
    #expect(finished.status == .exited(1), "\(finished.summary)")
    #expect(
      finished.standardError.contains("/\(file) changed a moment ago and its last line has no end"),
      "\(finished.summary)")
    #expect(try place.texts() == before)
  }

  /// What an edit wrote is no part, though its last line has no end, and it is new.
  @Test func whatAnEditWroteMayBeEditedAtOnce() throws {
    let place = try Place("main.cf", age: 3_600)
    for weight in ["2", "3", "4"] {
      let finished = try place.randmap(["set", "relay_transport", "smtp:[127.0.0.2]", weight, "--write"])
      #expect(finished.status == .exited(0), "\(finished.summary)")
    }
    #expect(try place.randmap(["undo"]).status == .exited(0))
  }

  @Test func undoLeavesItAloneToo() throws {
    let place = try Place("main.cf", age: 3_600)
    let edit = ["set", "relay_transport", "smtp:[127.0.0.2]", "3", "--write"]
    #expect(try place.randmap(edit).status == .exited(0))
    let file = try #require(fopen("\(place.etc)/main.cf", "a"))
    fputs(".0.0/8\nmessage_size", file)
    fclose(file)
    let before = try place.texts()
    let finished = try place.randmap(["undo", "--merge"])
    #expect(
      finished.status == .exited(1) && finished.standardError.contains("/main.cf changed a moment ago"),
      "\(finished.summary)")
    #expect(try place.texts() == before)
  }

  /// Its last line has no end because a person wrote it so.
  @Test(arguments: edits)
  func ofALongTimeAgoIsWritten(arguments: [String], file: String) throws {
    let place = try Place(file, age: 3_600)
    let before = try place.texts()
    let finished = try place.randmap(arguments)
    #expect(!finished.standardError.contains("a moment ago"), "\(finished.summary)")
    #expect(try place.texts() != before, "\(finished.summary)")
  }
}
