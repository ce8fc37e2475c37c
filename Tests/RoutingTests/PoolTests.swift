// Pools as the facts say: every notation, shares, gateways, and what is at risk.

import Gateways
import PostfixFiles
import Routing
import Testing

private func config(_ main: String, master: String? = nil) -> MailConfig {
  MailConfig(directory: "/etc/postfix", main: main, master: master)
}

@Suite struct PoolTests {
  @Test func theOpeningExamplesArePools() throws {
    let inline = try #require(
      config("relay_transport = randmap:!smtp:[out-gw1.example]!smtp:[out-gw2.example]\n").pools().first)
    #expect(inline.notation == .separator(UInt8(ascii: "!")))
    #expect(inline.members.map(\.result) == ["smtp:[out-gw1.example]", "smtp:[out-gw2.example]"])
    let lines = try #require(
      config(
        "relay_transport =\n    randmap:\n        !smtp:[out-gw1.example]\n        !smtp:[out-gw2.example]\n"
          + "        !smtp:[out-gw2.example]\n"
      ).pools().first)
    #expect(lines.members.map { lines.share($0) } == [1.0 / 3, 2.0 / 3])
    let nextHops = try #require(config("default_transport = smtp:randmap:![a]![b]\n").pools().first)
    #expect(nextHops.kind == .nextHop)
    #expect(nextHops.members.map(\.transport) == ["smtp", "smtp"])
  }

  @Test func aFileOfNextHopsKeepsTheTransportBeforeIt() throws {
    var file = config("default_transport = lmtp:randmap:/etc/postfix/stores\nrelayhost = [r]\n")
    let path = "/etc/postfix/stores"
    file.files[path] = .read(
      Document(path: path, bytes: Bytes("[a]\n[b]:26\n# randmap: drained [c] x1\n".utf8)))
    let pool = try #require(file.pool("default_transport"))
    #expect(pool.id == path && pool.kind == .nextHop)
    #expect(pool.members.map(\.transport) == ["lmtp", "lmtp", "lmtp"])
    #expect(pool.members.flatMap(\.gateways).map(\.description) == ["[a]:24", "[b]:26", "[c]:24"])
  }

  @Test func furtherPoolsOfAPlaceAreNumbered() {
    let pools = config(
      "transport_maps = pipemap:{inline:{a.example=x}, randmap:{smtp:[a], smtp:[b]}},"
        + " pipemap:{inline:{b.example=x}, randmap:{smtp:[c]}}\n"
    ).pools()
    #expect(pools.map(\.id) == ["transport_maps", "transport_maps#2"])
    #expect(pools.map(\.ordinal) == [1, 2])
  }

  @Test func drainedMembersAreKept() throws {
    let pool = try #require(
      config("relay_transport = randmap:!smtp:[a]\n# randmap: drained smtp:[b]:26 x3\nrelayhost = [c]\n")
        .pools().first)
    #expect(pool.members.map(\.isDrained) == [false, true])
    #expect(pool.members.map(\.weight) == [1, 3])
    #expect(pool.totalWeight == 1)
  }

  /// A weight that no list ever had is no reason to make such a list.
  @Test func aCommentWithAnImpossibleWeightIsAComment() throws {
    for weight in ["100001", "99999999999", "0", "-1", "1e3", ""] {
      let pool = try #require(
        config("relay_transport = randmap:!smtp:[a]\n# randmap: drained smtp:[b] x\(weight)\n").pools().first)
      #expect(pool.members.map(\.result) == ["smtp:[a]"], "\(weight)")
    }
  }

  @Test func eachParameterThatNamesAFileNamesItsPool() throws {
    var config = config(
      """
      relay_transport = randmap:/etc/postfix/out
      default_transport = $relay_transport
      virtual_transport = $default_transport
      """)
    config.files["/etc/postfix/out"] = .read(
      Document(path: "/etc/postfix/out", bytes: Bytes("smtp:[a]\nsmtp:[b]\n".utf8)))
    #expect(config.pools().map(\.id) == ["/etc/postfix/out"])
    for name in ["relay_transport", "default_transport", "virtual_transport", "/etc/postfix/out"] {
      #expect(config.pool(name)?.id == "/etc/postfix/out", "\(name)")
    }
    #expect(config.pool("local_transport") == nil)
  }

  @Test func gatewaysAreTheHostsAndPortsThatAreUsed() {
    let master = "smtp unix - - n - - smtp -o smtp_tcp_port=2525\nlmtp unix - - n - - lmtp\n"
    let found = config(
      "default_transport = randmap:!smtp:[A.example]!smtp:b.example:26!lmtp:unix:/run/l!lmtp:[c]!local:\n",
      master: master
    ).gateways().map(\.gateway.description)
    #expect(found == ["[a.example]:2525", "b.example:26", "unix:/run/l", "[c]:24"])
  }

  /// The three ways to write the same stock pool: without a net, and with each of the two that there are.
  @Test func theNetOfAStockPoolTakesTheRiskAway() throws {
    let maps = "sender_dependent_default_transport_maps"
    let dead: GatewayStates = [.host("b", port: 25): .down]
    func pool(_ table: String) throws -> Pool {
      try #require(config("\(maps) = \(table)\n").pool(maps))
    }
    #expect(try pool("randmap:{smtp:[a], smtp:[b]}").atRisk(dead) == 0.5)
    let union = try pool("unionmap:{randmap:{smtp:[a], smtp:[b]}, static:{[a],[b]}}")
    #expect(union.atRisk(dead) == 0)
    #expect(union.members.map { $0.gateways.map(\.name) } == [["a"], ["b"]])
    let foreign = try pool("unionmap:{randmap:{smtp:[a], smtp:[b]}, static:{[b]}}")
    #expect(foreign.atRisk(dead) == 0.5)
    let pipe = try pool("pipemap:{randmap:{1, 2}, inline:{{1=smtp:[a],[b]}, {2=smtp:[b],[c],[a]}}}")
    #expect(pipe.atRisk(dead) == 0)
    #expect(pipe.members.map { $0.gateways.map(\.name) } == [["a"], ["b", "c"]])
    #expect(pipe.members.map(\.transport) == ["smtp", "smtp"])
    #expect(pipe.atRisk([.host("a", port: 25): .down, .host("b", port: 25): .down]) == 0.5)
    let bare = try pool("pipemap:{randmap:{1, 2}, inline:{{1=smtp:[a]}, {2=smtp:[b]}}}")
    #expect(bare.atRisk(dead) == 0.5)
    #expect(!bare.hasLiveMember([.host("a", port: 25): .down, .host("b", port: 25): .refused]))
  }

  @Test func aDrainedKeyIsADrainedGateway() throws {
    let table = "pipemap:{randmap:{1}, inline:{{1=smtp:[a]}, {2=smtp:[b],[a]}}}"
    let drained = config(
      "sender_dependent_default_transport_maps = \(table)\n# randmap: drained 2 x1\n")
    let uses = drained.gateways()
    #expect(uses.map(\.gateway.name) == ["a", "b"])
    #expect(uses.map(\.isDrained) == [false, true])
  }

  @Test func sharesAndRisk() {
    let both = config(
      "# two pools\ndefault_transport = randmap:{smtp:[x]}\nrelayhost = [a]\n"
        + "sender_dependent_default_transport_maps = randmap:{smtp:[a], smtp:[b], smtp:[b]}\n")
    let pools = both.pools().filter { $0.id != "default_transport" }
    let dead: GatewayStates = [.host("b", port: 25): .down]
    // No mail comes to relayhost.
    #expect(abs(pools.atRisk(dead) - 2.0 / 3) < 1e-9)
    #expect(pools[1].hasLiveMember(dead))
    #expect(pools[1].liveShares(dead).map(\.share) == [1, 0])
    let covered = config(
      "smtp_fallback_relay = [z]\nsender_dependent_default_transport_maps = randmap:{smtp:[a], smtp:[b]}\n"
    ).pools()
    #expect(covered.atRisk(dead) == 0)
    let list = config(
      "sender_dependent_default_transport_maps = randmap:{smtp:[a]}\ndefault_transport = smtp:[b],[a]\n")
    #expect(list.pools().atRisk(dead) == 0)
  }

  @Test func theAgentPassesTheOthersOn() throws {
    let pool = try #require(
      config(
        "# randmap: agent\nsmtp_fallback_relay = [z]\n"
          + "default_transport = randmap:!smtp:[a]!smtp:[b]!smtp:[c],[d]!lmtp:[e]!lmtp:[f]\n"
          + "# randmap: drained lmtp:[g] x1\n"
      ).pools().first)
    // Each leaves itself out, and what another transport delivers.
    #expect(
      pool.members.map { pool.safetyNet(of: $0).map(\.name) }
        == [["b", "c", "d", "z"], ["a", "c", "d", "z"], ["a", "b", "z"], ["f"], ["e"], []])
    func risk(_ dead: String...) -> Double {
      pool.atRisk(
        Dictionary(
          uniqueKeysWithValues: dead.map { (.host($0, port: $0 > "d" && $0 < "z" ? 24 : 25), .down) }))
    }
    #expect(risk("a", "b", "c", "d") == 0)
    #expect(risk("a", "b", "c", "z") == 0)
    #expect(abs(risk("a", "b", "c", "d", "z") - 0.6) < 1e-9)
    #expect(risk("e") == 0)
    #expect(abs(risk("e", "f", "a") - 0.4) < 1e-9)
  }

  @Test func transportsKnowTheirWayOut() throws {
    func approach(_ main: String, _ options: String = "") throws -> Approach {
      try #require(config(main, master: "smtp unix - - n - - smtp\(options)\n").gatewayTransport("smtp"))
        .approach
    }
    #expect(try approach("").lookup == .dns)
    #expect(try approach("smtp_host_lookup = native").lookup == .native)
    #expect(try approach("", " -o smtp_host_lookup=native,dns").lookup == .dnsThenNative)
    #expect(try approach("disable_dns_lookups = yes").lookup == .withoutDNS)
    #expect(try approach("smtp_dns_support_level = disabled").lookup == .withoutDNS)
    let lane = try approach("", " -o smtp_bind_address=192.0.2.7 -o smtp_bind_address6=2001:db8::7")
    #expect(lane.source == "192.0.2.7" && lane.source6 == "2001:db8::7")
    #expect(try approach("inet_interfaces = 192.0.2.7, 127.0.0.1").source == nil)
    #expect(try approach("inet_interfaces = 192.0.2.7").source == "192.0.2.7")
    #expect(try approach("inet_interfaces = 127.0.0.1").source == nil)
  }

  @Test func liveSharesLeaveTheDeadOut() {
    let pools = config(
      "default_transport = smtp:[c]\nvirtual_transport = smtp:randmap:![a]![b]\n"
    ).pools()
    let shares = pools.liveShares([.host("b", port: 25): .down])
    #expect(shares == [.host("a", port: 25): 0.5, .host("c", port: 25): 0.5])
    let hopeless = pools.liveShares([.host("a", port: 25): .down, .host("b", port: 25): .down])
    #expect(hopeless[.host("b", port: 25)] == 0.25)
  }

  @Test func agentIsToldApart() {
    #expect(config("# randmap: agent\n").usesAgent)
    #expect(!config("# randmap: agent of somebody\n").usesAgent)
    #expect(config("", master: "randmap unix - - n - - randmap\n").usesAgent)
  }

  @Test func routesListParametersAndEntries() throws {
    var config = config("relayhost = [a]\ntransport_maps = hash:/t\n")
    config.files["/t"] = .read(Document(path: "/t", bytes: Bytes("x.example smtp:[b]\nbroken\n".utf8)))
    let routes = config.routes()
    #expect(routes.map(\.name) == ["relayhost", "transport_maps", "x.example", "broken"])
    #expect(routes[3].value.isEmpty)
    #expect(routes[2].line == 1)
  }
}
