// One gateway in two spellings, and one key in two tables.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct SameGatewayTests {
  @Test(arguments: ["[127.0.0.2]:0587", "[127.0.0.2]:submission"])
  func anotherSpellingOfAMemberIsNotAdded(spelling: String) throws {
    let config = try planned(
      "relayhost = [127.0.0.2]:587\n", "outbound", "[127.0.0.2]:587", "[127.0.0.3]:587"
    )
    .config
    #expect {
      _ = try config.applying(.add(pool: "outbound", member: spelling, weight: 1))
    } throws: {
      ($0 as? EditError)?.message
        == "\"\(spelling)\" is the gateway of the member \"[127.0.0.2]:587\". To give it more mail: randmap set sender_dependent_relayhost_maps '[127.0.0.2]:587' 2"
    }
    // That call does it.
    let id = "sender_dependent_relayhost_maps"
    let more = try config.applying(.setWeight(pool: id, member: "[127.0.0.2]:587", weight: 2))
    #expect(more.pool(id)?.members.map(\.weight) == [2, 1])
    let other = try config.applying(.add(pool: "outbound", member: "[127.0.0.2]:588", weight: 1))
    #expect(other.pools().contains { $0.members.count == 3 })
  }

  /// A name without brackets means its mail exchanger, also beside one destination.
  @Test(arguments: ["gw1.example:587", "[GW1.example]:587", "[gw1.example]:submission"])
  func theExchangerOfANameIsAnotherGateway(member: String) throws {
    let config = MailConfig(directory: "/d", main: "relayhost = [gw1.example]:587\n")
    func added() throws(EditError) -> MailConfig {
      try config.applying(.add(pool: "relayhost", member: member, weight: 1))
    }
    if member.hasPrefix("[") {
      #expect(throws: EditError.self) { try added() }
    } else {
      #expect(try added().pools().contains { $0.members.map(\.result) == ["[gw1.example]:587", member] })
    }
  }

  /// Postfix takes the first of several tables: an edit of the other one would change nothing, and must not change that one.
  @Test func anEntryBehindAnotherOneIsNotEditedInItsPlace() throws {
    var config = configToPlan(
      "relayhost = [r]\nsender_dependent_relayhost_maps = texthash:/d/s1, texthash:/d/s2\n")
    for (path, relay) in [("/d/s1", "[one]"), ("/d/s2", "[two]")] {
      config.files[path] = .read(Document(path: path, bytes: Bytes("@a.example \(relay)\n".utf8)))
    }
    #expect(
      refused(config, try wishInWords("s2:@a.example", ["[a]", "[b]"]))
        == "s2:@a.example: /d/s1:1 has @a.example too, and decides first: name that entry, or take it out first"
    )
    #expect(refused(config, try wishInWords("s1:@a.example", ["[a]", "[b]"])) == "")
  }
}
