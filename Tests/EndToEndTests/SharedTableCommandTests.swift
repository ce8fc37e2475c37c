// A table that is that of relay_domains and of transport_maps: a pool takes nothing away from the first, and what does asks.

import PostfixTools
import System
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct SharedTableCommandTests {
  @Test func thePoolLeavesTheDomainAndTheRestAsks() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      """
      compatibility_level = 3.6
      queue_directory = \(directory.path)
      myhostname = mx.here.example
      relayhost = [127.0.0.2]:2525
      relay_domains = texthash:$config_directory/t
      transport_maps = texthash:$config_directory/t

      """)
    try directory.write("master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
    let table = "a.example smtp:[127.0.0.4]\nb.example smtp:[127.0.0.4]\n"
    try directory.write("t", table)
    let main = try readText(directory.file("main.cf"))
    let state = ["XDG_STATE_HOME": directory.file("state")]
    func run(_ words: String...) throws -> (isWritten: Bool, said: String) {
      let result = try runRandmap(words + ["-c", directory.path, "--write"], environment: state)
      return (result.status == .exited(0), result.standardError)
    }
    for words in [
      ["pool", "to:a.example", "[127.0.0.4]=60", "[127.0.0.5]=40"], ["add", "to:b.example", "[127.0.0.6]"],
      ["pool", "to:new.example", "[127.0.0.4]", "[127.0.0.5]"],
    ] {
      let result = try runRandmap(words + ["-c", directory.path, "--write"], environment: state)
      #expect(result.status == .exited(0), "\(result.summary)")
      #expect(try readText(directory.file("t")) == table)
    }
    for scope in ["to:a.example", "to:b.example"] {
      #expect(try run("pool", scope, "[127.0.0.4]").isWritten)
    }
    #expect(try run("remove-route", "to:new.example", "--force").isWritten)
    #expect(try readText(directory.file("t")) == table)
    #expect(try readText(directory.file("main.cf")) == main)
    let gone = try run("remove-route", "to:a.example")
    #expect(!gone.isWritten && gone.said.contains("this host would refuse mail for a.example from outside"))
    let new = try run("set-route", "n.example", "smtp:[127.0.0.9]")
    #expect(!new.isWritten && new.said.contains("would accept mail for n.example from anybody, and relay it"))
    #expect(try readText(directory.file("t")) == table)
    #expect(try run("remove-route", "to:a.example", "--force").isWritten)
    #expect(try readText(directory.file("t")) == "b.example smtp:[127.0.0.4]\n")
  }
}
