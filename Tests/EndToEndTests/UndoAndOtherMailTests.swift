// Taking a write back where others edited since: their mail keeps its way or somebody is asked, and mail that the write meant asks
// nobody.

import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct UndoAndOtherMailTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      "myhostname = mx.here.example\nmydestination = here.example\ncompatibility_level = 3.6\nrelayhost = [127.0.0.2]\n"
    )
    try directory.write("master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
  }

  private func randmap(_ words: String...) throws -> FinishedProcess {
    try runRandmap(words + ["-c", directory.path])
  }

  private func write(_ words: String...) throws {
    let made = try runRandmap(words + ["-c", directory.path, "--write"])
    try #require(made.status == .exited(0), "\(made.summary)")
  }

  private func add(_ line: String, to file: String) throws {
    try writeFile(directory.file(file), readText(directory.file(file)) + line + "\n")
  }

  /// The write made the table: without it the line of somebody else means nothing any more.
  @Test func aLineOfOthersInATableThatGoesIsAskedFor() throws {
    try add("default_database_type = texthash\n# randmap: agent", to: "main.cf")
    try write("pool", "to:a.example", "[127.0.0.5]", "[127.0.0.6]", "--notation", "agent")
    try add("foreign.example smtp:[127.0.0.9]", to: "transport")
    let refused = try randmap("undo", "--merge")
    #expect(refused.status == .exited(1), "\(refused.summary)")
    #expect(
      refused.standardError.contains(
        "changes other mail: mail for foreign.example (someone@foreign.example) goes to smtp:[127.0.0.9]"),
      "\(refused.summary)")
    #expect(try readText(directory.file("main.cf")).contains("transport_maps"))
  }

  /// The mail of the second write goes with the rest, whichever way that has now.
  @Test func theRestMayHaveGotAnotherWaySince() throws {
    try write("pool", "outbound", "[127.0.0.2]", "[127.0.0.3]")
    try write("pool", "from:cust.example", "[127.0.0.5]", "[127.0.0.6]")
    try write("pool", "to:d.example", "[127.0.0.5]", "[127.0.0.6]")
    for number in ["1", "2"] {
      let undone = try randmap("undo", number, "--merge")
      #expect(undone.status == .exited(0), "\(undone.summary)")
    }
    let route = try randmap("route", "u@d.example")
    #expect(route.standardOutput.contains("50.0%  smtp  [127.0.0.6]"), "\(route.summary)")
  }

  /// A key that the index does not have yet decides nothing: its mail is outbound mail, before and after.
  @Test func aKeyThatIsNotInForceIsNoOtherMail() throws {
    try add("transport_maps = lmdb:$config_directory/transport", to: "main.cf")
    try directory.write("transport", "o.example smtp:[127.0.0.7]\n")
    let postmap = try run(
      postfixTool("postmap"), ["-c", directory.path, "lmdb:" + directory.file("transport")])
    try #require(postmap.status == .exited(0), "\(postmap.summary)")
    try write("pool", "outbound", "[127.0.0.2]", "[127.0.0.3]")
    try write("pool", "from:cust.example", "[127.0.0.5]", "[127.0.0.6]")
    try age(directory.file("transport.lmdb"), seconds: 60)
    try add("c.example smtp:[127.0.0.9]", to: "transport")
    let other = try randmap("pool", "outbound", "[127.0.0.3]", "[127.0.0.4]")
    #expect(!other.standardError.contains("changes other mail"), "\(other.summary)")
    let undone = try randmap("undo", "1", "--merge")
    #expect(undone.status == .exited(0), "\(undone.summary)")
  }
}
