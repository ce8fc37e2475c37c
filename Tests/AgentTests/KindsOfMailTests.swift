// Every kind of mail that Postfix hands to a delivery agent goes through the agent as it goes without.
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct KindsOfMailTests {
  private let sinks: [SmtpSink]
  private let store: SmtpSink
  private let lab: PostfixLab
  private let agent: RunningAgent

  init() throws {
    sinks = [try SmtpSink(), try SmtpSink()]
    store = try SmtpSink(options: ["-L"])
    let (first, second) = (sinks[0].address, sinks[1].address)
    lab = try PostfixLab(
      main: """
        default_transport = randmap:!smtp:\(first)!smtp:\(second)
        transport_maps = texthash:$config_directory/transport
        smtp_connection_cache_on_demand = yes
        # One at a time, so that mail for the next connection waits while there is one.
        randmap_destination_concurrency_limit = 1
        """,
      master: "lane1 unix - - n - - smtp -o smtp_bind_address=127.0.0.1 -o syslog_name=postfix/lane1\n",
      files: [
        "transport": """
        discard.example  randmap:!discard:gone!discard:away
        error.example    randmap:!error:5.1.1 nobody here
        local.example    randmap:!smtp:\(first)
        store.example    randmap:!lmtp:inet:\(store.address)
        lane.example     randmap:!lane1:\(first)!lane1:\(first)

        """
      ])
    agent = try RunningAgent(beside: lab)
  }

  private func messages() -> [String] { sinks.flatMap(\.messages) }

  private func sendmail(_ options: [String], to recipients: [String]) throws {
    let finished = try run(
      postfixTool("sendmail"), ["-C", lab.configDirectory, "-i"] + options + ["--"] + recipients,
      input: Array("Subject: test\n\ntext\n".utf8))
    #expect(finished.status == .exited(0), "\(finished.summary)")
  }

  @Test func manyRecipientsShareOneTransaction() throws {
    try lab.sendOne(to: (1...30).map { "user\($0)@example.net" })
    try lab.waitUntilDrained()
    #expect(sinks[0].count + sinks[1].count == 1)
    #expect(messages()[0].split(separator: "\n").count { $0.hasPrefix("X-Rcpt-Args:") } == 30)
  }

  @Test func optionsOfTheEnvelopePass() throws {
    try sendmail(["-f", "list@lab.randmap.test", "-XV+="], to: ["verp@example.net"])
    try sendmail(["-f", "", "-N", "never"], to: ["null@example.net"])
    try sendmail(
      ["-f", "a@lab.randmap.test", "-N", "success,failure", "-V", "id-42"], to: ["dsn@example.net"])
    try lab.waitUntilDrained()
    let all = messages()
    func senderLine(of recipient: String) -> String {
      let message = all.first { $0.contains("<\(recipient)>") } ?? ""
      return message.split(separator: "\n").first { $0.hasPrefix("X-Mail-Args:") }.map(String.init) ?? ""
    }
    #expect(senderLine(of: "verp@example.net").contains("<list+verp=example.net@lab.randmap.test>"))
    #expect(senderLine(of: "null@example.net").contains("<>"))
    #expect(senderLine(of: "dsn@example.net").contains("ENVID=id-42"))
    // A Postfix that was built without it hands no such message over.
    if try runSuccessfully(postfixTool("postconf"), ["-dh", "smtputf8_enable"]) == "no\n" { return }
    // smtp-sink does not offer SMTPUTF8: smtp(8) says so only if it was told that the message needs it.
    try sendmail(["-f", "", "-O", "SMTPUTF8=yes"], to: ["j\u{F6}rg@example.net"])
    try waitUntil("the message that needs SMTPUTF8", seen: lab.log) {
      lab.log.contains("SMTPUTF8 is required, but was not offered")
    }
  }

  @Test func probesOfAddressesAndOtherTransportsWork() throws {
    try sendmail(["-f", "root@lab.randmap.test", "-bv"], to: ["user@example.net"])
    try lab.sendOne(to: ["a@discard.example"])
    try lab.sendOne(to: ["b@error.example"], from: "")
    try lab.waitUntilDrained()
    func delivery(_ recipient: String) -> Delivery? { lab.deliveries.first { $0.recipient == recipient } }
    #expect(delivery("user@example.net")?.status == .deliverable, "\(lab.log)")
    #expect(delivery("a@discard.example")?.status == .sent)
    #expect(delivery("b@error.example")?.status == .bounced)
    #expect(delivery("b@error.example")?.dsn == "5.1.1")
    #expect(messages().isEmpty)
  }

  @Test func lmtpAndLanesDeliver() throws {
    try lab.sendOne(to: ["c@store.example"])
    try lab.sendOne(to: ["d@lane.example"])
    try lab.waitUntilDrained()
    #expect(store.count == 1, "\(lab.log)")
    #expect(sinks[0].count == 1)
    #expect(lab.log.contains("postfix/lane1[") || lab.log.contains("postfix/lane1/smtp["), "\(lab.log)")
  }

  @Test func connectionsAreCached() throws {
    try lab.send(200, to: "user@local.example")
    try lab.waitUntilDrained()
    #expect(sinks[0].count == 200)
    #expect(lab.log.contains("conn_use="))
  }
}
