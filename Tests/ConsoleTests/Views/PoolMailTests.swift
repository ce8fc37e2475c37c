// Which mail each pool is for, in its title: what gives way where the screen is narrow; and lanes, which have no gateway.

import Editing
import PostfixFiles
import Routing
import Testing

@testable import Console

@Suite struct PoolMailTests {
  init() { #expect(utf8Locale) }

  /// As `pool` writes them on a stock Postfix: the ids say a place in a line, and no mail.
  private let config = MailConfig(
    directory: directory, environment: Environment(hostName: "mx1.example", version: PostfixVersion(3, 7)),
    main: """
      relay_domains = one.example, two.example, three.example, four.example
      transport_maps = pipemap:{inline:{big.example=x},randmap:{smtp:[gw1.example],smtp:[gw2.example]}}
          pipemap:{inline:{one.example=relay_domains,.one.example=relay_domains,two.example=relay_domains,
          .two.example=relay_domains,three.example=relay_domains,.three.example=relay_domains,
          four.example=relay_domains,.four.example=relay_domains},randmap:{smtp:[in1.example],smtp:[in2.example]}}
      sender_dependent_default_transport_maps =
          pipemap:{inline:{@customer.example=x,@b.example=x,@c.example=x,@d.example=x},
          randmap:{smtp:[gw3.example],smtp:[gw4.example]}}
      sender_dependent_relayhost_maps = randmap:{[gw5.example],[gw6.example]}

      """, master: "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")

  private func titles(_ driver: Driver, _ columns: Int, _ rows: Int) -> [String] {
    driver.screen(columns, rows).split(separator: "\n").dropFirst(2).map(String.init).filter {
      $0.contains("_maps") || $0.contains("mail f") || $0.contains("from:") || $0.contains("to:")
        || $0.contains("class:") || $0.contains("outbound")
    }
  }

  @Test func theTitleSaysTheMail() {
    var driver = Driver.ready(config)
    driver.press(.character("2"))
    #expect(
      titles(driver, 120, 40) == [
        "  transport_maps  mail for big.example  stock randmap:{}, main.cf:2",
        "  transport_maps#2  mail for the relay domains  stock randmap:{}, main.cf:5",
        "  sender_dependent_default_transport_maps  mail from customer.example, b.example, c.example and 1 more",
        "  sender_dependent_relayhost_maps  all mail to the outside  stock randmap:{}, main.cf:9",
      ])
    // The file and the line go first, then the id that is only a place in a line.
    #expect(
      titles(driver, 80, 24) == [
        "  transport_maps  mail for big.example  stock randmap:{}, main.cf:2",
        "  transport_maps#2  mail for the relay domains  stock randmap:{}, main.cf:5",
        "  from:customer.example, from:b.example, from:c.example and 1 more",
        "  sender_dependent_relayhost_maps  all mail to the outside",
      ])
    #expect(
      titles(driver, 40, 20) == [
        " transport_maps  mail for big.example", " transport_maps#2  class:relay",
        " from:customer.example, from:b.exampl…", " sender_dependent_relayhost_maps",
      ])
  }

  /// What is wrong is never cut.
  @Test(arguments: [(120, 40), (80, 24), (40, 20)]) func noLiveMemberIsSeen(columns: Int, rows: Int) {
    var driver = Driver(config)
    driver.send(.message(.filesRead(config)))
    for use in driver.model.facts.gateways { driver.probe(use.gateway, .connectionRefused) }
    driver.press(.character("2"))
    let shown = titles(driver, columns, rows).filter { !$0.contains("customer.example") }
    #expect(shown.count == 3 && shown.allSatisfy { $0.hasSuffix("NO LIVE MEMBER") }, "\(shown)")
    #expect(shown.first?.contains("big.example") == true)
  }

  @Test func theFilterAndThePlainRowsKnowTheMail() {
    var driver = Driver.ready(config)
    driver.press(.character("2"), .character("/"))
    driver.type("big.example")
    driver.press(.enter)
    #expect(driver.model[PoolsView.self].rows.count == 3)
    let words = driver.model[PoolsView.self].rowWords(at: 0, driver.model.facts)
    #expect(words.contains(RowWord("for", "mail for big.example")), "\(words)")
  }

  /// The samples: each kind of place has words of its own.
  @Test func eachPlaceHasWords() {
    let pools = sampleConfig().pools()
    let mail = pools.map { sampleConfig().mail(of: $0)?.words }
    #expect(
      mail == [
        "mail for the relay domains", "mail for the virtual mailbox domains", "mail for example.net",
      ])
  }

  /// The detail of a gateway says of which pool each share is, and what the list shows.
  @Test func sharesOfSeveralPoolsAreExplained() {
    let screen = Driver.ready().screen(120, 40)
    #expect(screen.contains("pools         50.0% of relay_transport   50.0% of transport:example.net"))
    #expect(
      screen.contains(
        "share         33.3% in the list: the mean of these and 1 other pool, as how much mail comes to each is not known"
      ), "\(screen)")
    // Of one pool there is nothing to explain.
    let one = Driver.ready(
      sampleConfig(main: "relay_transport = randmap:{smtp:[a.example], smtp:[b.example]}\n"))
    #expect(!one.screen(120, 40).contains("in the list"))
  }

  // MARK: - Lanes

  private func lanes(_ second: String = "  -o smtp_bind_address=127.0.0.2\n") -> MailConfig {
    MailConfig(
      directory: directory, environment: Environment(hostName: "mx1.example", version: PostfixVersion(3, 7)),
      main: "sender_dependent_default_transport_maps = randmap:{lane1:, lane1:, lane2:}\n",
      master:
        "smtp unix - - n - - smtp\nlane1 unix - - n - - smtp\n  -o smtp_bind_address=127.0.0.1\nlane2 unix - - n - - smtp\n\(second)"
    )
  }

  @Test(arguments: [(120, 40), (80, 24), (40, 10)])
  func lanesAreNoMissingGateway(columns: Int, rows: Int) {
    let screen = Driver.ready(lanes()).screen(columns, rows)
    let text = screen.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(text.contains("No gateway: the mail goes by lanes"), "\(screen)")
    #expect(
      text.contains(
        "The mail leaves from 2 addresses of this host (lanes) straight to the recipients' MX hosts, which no probe watches."
      ), "\(screen)")
    #expect(!text.contains("No gateway is named") && !text.contains("gateways of your own"))
    #expect(rows < 16 || text.contains("view 2 Pools, or randmap pools"))
  }

  @Test func lanesAreCounted() {
    #expect(lanes().laneMail?.origin == "2 addresses of this host (lanes)")
    #expect(lanes("").laneMail?.origin == "2 transports of this host (lanes)")
    #expect(sampleConfig().laneMail == nil)
    #expect(sampleConfig(main: "").wordsOfNoGateway == "no gateways: no pool, route or relayhost names one")
    #expect(lanes().wordsOfNoGateway.hasPrefix("no gateways: the mail leaves from 2 addresses"))
  }
}
