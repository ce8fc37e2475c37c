// What is said to a person on the way in is true there, and whole.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct WayInWordsTests {
  @Test(arguments: [
    ("virtual", "v.example has mailboxes on this host (virtual_mailbox_domains)"),
    ("lmtp:unix:private/dovecot", "v.example has mailboxes on this host (virtual_mailbox_domains)"),
    ("lmtp:inet:127.0.0.1:24", "v.example has mailboxes on this host (virtual_mailbox_domains)"),
    (
      "lmtp:inet:[boxes.example]:24",
      "v.example is in virtual_mailbox_domains, and that mail goes to lmtp:inet:[boxes.example]:24"
    ),
    ("smtp:[in1]", "v.example is in virtual_mailbox_domains, and that mail goes to smtp:[in1]"),
  ])
  func mailboxesAreWhereTheyAre(transport: String, words: String) {
    let message = refused(
      "virtual_mailbox_domains = v.example\nvirtual_transport = \(transport)\n", "to:v.example", "smtp:[a]",
      "smtp:[b]")
    #expect(message == "to:v.example: \(words): say class:virtual for all of those domains", "\(message)")
  }

  /// What is after `error:` is a text, with spaces and commas.
  @Test(arguments: [
    "error:5.1.1 no such user, ask sales", "retry:4.3.0 come again", "discard:not wanted here",
  ])
  func aReasonIsWhole(result: String) throws {
    let config = configToPlan("transport_maps = inline:{{a.example=\(result)}}\n")
    #expect(Resolver(config).route("u@a.example").words == result)
    let plan = try config.planning(
      wishInWords("to:a.example", ["smtp:[a]", "smtp:[b]"]), on: plannersMachine)
    #expect(plan.routes.contains { $0.words.hasPrefix("\(result)  ->  smtp:[a] 50.0%") })
    // Of next hops only the first shows.
    let list = configToPlan("relayhost = [a], [b]\n")
    #expect(Resolver(list).route("u@a.example").words == "smtp:[a]")
  }

  @Test(arguments: ["", "local_transport = smtp:[a]\n"])
  func localMailIsNotShared(main: String) {
    #expect(
      refused(main, "local_transport", "smtp:[a]", "smtp:[b]")
        == "local_transport: it is for mail of this host (mydestination), and a pool is for mail that leaves: need one destination, such as randmap set-route local_transport smtp:[gw1.example]"
    )
  }

  @Test func tablesOfSendersHaveSenders() {
    let message = refused(
      configToPlan("relayhost = [gw]\nsender_dependent_relayhost_maps = inline:{{@s.example=[s]}}\n"),
      PoolWish(
        .outbound, [WantedMember(.text("[a]")), WantedMember(.text("[b]"))], notation: .database))
    #expect(message.contains("would hide the senders in them"), "\(message)")
  }
}
