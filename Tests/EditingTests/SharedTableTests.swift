// Tables that Postfix uses for something else too: an entry stays where the pool can stand in front of it, and any other edit of
// such a key asks first.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct SharedTableTests {
  private static let entries = "a.example smtp:[a]\nb.example smtp:[b]\nu@c.example smtp:[c]\n"

  private func config(
    _ use: String, _ maps: String = "transport_maps", _ entries: String = entries, master: String = ""
  ) -> MailConfig {
    var config = MailConfig(
      directory: "/d", environment: Environment(hostName: "mx.here.example"),
      main: "relayhost = [r]\n\(use)\n\(maps) = texthash:/d/t\n", master: plannedServices + master
    ).readingFiles()
    config.files["/d/t"] = .read(Document(path: "/d/t", bytes: Bytes(entries.utf8)))
    return config
  }

  /// What the edit of an entry asks.
  private func asked(_ before: MailConfig, _ edit: Edit) throws -> [String] {
    before.guards(against: try before.applying(edit), states: [:]).map(\.message).filter {
      $0.contains(" uses /d/t too: ")
    }
  }

  private func asked(_ before: MailConfig, without key: String) throws -> [String] {
    try asked(before, .removeRoute(key: key, table: nil))
  }

  private func table(_ config: MailConfig) -> String? { config.document("/d/t")?.bytes.text }

  @Test func anEntryStaysBehindThePoolAndComesBack() throws {
    let before = config("relay_domains = texthash:/d/t")
    let plan = try before.planning(
      wishInWords("to:a.example", ["[a]=3", "[x]=1"]), on: plannersMachine)
    #expect(table(plan.config) == Self.entries)
    #expect(plan.config.main.document.bytes.text.contains("inline:{a.example=pool}"))
    #expect(before.guards(against: plan.config, states: [:]).isEmpty && plan.guards.isEmpty)
    let back = try plan.config.planning(wishInWords("to:a.example", ["[a]"]), on: plannersMachine).config
    #expect(table(back) == Self.entries)
    #expect(back.main.document.bytes == before.main.document.bytes)
    // Another gateway is written into the entry: relay_domains goes by the key alone.
    let other = try plan.config.planning(wishInWords("to:a.example", ["[x]"]), on: plannersMachine).config
    #expect(table(other) == Self.entries.replacing("smtp:[a]", with: "smtp:[x]"))
    #expect(other.main.document.bytes == before.main.document.bytes)
  }

  @Test func aNewEntryDoesNotOpenTheHost() throws {
    let before = config("relay_domains = texthash:/d/t")
    for gateways in [["[n]"], ["[n]", "[m]"]] {
      let plan = try before.planning(wishInWords("to:new.example", gateways), on: plannersMachine)
      #expect(table(plan.config) == Self.entries)
      #expect(before.guards(against: plan.config, states: [:]).isEmpty)
    }
    // No list of domains has an address in it.
    let address = try before.planning(wishInWords("to:x@new.example", ["[n]"]), on: plannersMachine).config
    #expect(table(address)?.hasSuffix("x@new.example\tsmtp:[n]\n") == true)
    #expect(before.guards(against: address, states: [:]).isEmpty)
  }

  @Test func whatComesAndGoesIsAskedFor() throws {
    let before = config("relay_domains = texthash:/d/t")
    #expect(
      try asked(before, without: "a.example") == [
        "relay_domains uses /d/t too: this host would refuse mail for a.example from outside"
      ])
    #expect(
      try asked(before, .setRoute(key: "n.example", value: "smtp:[n]", table: nil)) == [
        "relay_domains uses /d/t too: this host would accept mail for n.example from anybody, and relay it"
      ])
    #expect(try asked(before, .setRoute(key: "a.example", value: "smtp:[n]", table: nil)).isEmpty)
    #expect(try asked(before, without: "u@c.example").isEmpty)
    let recipients = config("relay_recipient_maps = proxy:hash:/d/t")
    #expect(
      try asked(recipients, without: "u@c.example") == [
        "relay_recipient_maps uses /d/t too: this host would refuse mail for u@c.example as that of an unknown user"
      ])
    #expect(try asked(recipients, without: "a.example").isEmpty)
  }

  /// Whatever the parameter is, however the table is named, and in master.cf too.
  @Test(arguments: [
    "mydestination = mx.here.example, !x.example, lmdb:/d/t", "virtual_alias_maps = proxy:texthash:/d/t",
    "smtpd_sender_restrictions = check_sender_access hash:/d/t", "smtpd_recipient_restrictions = hash:/d/t",
    "smtpd_relay_restrictions = { check_recipient_access { hash:/d/t, search_order=full } }",
    "smtpd_restriction_classes = mine\nmine = check_recipient_access hash:$config_directory/t\nsmtpd_data_restrictions = $mine, mine",
    "mine = hash:/d/t\nrelay_domains = $mine", "fast_flush_domains = $relay_domains\nrelay_domains = /d/t",
    "permit_mx_backup_networks = pipemap:{hash:/d/t, inline:{x=y}}", "virtual_mailbox_domains = cdb:/d/t",
  ])
  func everyUseIsFound(use: String) throws {
    let found = config(use).otherUses(of: "/d/t").map(\.words)
    #expect(!found.isEmpty && found.contains("mine") == use.contains("classes"), "\(found)")
    #expect(try !asked(config(use), without: "a.example").isEmpty)
  }

  @Test func aServiceOfMasterIsNamed() throws {
    let master =
      "smtpd unix - - n - - smtpd\n  -o { smtpd_client_restrictions = check_client_access hash:/d/t }\n"
    #expect(
      try asked(config("", master: master), without: "a.example") == [
        "smtpd_client_restrictions of service smtpd in master.cf uses /d/t too: there would be no entry for a.example in it any more"
      ])
  }

  /// What only says which tables may be opened, what probes ask, and other files.
  @Test(arguments: [
    "", "proxy_read_maps = $transport_maps", "address_verify_transport_maps = hash:/d/t", "mine = hash:/d/t",
    "relay_domains = a.example, hash:/d/other", "sender_dependent_relayhost_maps = hash:/d/t",
  ])
  func otherTablesAskNothing(use: String) throws {
    let maps = use.hasPrefix("mine") ? "virtual_transport = $mine\ntransport_maps" : "transport_maps"
    #expect(try asked(config(use, maps), without: "a.example").isEmpty)
  }

  @Test func aValueThatIsReadIsNotChanged() throws {
    let sender = "sender_dependent_default_transport_maps"
    let before = config(
      "smtpd_sender_restrictions = check_sender_access texthash:/d/t", sender, "@s.example smtp:[a]\n")
    #expect(
      try asked(before, .setRoute(key: "@s.example", value: "smtp:[b]", table: nil)) == [
        "smtpd_sender_restrictions uses /d/t too: the entry for @s.example would say something else there"
      ])
    let pool = try before.planning(wishInWords("from:s.example", ["[a]", "[b]"]), on: plannersMachine).config
    #expect(table(pool) == table(before))
    let other = try pool.planning(wishInWords("from:s.example", ["[b]"]), on: plannersMachine).config
    #expect(table(other) == table(before))
    #expect(
      other.main.document.bytes.text.contains(
        "\(sender) = inline:{{@s.example=smtp:[b]}},\n    texthash:/d/t\n"))
  }

  /// The agent's pool is in the entry itself. What is left of it says where the mail went first.
  @Test func aConversionLeavesTheEntry() throws {
    let before = config("relay_domains = texthash:/d/t")
    let agent = try before.planning(
      wishInWords("to:a.example", ["[a]", "[x]"], .agent), on: plannersMachine
    ).config
    #expect(table(agent)?.contains("a.example randmap:") == true)
    #expect(before.guards(against: agent, states: [:]).allSatisfy { !$0.message.contains("/d/t too") })
    let stock = try agent.converting(["to:a.example"], to: .stock).config
    #expect(table(stock) == Self.entries)
    // A table of its own is as before.
    let own = config("")
    let moved = try own.planning(wishInWords("to:a.example", ["[a]", "[x]"]), on: plannersMachine).config
    #expect(
      table(moved) == "\(MailConfig.placeMark(of: "a.example"))\nb.example smtp:[b]\nu@c.example smtp:[c]\n")
  }
}
