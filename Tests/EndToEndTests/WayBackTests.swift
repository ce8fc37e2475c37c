// What decides for mail taken away, lanes in front of a pool, and pools for some senders beside one for all, on a real Postfix.

import Foundation
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct WayBackTests {
  private func randmap(_ arguments: [String], on lab: PostfixLab, writes: Bool = true) throws
    -> FinishedProcess
  {
    let done = try runRandmap(
      arguments + ["-c", lab.configDirectory] + (writes ? ["--write"] : []),
      environment: ["XDG_STATE_HOME": lab.directory.file("state")])
    if writes { #expect(done.status == .exited(0), "\(done.summary)") }
    return done
  }

  /// `report` has for each lane, and for each gateway, what these got; and the shares are those of the gateways alone.
  private func expectReport(_ lab: PostfixLab, _ gateways: [SmtpSink], _ addresses: [String]) throws {
    let found = try PrintedReport(randmap(["report", "--format", "json"], on: lab, writes: false))
    let messages = gateways.flatMap(\.messages)
    let sent = addresses.map { address in messages.count { $0.contains("X-Client-Addr: \(address)\n") } }
    #expect(try found.pool("sender_dependent_default_transport_maps").members.map(\.messages) == sent)
    let behind = found.pools.first { $0.id == "sender_dependent_relayhost_maps" }
    #expect(behind == nil || behind?.members.map(\.messages) == gateways.map(\.count))
    #expect(behind == nil || behind?.members.map { ($0.share * 10).rounded() } == [7, 3])
  }

  /// Lanes without a relayhost: the host of each recipient takes its mail, and the log has any name for it.
  @Test func lanesToTheHostsOfRecipients() throws {
    let hosts = try SmtpSink.pair()
    let lab = try PostfixLab(main: "smtp_tcp_port = \(hosts[0].address.port)\n")
    defer { _ = try? run("rm", ["-rf", "/var/lib/randmap" + lab.configDirectory]) }
    try lab.stop()
    _ = try randmap(["pool", "outbound", "lane:127.0.0.1=3", "lane:127.0.0.2=1"], on: lab)
    try lab.start()
    for host in hosts { try lab.send(60, to: "user@[\(host.address.host)]") }
    try lab.waitUntilDrained()
    #expect(hosts.map(\.count) == [60, 60], "\(lab.log)")
    try expectReport(lab, hosts, ["127.0.0.1", "127.0.0.2"])
    try lab.stop()
  }

  /// Each message goes by one of the lanes to one of the gateways, and what a person wrote into a lane outlives it.
  @Test func lanesInFrontOfAPoolOfGateways() throws {
    let gateways = try SmtpSink.pair()
    let lab = try PostfixLab(main: "relayhost = \(gateways[0].address)")
    defer { _ = try? run("rm", ["-rf", "/var/lib/randmap" + lab.configDirectory]) }
    try lab.stop()
    let first = try lab.configuration()
    _ = try randmap(["pool", "outbound", "\(gateways[0].address)=70", "\(gateways[1].address)=30"], on: lab)
    let before = try lab.configuration()
    let written = try randmap(["pool", "outbound", "lane:127.0.0.1=3", "lane:127.0.0.2=1"], on: lab)
    #expect(written.standardError.contains("as before: local:lab.randmap.test"), "\(written.summary)")
    try lab.start()
    #expect(try lab.resolver().resolve("someone@lab.randmap.test").transport == "local")
    try lab.send(300, to: "user@far.example")
    try lab.waitUntilDrained()
    for (gateway, ofGateway) in zip(gateways, [0.7, 0.3]) {
      let messages = gateway.messages
      for (address, ofLane) in [("127.0.0.1", 0.75), ("127.0.0.2", 0.25)] {
        let count = messages.count { $0.contains("X-Client-Addr: \(address)\n") }
        #expect(isFair(count, of: 300, share: ofGateway * ofLane), "\(gateway.address) \(address): \(count)")
      }
    }
    let counts = gateways.map(\.count)
    #expect(counts.reduce(0, +) == 300)
    try expectReport(lab, gateways, ["127.0.0.1", "127.0.0.2"])
    try gateways[0].stop()
    try lab.send(60, to: "user@far.example")
    try lab.waitUntilDrained()
    #expect(gateways[1].count == counts[1] + 60)
    #expect(lab.deliveries.allSatisfy { $0.status == .sent }, "\(lab.log)")
    try lab.stop()
    // A lane that somebody has written into.
    let master = "\(lab.configDirectory)/master.cf"
    let own = try String(contentsOfFile: master, encoding: .utf8) + "  -o smtp_helo_timeout=77s\n"
    try own.write(toFile: master, atomically: true, encoding: .utf8)
    let removed = try randmap(["remove-route", "outbound", "--force"], on: lab)
    #expect(
      removed.standardError.contains(
        "the service lane-127-0-0-2 stays in master.cf, because it is not as randmap wrote it; nothing names it any more"
      ), "\(removed.summary)")
    #expect(removed.standardError.contains("Where mail goes") || removed.standardError.contains("->"))
    let now = try lab.configuration()
    #expect(now["main.cf"] == before["main.cf"])
    let left = String(decoding: now["master.cf"] ?? Data(), as: UTF8.self)
    #expect(!left.contains("lane-127-0-0-1") && left.contains("smtp_helo_timeout=77s"))
    // It is taken up again.
    _ = try randmap(["pool", "outbound", "lane:127.0.0.2"], on: lab)
    #expect(try lab.configuration()["master.cf"] == now["master.cf"])
    try lab.start()
    func countOfLane() -> Int {
      gateways[1].messages.count { $0.contains("X-Client-Addr: 127.0.0.2\n") }
    }
    let former = countOfLane()
    try lab.send(20, to: "user@far.example")
    try lab.waitUntilDrained()
    #expect(countOfLane() == former + 20 && gateways[1].count == counts[1] + 80)
    try lab.stop()
    #expect(first["main.cf"] != now["main.cf"])
  }

  /// Postfix's own answers after `remove-route` of a scope are those that it gave before the pool, or without the setting.
  @Test(arguments: [
    ("class:relay", "relay:[127.0.0.1]:9", "user@relay.example", "relay", "relay.example", "relay.example"),
    ("outbound", "[127.0.0.1]:9", "user@far.example", "smtp", "far.example", "elsewhere.example"),
    ("outbound", "smtp:[127.0.0.1]:9", "user@far.example", "smtp", "far.example", "elsewhere.example"),
    ("class:virtual", "smtp:[127.0.0.1]:9", "user@box.example", "virtual", "box.example", "box.example"),
  ])
  func postfixGoesByWhatIsLeft(
    _ call: (
      scope: String, gateway: String, recipient: String, transport: String, nextHop: String, shown: String
    )
  ) throws {
    let lab = try PostfixLab(
      main: "relay_domains = relay.example\nvirtual_mailbox_domains = box.example")
    defer { _ = try? run("rm", ["-rf", "/var/lib/randmap" + lab.configDirectory]) }
    try lab.stop()
    let first = try lab.configuration()
    for members in [[call.gateway], [call.gateway, call.gateway + "9"]] {
      _ = try randmap(["pool", call.scope] + members + ["--force"], on: lab)
      try lab.start()
      let there = try lab.resolver().resolve(call.recipient)
      #expect(there.nexthop.hasPrefix("[127.0.0.1]:9"), "\(there)")
      let dry = try randmap(["remove-route", call.scope], on: lab, writes: false)
      #expect(
        dry.status == .exited(0) && dry.standardError.contains("\(call.transport):\(call.shown)"),
        "\(dry.summary)")
      try lab.stop()
      if members.count > 1 {
        // As with any other edit that takes all gateways of a pool.
        #expect(dry.standardError.contains("removes 100.0% of the live share"), "\(dry.summary)")
      }
      _ = try randmap(["remove-route", call.scope, "--force"], on: lab)
      try lab.start()
      let answer = try lab.resolver().resolve(call.recipient)
      #expect(answer.transport == call.transport && answer.nexthop == call.nextHop, "\(answer)")
      #expect(try lab.resolver().resolve("someone@lab.randmap.test").transport == "local")
      try lab.stop()
      #expect(try lab.configuration() == first)
      let again = try randmap(["remove-route", call.scope], on: lab, writes: false)
      #expect(again.status == .exited(2), "\(again.summary)")
    }
  }

  /// A pool for all mail, after one for a customer, both by the agent; and one more member of another transport.
  @Test func theAgentHasAPoolForSomeSendersFirst() throws {
    let (all, customers) = (try SmtpSink.pair(), try SmtpSink.pair())
    let lab = try PostfixLab(
      main: "relayhost = \(all[0].address)\nrelay_destination_rate_delay = 0s\n# randmap: agent")
    defer { _ = try? run("rm", ["-rf", "/var/lib/randmap" + lab.configDirectory]) }
    try lab.stop()
    _ = try randmap(
      ["pool", "from:customer.example"] + customers.map { "\($0.address)" }, on: lab)
    _ = try randmap(["pool", "outbound", "\(all[0].address)=70"], on: lab)
    _ = try randmap(["pool", "outbound", "\(all[0].address)=70", "\(all[1].address)=30"], on: lab)
    try lab.start()
    let agent = try RunningAgent(beside: lab)
    try lab.send(200, to: "user@far.example")
    try lab.send(200, to: "user@far.example", from: "me@customer.example")
    try lab.waitUntilDrained()
    #expect(isFair(all[0].count, of: 200, share: 0.7) && all[0].count + all[1].count == 200)
    #expect(isFair(customers[0].count, of: 200, share: 0.5))
    #expect(customers[0].count + customers[1].count == 200)
    #expect(lab.deliveries.allSatisfy { $0.status == .sent }, "\(agent.log)")
    let added = try randmap(["add", "from:customer.example", "relay:[127.0.0.1]:9"], on: lab)
    #expect(added.standardOutput.contains("+randmap_destination_concurrency_limit = 60"), "\(added.summary)")
    #expect(
      added.standardError.contains("randmap_destination_rate_delay = 0s, as relay_destination_rate_delay"),
      "\(added.summary)")
    try lab.stop()
  }

  /// The list of scopes says what it could not ask.
  @Test func theListOfScopesSaysWhatItTakesForNoAnswer() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf", "myhostname = mx.here.example\nrelayhost = [127.0.0.2]\ntransport_maps = ldap:/etc/none\n")
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    let text = try runRandmap(["pool", "-c", directory.path])
    #expect(
      text.standardOutput.contains("\nincomplete: taken as not found: ldap:/etc/none"), "\(text.summary)")
    let json = try runRandmap(["pool", "--format", "json", "-c", directory.path])
    #expect(json.standardOutput.contains("\"complete\" : false"), "\(json.summary)")
  }
}
