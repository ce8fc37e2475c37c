// All that is known of one gateway: below the list, and in place of it.

import Gateways
import Liveness
import PostfixFiles
import Testing

@testable import Console
@testable import Routing

@Suite struct GatewayDetailTests {
  init() { #expect(utf8Locale) }

  /// Two addresses: one speaks TLS and its certificate ends soon, the other is dead. It was down before.
  private func driver(symbols: Symbols = .unicode) -> Driver {
    var driver = Driver.ready(symbols: symbols)
    let gateway = Gateway.host("out-gw1.example", port: 25)
    let approach = Approach(heloName: "mx1.example", tls: TLSPolicy(.may))
    var transcript = Transcript()
    transcript.add(.gateway, "220 out-gw1.example \u{1B}[2J ESMTP".utf8)
    transcript.add(.probe, "EHLO mx1.example".utf8)
    transcript.add(.gateway, "250-out-gw1.example".utf8)
    transcript.add(.gateway, "250 STARTTLS".utf8)
    transcript.add(.probe, "STARTTLS".utf8)
    transcript.add(.gateway, "220 go ahead".utf8)
    transcript.add(.event, "TLS established".utf8)
    transcript.add(.probe, "QUIT".utf8)
    transcript.add(.gateway, "221 bye".utf8)
    let day = 86_400
    let good = Reading(
      address: "192.0.2.1", port: 25, finding: .answers, latency: 12.4,
      capabilities: ["PIPELINING", "SIZE 10240000"],
      encryption: .established(Certificate(names: ["*.example.net"], expires: 9 * day, now: 0)),
      transcript: transcript
    ).judged(by: approach.tls, host: "out-gw1.example", domain: "out-gw1.example", daysNeeded: 14)
    let dead = Reading(address: "192.0.2.2", port: 25, finding: .connectionRefused)
    var status = GatewayStatus(gateway)
    let start = driver.start
    for (minutes, readings) in [(20, [dead]), (10, [good, dead]), (9, [good, dead])] {
      status.take([approach: readings], at: start - .seconds(60 * minutes), settings: ProbeSettings())
    }
    driver.send(.message(.status(status)))
    return driver
  }

  @Test func standsBelowTheListWhereThereIsRoom() {
    let screen = driver().screen(120, 40)
    let below = screen.split(separator: "\n", omittingEmptySubsequences: false).drop {
      !$0.hasPrefix("──") || $0.hasPrefix("────")
    }
    #expect(
      below.dropLast(2).joined(separator: "\n")
        == """
        ── [out-gw1.example]:25 ────────────────────────────────────────────────────────────────────────────────────────────────
          pools         50.0% of relay_transport   50.0% of transport:example.net
          share         33.3% in the list: the mean of these and 1 other pool, as how much mail comes to each is not known
          address       192.0.2.1  + up  12 ms
            offers      PIPELINING  SIZE 10240000
            certificate *.example.net  9 days left  its certificate is for *.example.net
          address       192.0.2.2  ! DOWN  connection refused
          changed       9 min ago  DOWN → degraded  connection refused
          transcript    192.0.2.1
                        < 220 out-gw1.example ?[2J ESMTP
                        > EHLO mx1.example
                        < 250-out-gw1.example
                        < 250 STARTTLS
                        > STARTTLS
                        < 220 go ahead
                        * TLS established
                        > QUIT
                        < 221 bye
        """)
  }

  @Test func isCutWhereThereIsLittleRoom() {
    #expect(driver().screen(80, 24).contains(" i shows all 17 lines ─"))
    #expect(!driver().screen(40, 10).contains("certificate"))
  }

