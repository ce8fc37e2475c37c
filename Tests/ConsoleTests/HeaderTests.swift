// The first line says from the start what is in the way: no agent, no permission to write.

import Gateways
import PostfixFiles
import Routing
import Testing

@testable import Checks
@testable import Console

@Suite struct HeaderTests {
  init() { #expect(utf8Locale) }

  private func header(_ driver: Driver, _ columns: Int, _ rows: Int) -> String {
    String(driver.screen(columns, rows).prefix { $0 != "\n" })
  }

  @Test func aDirectoryThatMayNotBeWrittenIsMarkedFromTheStart() {
    let start = Driver(obstacle: .noPermission)
    #expect(header(start, 80, 24).contains(" randmap  mx1.example  /etc/postfix  read-only: sudo randmap  "))
    var driver = Driver.ready(obstacle: .noPermission)
    #expect(
      header(driver, 120, 40)
        == " randmap  /etc/postfix  read-only: sudo randmap        "
        + "4 up  1 REFUSED  1 DOWN    on average 25.0% of each pool at risk")
    #expect(
      header(driver, 80, 24)
        == " randmap  /etc/postfix  read-only        4 up  1 REFUSED  1 DOWN  25.0% at risk")
    #expect(header(driver, 40, 10) == " randmap        4+ 1x 1!  25.0% at risk")
    // Edits can be tried; only the write is refused, before it is asked about.
    driver.press(.character("2"), .character("+"))
    #expect(driver.pool("relay_transport")[0] == "smtp:[out-gw1.example] x3")
    for key in "wW" {
      driver.press(.character(key))
      #expect(
        driver.model.notice?.text.hasSuffix(
          "no permission to write /etc/postfix: need sudo randmap; :output DIR writes the edited files elsewhere"
        ) == true)
    }
    #expect(driver.checks.isEmpty && driver.model.dialog == nil)
  }

  /// The call has the directory in it: where there is no space for both, the call stays.
  @Test func theCallStaysWhereTheDirectoryIsLong() {
    let config = MailConfig(
      directory: "/srv/mail/postfix-outgoing", environment: Environment(hostName: "mx1.example"),
      main: "relayhost = [gw1.example]\n")
    let driver = Driver.ready(config, obstacle: .noPermission)
    #expect(
      header(driver, 90, 24).contains("  read-only: sudo randmap -c /srv/mail/postfix-outgoing "),
      "\(header(driver, 90, 24))")
  }

  /// sudo(8) drops MAIL_CONFIG, and who gave a directory means that one.
  @Test func anotherDirectoryIsNamedInTheCall() {
    let obstacle = WriteObstacle.noPermission
    #expect(obstacle.mark("/etc/postfix") == "read-only: sudo randmap")
    #expect(obstacle.mark("/etc/postfix-out") == "read-only: sudo randmap -c /etc/postfix-out")
    #expect(obstacle.message("/srv/a b").contains("need sudo randmap -c '/srv/a b';"))
  }

  /// What an entry of a table leads to is in no pool, and its mail is not counted.
  @Test func aGatewayOutsideOfThePoolsIsNoPoolMail() {
    func line(ofEntryTo gateway: String) -> String {
      var config = sampleConfig(
        main: "relayhost = [out-gw1.example]\ntransport_maps = texthash:\(directory)/transport\n")
      config.files["\(directory)/transport"] = .read(
        Document(path: "\(directory)/transport", bytes: Bytes("example.com smtp:[\(gateway)]\n".utf8)))
      return header(Driver.ready(config), 120, 40)
    }
    let (up, down) = (line(ofEntryTo: "in-gw1.example"), line(ofEntryTo: "out-gw3.example"))
    #expect(up.hasSuffix("  2 up    no mail at risk"), "\(up)")
    #expect(down.hasSuffix("  1 up  1 DOWN    no pool mail at risk"), "\(down)")
  }

  @Test func anAgentThatIsGoneIsMarked() {
    var driver = Driver.ready()
    driver.send(.message(.agent(nil)))
    #expect(!header(driver, 120, 40).contains("agent"), "there was none")
    driver.send(.message(.agent(AgentReport())))
    #expect(!header(driver, 120, 40).contains("agent"))
    driver.send(.message(.agent(nil)))
    #expect(header(driver, 120, 40).contains("  /etc/postfix  agent gone  "))
    #expect(header(driver, 80, 24).contains("agent gone"))
    #expect(header(driver, 40, 10) == "  agent gone   4+ 1x 1!  100.0% at risk")
    driver.send(.message(.agent(AgentReport())))
    #expect(!header(driver, 120, 40).contains("agent"))
  }

  /// The console was opened after the agent had gone: the rule RM123 finds its socket.
  @Test func aPoolWithoutAnAgentIsMarked() {
    let found = Diagnostic(
      Finding(FileRange(file: "\(directory)/main.cf", range: 0..<0), "no agent answers"), code: "RM123",
      severity: .error, start: Position(line: 2, column: 1), end: Position(line: 2, column: 10))
    var driver = Driver.ready { _ in [found] }
    #expect(header(driver, 80, 24).contains("  no agent  "))
    driver.send(.message(.agent(AgentReport())))
    #expect(!header(driver, 80, 24).contains("no agent"))
  }
}
