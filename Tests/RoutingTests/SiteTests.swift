// The one walk: which places it finds, in which order, and what each of them says of its results.

import PostfixFiles
import Testing

@testable import Routing

private func config(_ main: String, master: String? = nil) -> MailConfig {
  MailConfig(directory: "/etc/postfix", main: main, master: master)
}

/// What a test compares of a site.
private struct Found: Equatable {
  let place: Place
  let kind: ResultKind?
  let role: SiteTable.Role?

  init(_ place: Place, _ kind: ResultKind?, _ role: SiteTable.Role? = nil) {
    self.place = place
    self.kind = kind
    self.role = role
  }

  init(_ site: Site) { self.init(site.place, site.kind, site.table?.role) }
}

@Suite struct SiteTests {
  @Test func valuesComeBeforeThoseOfServicesAndTables() {
    let sites = config(
      """
      transport_maps = hash:/t, inline:{example.com=smtp:[a]}
      relayhost = [gw]
      lmtp_fallback_relay = [store]
      """,
      master: """
        smtp unix - - n - - smtp
        lane unix - - n - - smtp -o smtp_fallback_relay=[b]

        """
    ).sites
    #expect(
      sites.filter(\.isSet).map(Found.init) == [
        Found(.parameter(.relayhost), .nextHop), Found(.parameter(.lmtpFallbackRelay), .nextHop),
        Found(.override(.smtpFallbackRelay, service: "lane"), .nextHop),
        Found(.table("/t"), .destination, .answer),
        Found(.inlineEntry(of: .transportMaps, key: "example.com"), .destination, .answer),
      ])
    // What Postfix takes by itself decides too.
    #expect(
      sites.filter { !$0.isSet }.map(\.parameter) == [
        .defaultTransport, .relayTransport, .localTransport, .virtualTransport,
      ])
  }

  @Test func theTablesOfAPipemapAnswerWithKeysButTheLast() {
    let sites = config(
      "transport_maps = pipemap:{inline:{example.com=pool}, randmap:{smtp:[a], smtp:[b]}}\n"
    ).tableSites
    #expect(
      sites.map(Found.init) == [
        Found(.inlineEntry(of: .transportMaps, key: "example.com"), nil, .key),
        Found(.item(of: .transportMaps), .destination, .answer),
      ])
    #expect(sites.map { $0.table?.keys } == [.recipients, .results])
    #expect(sites.allSatisfy { $0.table?.isWholeItem == false })
  }

  /// The last table of a pipemap says what the results of a pool mean; after any other table it is asked for mail.
  @Test(arguments: [("randmap:{k1, k2}", true), ("inline:{example.com=k1}", false)])
  func theTableAfterAPoolSaysWhatItsResultsMean(first: String, isMeaning: Bool) throws {
    let sites = config("transport_maps = pipemap:{\(first), proxy:hash:/t, hash:/t}\n").tableSites
    #expect(sites.map { $0.table?.role } == [.key, .key, .answer])
    let two = config("transport_maps = pipemap:{\(first), hash:/t}\n").tableSites
    #expect(two.last?.table?.role == (isMeaning ? .meaning : .answer))
    #expect(two.last?.kind == .destination)
    guard case .translated? = two.first?.table?.net else {
      Issue.record("no net around \(first)")
      return
    }
  }

  @Test func theLaterTablesOfAUnionmapAddNextHops() {
    let sites = config(
      "sender_dependent_default_transport_maps = unionmap:{randmap:{smtp:[a], smtp:[b]}, static:{[a],[b]}}\n"
    ).tableSites
    #expect(
      sites.map(Found.init) == [
        Found(.item(of: .senderTransportMaps), .destination, .answer),
        Found(.item(of: .senderTransportMaps), .nextHop, .addition),
      ])
    #expect(sites.first?.table?.net?.hops.map(\.text) == ["[a]", "[b]"])
  }

  /// A table of keys in a pipemap is no list of gateways, and the table of their results is. DUNNO means no answer.
  @Test func gatewaysComeFromAnswersAndNotFromKeys() {
    var config = config(
      """
      relayhost = [gw]
      sender_dependent_relayhost_maps = pipemap:{inline:{@a.example=pool.example}, texthash:/t}
      """, master: "smtp unix - - n - - smtp\n")
    config.files["/t"] = .read(Document(path: "/t", bytes: Bytes("pool.example  [hop]\nother  DUNNO\n".utf8)))
    #expect(config.gateways().map { "\($0.gateway)" } == ["[gw]:25", "[hop]:25"])
  }

  @Test func aRouteShowsWhatItsTablesContain() {
    #expect(Place.item(of: .transportMaps).route == .parameter(.transportMaps))
    #expect(Place.inlineEntry(of: .transportMaps, key: "a").route == .parameter(.transportMaps))
    #expect(Place.file("/p").route == .file("/p"))
  }

  /// A name may mean a pool that comes later; the parameters that name a pool by way of another one name it too.
  @Test func eachSiteKnowsItsPool() throws {
    var config = config(
      """
      # randmap: agent
      default_transport = randmap:relay_transport
      relay_transport = randmap:!smtp:[a]!smtp:[b]
      virtual_transport = randmap:out
      out = /p
      """, master: "smtp unix - - n - - smtp\n")
    config.files["/p"] = .read(Document(path: "/p", bytes: Bytes("smtp:[c]\n".utf8)))
    #expect(
      config.pooledSites().map { "\($0.site.parameter) \($0.pool.id)" } == [
        "default_transport relay_transport", "relay_transport relay_transport", "virtual_transport /p",
      ])
    #expect(config.pool("/p")?.aliases == ["out", "virtual_transport"])
  }

  @Test func thePoolFileKeepsItsBytes() {
    let bytes = Bytes("# a\r\n\n smtp:[a]\u{0}\t\nsmtp:[b]".utf8)
    let text = PoolText(file: Document(path: "/p", bytes: bytes))
    #expect(text.text.bytes == bytes)
    #expect(text.items.count == 2)
  }
}
