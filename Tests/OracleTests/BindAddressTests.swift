// What route says of an address to send from that is none, or another host's, shown by mail that a real Postfix has.
import PostfixFiles
import Routing
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct BindAddressTests {
  @Test func theMailDoesWhatRouteSays() throws {
    let sink = try SmtpSink()
    let lanes = [
      "none": "-o smtp_bind_address=out1.example", "foreign": "-o smtp_bind_address=192.0.2.9",
      "enforced": "-o smtp_bind_address=192.0.2.9 -o smtp_bind_address_enforce=yes", "plain": "",
    ]
    let master = lanes.map { "\($0.key) unix - - n - - smtp -o syslog_name=postfix/\($0.key) \($0.value)" }
      .joined(separator: "\n")
    let lab = try PostfixLab(
      main:
        "transport_maps = inline:{\(lanes.keys.map { "\($0).test=\($0):\(sink.address)" }.joined(separator: ", "))}",
      master: master)
    try lab.sendOne(to: lanes.keys.map { "u@\($0).test" })
    let log = { lab.log }
    try waitUntil("all mail to be tried", seen: log()) {
      log().contains("bad smtp_bind_address parameter: out1.example")
        && lab.deliveries.count { !$0.recipient.hasSuffix("@none.test") } >= 3
    }
    func status(_ lane: String) -> Delivery.Status? {
      lab.deliveries.first { $0.recipient == "u@\(lane).test" }?.status
    }
    #expect(status("plain") == .sent && status("foreign") == .sent && status("none") != .sent)
    #expect(status("enforced") == .deferred)

    var config = try MailConfig(
      directory: lab.configDirectory, environment: Environment(hostName: "lab.test"))
    config.surroundings = Surroundings(addresses: ["127.0.0.1", "192.0.2.1"])
    let fates = DestinationFates(config)
    let trouble = lanes.keys.filter {
      fates.fate(transport: $0, nextHop: "\(sink.address)")?.isTrouble == true
    }
    #expect(Set(trouble) == ["none", "enforced"])
  }
}
