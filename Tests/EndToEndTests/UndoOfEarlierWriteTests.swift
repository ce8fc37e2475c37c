// Taking back a write that others followed: mail that these are for keeps its way, or somebody says --force.

import FoundationEssentials
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct UndoOfEarlierWriteTests {
  private static let main =
    "myhostname = mx.here.example\ncompatibility_level = 3.6\nrelayhost = [127.0.0.2]:587\n"

  private func written(_ notation: [String], _ scopes: [String]) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", Self.main)
    try directory.write("master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
    for scope in scopes {
      let made = try runRandmap(
        ["pool", scope, "[127.0.0.5]", "[127.0.0.6]", "-c", directory.path, "--write"] + notation)
      try #require(made.status == .exited(0), "\(made.summary)")
    }
    return directory
  }

  private func undo(_ arguments: [String], _ directory: TemporaryDirectory) throws -> FinishedProcess {
    try runRandmap(["undo"] + arguments + ["-c", directory.path])
  }

  /// The first write named the table, or made the agent known: without that the second pool gets no mail.
  @Test(arguments: [("file", "to:a.example"), ("agent", "outbound")])
  func whatALaterWriteNeedsStays(notation: String, first: String) throws {
    let directory = try written(["--notation", notation], [first, "to:b.example"])
    let before = try readText(directory.file("main.cf"))
    let refused = try undo(["1", "--merge"], directory)
    #expect(refused.status == .exited(1), "\(refused.summary)")
    #expect(refused.standardError.contains("changes other mail: mail for b.example (someone@b.example)"))
    #expect(refused.standardError.contains("take the later writes back first, with randmap undo -c "))
    #expect(try readText(directory.file("main.cf")) == before)
    for _ in 1...2 { #expect(try undo([], directory).status == .exited(0)) }
    #expect(try readText(directory.file("main.cf")) == Self.main)
  }

  @Test func forceTakesItBackAllTheSame() throws {
    let directory = try written(["--notation", "file"], ["to:a.example", "to:b.example"])
    let undone = try undo(["1", "--merge", "--force"], directory)
    #expect(undone.status == .exited(0), "\(undone.summary)")
    #expect(try readText(directory.file("main.cf")) == Self.main)
  }

  /// Before anything is taken back, a person sees where mail goes now and then.
  @Test func thePreviewShowsTheMailBeforeAndAfter() throws {
    let directory = try written([], ["to:a.example", "from:b.example"])
    let look = try undo(["1", "--merge", "--dry-run"], directory)
    #expect(look.status == .exited(0), "\(look.summary)")
    #expect(
      look.standardError.contains(
        "mail for a.example (someone@a.example)               smtp:[127.0.0.5] 50.0%, smtp:[127.0.0.6] 50.0%  ->  smtp:[127.0.0.2]:587\n"
      ), "\(look.summary)")
    #expect(look.standardError.contains("  50.0%  ->  -  smtp:[127.0.0.5]\n"), "\(look.summary)")
    let object = try undo(["1", "--merge", "--dry-run", "--format", "json"], directory)
    struct Preview: Decodable {
      struct Routes: Decodable {
        struct Route: Decodable { let recipient: String }
        let before, after: [Route]
      }
      let routes: Routes
    }
    let routes = try JSONDecoder().decode(Preview.self, from: Data(object.standardOutput.utf8)).routes
    #expect(routes.before.map(\.recipient) == routes.after.map(\.recipient))
    #expect(routes.after.contains { $0.recipient == "someone@a.example" })
  }

  /// What the write itself meant may change, and so may what no later write is for.
  @Test func aWriteThatNothingNeedsIsTakenBack() throws {
    let directory = try written([], ["to:a.example", "from:b.example"])
    let undone = try undo(["1", "--merge"], directory)
    #expect(undone.status == .exited(0), "\(undone.summary)")
    let route = try runRandmap(["route", "u@a.example", "-c", directory.path])
    #expect(route.standardOutput.contains("100.0%  smtp  [127.0.0.2]:587"), "\(route.summary)")
  }

  /// A later write may be for the same mail, or lie in a file that this one did not touch.
  @Test(arguments: [
    [["pool", "outbound", "[127.0.0.2]", "[127.0.0.3]"], ["pool", "from:a.example", "lane:127.0.0.4"]],
    [["set-route", "relayhost", "[127.0.0.9]"], ["set-route", "@a.example", "relay:", "--table", "sd"]],
    [["set-route", "*", "smtp:[127.0.0.8]", "--table", "t"], ["remove-route", "relayhost"]],
  ]) func whatALaterWriteIsForKeepsItsWay(calls: [[String]]) throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      Self.main
        + "sender_dependent_default_transport_maps = texthash:$config_directory/sd\ntransport_maps = texthash:$config_directory/t\n"
    )
    try directory.write("sd", "@z.example smtp:[127.0.0.7]\n")
    try directory.write("t", "k.example smtp:[127.0.0.6]\n#\n#\n#\n#\n")
    try directory.write("master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
    for call in calls {
      let made = try runRandmap(call + ["--write", "--force", "-c", directory.path])
      try #require(made.status == .exited(0), "\(made.summary)")
    }
    let refused = try undo(["1", "--merge"], directory)
    #expect(refused.status == .exited(1), "\(refused.summary)")
    #expect(refused.standardError.contains("changes other mail: "), "\(refused.summary)")
  }

  private struct Undone: Decodable {
    struct Pool: Decodable {
      let id: String
    }
    let poolsBefore, pools: [Pool]
  }

  @Test func theAnswerForProgramsHasThePools() throws {
    let directory = try written([], ["to:a.example", "to:b.example"])
    for call in [["--dry-run"], []] {
      let undone = try undo(call + ["--format", "json"], directory)
      let answer = try JSONDecoder().decode(Undone.self, from: Data(undone.standardOutput.utf8))
      #expect(answer.poolsBefore.count == answer.pools.count + 1, "\(undone.summary)")
    }
  }

  /// 7:3 and 0.37 % would take 100,000 parts.
  @Test func aTotalThatNoListHasIsSaid() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", Self.main)
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    let made = try runRandmap(
      ["pool", "outbound", "[127.0.0.5]=7", "[127.0.0.6]=3", "-c", directory.path, "--write"])
    try #require(made.status == .exited(0), "\(made.summary)")
    let added = try runRandmap(["add", "outbound", "[127.0.0.7]", "0.37%", "-c", directory.path])
    #expect(
      added.standardError.contains(
        "points off; a total of 100000 would be exact, and a list has at most 1000"),
      "\(added.summary)")
  }
}
