// The Postfix of the tests itself: it delivers, it answers, it leaves nothing behind.
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct PostfixLabTests {
  @Test func deliversToBothGatewaysOfAPoolAndLeavesNoProcess() throws {
    let first = try SmtpSink()
    let second = try SmtpSink()
    let lab = try PostfixLab(
      main:
        "sender_dependent_default_transport_maps = randmap:{smtp:\(first.address), smtp:\(second.address)}")
    let session = try #require(lab.masterPid)

    try lab.send(20, to: "user@example.net")
    try lab.waitUntilDrained()

    #expect(first.count + second.count == 20)
    // Both sides of a fair coin come up in 20 throws: the chance that they do not is 1 in 524,288.
    #expect(first.count > 0)
    #expect(second.count > 0)
    let deliveries = lab.deliveries
    #expect(deliveries.count == 20)
    #expect(deliveries.allSatisfy { $0.status == .sent && $0.dsn == "2.0.0" })
    let host = first.address.host
    #expect(deliveries.filter { $0.relay == "\(host)[\(host)]:\(first.address.port)" }.count == first.count)

    #expect(!processes(inSession: session).isEmpty)
    try lab.stop()
    #expect(processes(inSession: session).isEmpty)
    #expect(!lab.address.isListening)
  }

  @Test func defersWhatAStoppedGatewayShouldHaveAndDeliversItLater() throws {
    let gateway = try SmtpSink()
    let lab = try PostfixLab(main: "default_transport = smtp:\(gateway.address)")
    try gateway.stop()
    try lab.sendOne(to: ["a@example.net", "b@example.net"])
    try lab.waitUntilSettled()
    #expect(lab.messages(in: .deferred) == 1)
    #expect(try lab.queueListing().count == 1)
    #expect(lab.deliveries.map(\.status) == [.deferred, .deferred])
    #expect(lab.deliveries.first?.reason.contains("Connection refused") == true)

    try gateway.start()
    try lab.flush()
    try lab.waitUntilDrained()
    #expect(gateway.messages.count == 1)
    #expect(gateway.messages.first?.contains("X-Rcpt-Args: <b@example.net>") == true)
  }

  @Test func answersWhereMailWouldGo() throws {
    let lab = try PostfixLab(
      main: """
        transport_maps = texthash:$config_directory/transport
        default_transport = smtp:[gw.example]
        """,
      files: ["transport": "example.com relay:[in-gw.example]:26, [other.example]\n"])
    let resolver = try lab.resolver()
    #expect(
      try resolver.resolve("user@example.com")
        == Resolution(
          transport: "relay", nexthop: "[in-gw.example]:26, [other.example]", recipient: "user@example.com",
          flags: [.defaultClass]))
    #expect(try resolver.resolve("user@example.net", from: "a@b.example").nexthop == "[gw.example]")
    #expect(try resolver.resolve("root@lab.randmap.test").flags == [.localClass])
  }
}