  @Test func takesThePlaceOfTheList() {
    var driver = driver()
    driver.press(.character("i"))
    #expect(
      driver.screen(40, 10)
        == """
         randmap     3+ 1~ 1x 1!  25.0% at risk
         1 Gateways  2  3  4  5  6
        ── [out-gw1.example]:25 ─── 25 more ↓ ──
         pools         50.0% of relay_transport
                       50.0% of
                       transport:example.net
         share         33.3% in the list: the
                       mean of these and 1 other
        ────────────────────────────────────────
         Up/Down scroll  Esc the list
        """)
    driver.press(.down, .down, .down)
    #expect(
      driver.screen(40, 10)
        == """
         randmap     3+ 1~ 1x 1!  25.0% at risk
         1 Gateways  2  3  4  5  6
        ── [out-gw1.example]:25 ─── 16 more ↓ ──
           offers      PIPELINING  SIZE 10240000
           certificate *.example.net
                       9 days left
                       its certificate is for
                       *.example.net
        ────────────────────────────────────────
         Up/Down scroll  Esc the list
        """)
    driver.press(.pageDown, .pageDown, .pageDown)
    #expect(driver.screen(80, 24).contains("< 221 bye"))
    #expect(!driver.screen(80, 24).contains("> QUIT"))
    driver.press(.up)
    #expect(driver.screen(80, 24).contains("> QUIT"))
    driver.press(.escape)
    #expect(driver.screen(80, 24).contains("GATEWAY"))
  }

  @Test func hasTheKeysOfCredentialsAndPoliciesAndNoSecret() {
    let tables = """
      smtp_sasl_auth_enable = yes
      smtp_sasl_password_maps = inline:{[out-gw1.example]=user:Hunter2}
      smtp_tls_policy_maps = inline:{{[out-gw2.example] = encrypt}}

      """
    var driver = Driver.ready(sampleConfig(main: sampleMain + tables))
    driver.press(.character("i"))
    let screen = driver.screen(80, 24)
    #expect(screen.contains("credentials   [out-gw1.example] in inline:...\n"), "\(screen)")
    #expect(screen.contains("TLS policy    no entry\n"), "\(screen)")
    #expect(!screen.contains("Hunter2"))
    // Without such tables there is nothing to say.
    var plain = Driver.ready()
    plain.press(.character("i"))
    #expect(!plain.screen(80, 24).contains("credentials"))
  }

  @Test func tellsLanesApart() {
    var driver = driver()
    let gateway = Gateway.host("out-gw2.example", port: 25)
    var status = GatewayStatus(gateway)
    let reading = Reading(address: "192.0.2.3", port: 25, finding: .answers)
    status.take(
      [
        Approach(heloName: "mx1.example"): [reading],
        Approach(source: "192.0.2.77", heloName: "lane.example", tls: TLSPolicy(.encrypt)): [
          reading.judged(
            by: TLSPolicy(.encrypt), host: "mx.x.example", domain: "out-gw2.example", daysNeeded: 14)
        ],
      ], at: driver.start, settings: ProbeSettings())
    driver.send(.message(.status(status)))
    driver.press(.down, .character("i"))
    let screen = driver.screen(80, 24)
    #expect(screen.contains("lane          as mx1.example, TLS none\n"), "\(screen)")
    #expect(screen.contains("lane          from 192.0.2.77, as lane.example, TLS encrypt\n"), "\(screen)")
    #expect(screen.contains("address       192.0.2.3 of mx.x.example  + up\n"), "\(screen)")
  }

  /// A call of Postfix's commands names the directory that is open.
  @Test func aCallInTheDetailIsForThisDirectory() {
    var config = MailConfig(
      directory: "/srv/nowhere", environment: Environment(hostName: "mx1.example"),
      main: """
        relayhost = [gw1.example]:587
        smtp_sasl_auth_enable = yes
        smtp_sasl_password_maps = hash:/srv/nowhere/passwords

        """, master: "smtp unix - - n - - smtp\n")
    config.files["/srv/nowhere/passwords"] = .read(
      Document(path: "/srv/nowhere/passwords", bytes: Bytes("[gw1.example]:587 u:p\n".utf8)))
    let screen = Driver.ready(config).screen(200, 40)
    #expect(screen.contains("run: postmap -c /srv/nowhere hash:/srv/nowhere/passwords"), "\(screen)")
  }
}
