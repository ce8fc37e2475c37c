// What `undo` says where the files are as before already, where a colleague changed the same pool, and in a dry run.

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
}
