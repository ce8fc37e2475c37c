// Where mail goes, by the cases that were measured on Postfix 3.7.11 (the facts about precedence, lookup order and the
// key `*`); the oracle's random configurations prove the rest.

import PostfixFiles
import Routing
import Testing

private let ours = "compatibility_level = 3.6\nmyhostname = mx.example\nmydestination = lab.test\n"

private func answer(
  _ recipient: String, _ main: String, from sender: String = "", master: String? = nil,
  context: RouteContext = RouteContext()
) -> RouteAnswer {
  let config = MailConfig(directory: "/etc/postfix", main: ours + main, master: master)
  return Resolver(config, context: context).route(recipient, from: sender)
}

/// `transport:nexthop` with shares in per cent.
private func destinations(_ answer: RouteAnswer) -> [String: Int] {
  var found: [String: Int] = [:]
  for (outcome, share) in answer.outcomes {
    guard case .destination(let transport, let nextHop) = outcome else { return ["\(outcome)": 100] }
    found["\(transport.text):\(nextHop.text)"] = Int((share * 100).rounded())
  }
  return found
}

private func destinations(_ recipient: String, _ main: String, from sender: String = "") -> [String: Int] {
  destinations(answer(recipient, main, from: sender))
}

@Suite struct ResolverTests {
  @Test func classesHaveTheirTransports() {
    let main =
      "relay_domains = relay.test\nvirtual_alias_domains = alias.test\nvirtual_mailbox_domains = box.test\n"
    #expect(destinations("u@lab.test", main) == ["local:mx.example": 100])
    #expect(destinations("u@relay.test", main) == ["relay:relay.test": 100])
    #expect(destinations("u@sub.relay.test", main) == ["relay:sub.relay.test": 100])
    #expect(
      destinations("u@alias.test", main) == ["error:5.1.1 User unknown in virtual alias table": 100])
    #expect(destinations("u@box.test", main) == ["virtual:box.test": 100])
    #expect(destinations("u@Other.test", main) == ["smtp:Other.test": 100])
  }

  @Test func aPatternTableShadowsDomainKeys() {
    let main = "transport_maps = inline:{example.com=:}, randmap:{smtp:[gw]}\n"
    #expect(destinations("a@example.com", main) == ["smtp:[gw]": 100])
    #expect(destinations("a@lab.test", main) == ["smtp:[gw]": 100])
    let first = "transport_maps = regexp:{{/@example\\.com$$/ :}}, randmap:{smtp:[gw]}\n"
    #expect(destinations("a@example.com", first) == ["smtp:example.com": 100])
  }

  @Test func membersThatTheAgentLeavesOutHaveNoShare() {
    let main =
      "# randmap: agent\nrelayhost =\ndefault_transport = randmap:!smtp:[a]!smtp:[b!smtp:[c]:99999!smtp:[1.2.3]\n"
    #expect(destinations("u@x.test", main) == ["smtp:[a]": 100])
    let config = MailConfig(directory: "/etc/postfix", main: ours + main)
    let pool = config.pools().first { $0.id == "default_transport" }
    #expect(pool?.members.map { pool?.share($0) ?? -1 } == [1, 0, 0, 0])
    #expect(pool?.members.map { $0.problem == nil } == [true, false, false, false])
    let none = "# randmap: agent\ndefault_transport = randmap:!smtp:[b!smtp:[c\n"
    #expect(answer("u@x.test", none).outcomes.map(\.value) == [.deferred("the pool has no usable member")])
  }

  @Test func aProxyTableThatProxymapDoesNotOpenEndsTrivialRewrite() {
    let table = "transport_maps = proxy:inline:{x.test=smtp:[a]}\n"
    #expect(destinations("u@x.test", table) == ["smtp:[a]": 100])
    let closed = answer("u@x.test", table + "proxy_read_maps = $mydestination\n").outcomes.map(\.value)
    #expect(
      closed == [.standstill("proxymap service is not configured for table \"inline:{x.test=smtp:[a]}\"")])
    let nested = "transport_maps = pipemap:{proxy:inline:{x.test=smtp:[a]}}\n"
    #expect(destinations("u@x.test", nested) == ["smtp:[a]": 100])
  }

  @Test func addressesThatAreNotUTF8AreRefused() {
    let config = MailConfig(directory: "/etc/postfix", main: ours)
    let recipient = Bytes("u".utf8) + [0xFF] + Bytes("@x.test".utf8)
    #expect(
      Resolver(config).route(recipient, from: []).outcomes.map(\.value) == [.refused("bad address syntax")])
    let plain = MailConfig(directory: "/etc/postfix", main: ours + "smtputf8_enable = no\n")
    #expect(Resolver(plain).route(recipient, from: []).outcomes.map(\.value.isDestination) == [true])
  }

  @Test func weightsAreShares() {
    let main = "sender_dependent_default_transport_maps = randmap:{smtp:[a],smtp:[b],smtp:[b],smtp:[b]}\n"
    #expect(destinations("u@x.test", main) == ["smtp:[a]": 25, "smtp:[b]": 75])
    #expect(destinations("u@lab.test", main) == ["local:mx.example": 100])
  }

  @Test func randomChoicesMultiply() {
    let main = """
      sender_dependent_default_transport_maps = randmap:{lane1:,lane2:}
      sender_dependent_relayhost_maps = randmap:{[g1],[g2],[g2],[g2]}

      """
    #expect(
      destinations("u@x.test", main, from: "a@b.test") == [
        "lane1:[g1]": 13, "lane2:[g1]": 13, "lane1:[g2]": 38, "lane2:[g2]": 38,
      ])
  }

  @Test func anExplicitNextHopBeatsRelayhostOnlyInItsClass() {
    let main = """
      relay_domains = relay.test
      relayhost = [hub]
      sender_dependent_default_transport_maps = randmap:{smtp:[a],smtp:[b]}

      """
    #expect(destinations("u@x.test", main) == ["smtp:[a]": 50, "smtp:[b]": 50])
    #expect(destinations("u@relay.test", main) == ["relay:[hub]": 100])
    #expect(
      destinations("u@x.test", "relayhost = [hub]\ntransport_maps = inline:{x.test=smtp:}\n") == [
        "smtp:x.test": 100
      ])
    #expect(
      destinations("u@x.test", "relayhost = [hub]\ntransport_maps = inline:{x.test=:}\n") == [
        "smtp:[hub]": 100
      ])
  }

  @Test func theKeyStarIsHeld() {
    let main = "transport_maps = pipemap:{inline:{*=x},randmap:{smtp:[a],smtp:[b]}}\n"
    #expect(answer("u@x.test", main).isHeld)
    #expect(destinations("u@x.test", main) == ["smtp:[a]": 50, "smtp:[b]": 50])
    #expect(!answer("u@x.test", "transport_maps = randmap:{smtp:[a],smtp:[b]}\n").isHeld)
  }

  @Test func failoverListsComeAsTheyAre() {
    let pipe = "transport_maps = pipemap:{randmap:{f1,f2}, inline:{ {f1=smtp:[a],[b]}, {f2=smtp:[b],[a]} }}\n"
    #expect(destinations("u@x.test", pipe) == ["smtp:[a],[b]": 50, "smtp:[b],[a]": 50])
    let union = "transport_maps = unionmap:{randmap:{smtp:[a],smtp:[b]}, static:{[a],[b]}}\n"
    #expect(destinations("u@x.test", union) == ["smtp:[a],[a],[b]": 50, "smtp:[b],[a],[b]": 50])
  }

  @Test func aBrokenTableMakesMailWait() {
    let broken = answer("u@x.test", "transport_maps = randmap:!a!b\n")
    guard case .deferred = broken.outcomes.first?.value else {
      Issue.record("\(broken.outcomes)")
      return
    }
    #expect(broken.isComplete)
    let fatal = answer("u@x.test", "transport_maps = /etc/postfix/transport\n")
    guard case .standstill(let reason) = fatal.outcomes.first?.value else {
      Issue.record("\(fatal.outcomes)")
      return
    }
    #expect(reason.contains("expecting \"type:name\" form"))
    let level =
      "append_dot_mydomain = no\ncompatibility_level = ${{$compatibility_level} >=level {0} ? {3.6} : {2}}\n"
    guard case .standstill = answer("u@x.test", level).outcomes.first?.value else {
      Issue.record("a level that leads back to itself is fatal")
      return
    }
  }

  @Test func aTableThatNobodyCanAskMakesTheAnswerIncomplete() {
    let asked = answer("u@x.test", "transport_maps = ldap:/x.cf\n")
    #expect(!asked.isComplete)
    #expect(asked.unknown.first?.contains("ldap:/x.cf") == true)
    #expect(destinations(asked) == ["smtp:x.test": 100])
    let context = RouteContext(ask: { table, key in
      table == "ldap:/x.cf" && key == Bytes("x.test".utf8) ? .found(Bytes("smtp:[l]".utf8)) : .notFound
    })
    let found = answer("u@x.test", "transport_maps = ldap:/x.cf\n", context: context)
    #expect(found.isComplete)
    #expect(destinations(found) == ["smtp:[l]": 100])
  }

  @Test func eachQuestionGoesOutOnceForAnAddress() {
    var questions: [String] = []
    let context = RouteContext(ask: { table, key in
      questions.append("\(table) \(key.text)")
      return .notFound
    })
    _ = answer("u@x.test", "transport_maps = ldap:/x.cf\nrelay_domains = ldap:/x.cf\n", context: context)
    #expect(questions.contains("ldap:/x.cf x.test"))
    #expect(Set(questions).count == questions.count, "\(questions)")
  }

  @Test func anIndexedTableOfWhichNothingIsThereIsNotAskedFor() {
    let context = RouteContext(ask: { table, _ in
      Issue.record("asked for \(table)")
      return .notFound
    })
    let asked = answer("u@x.test", "transport_maps = hash:/nonexistent/t\n", context: context)
    #expect(asked.isComplete)
    #expect(destinations(asked) == ["deferred(\"transport_maps lookup failure\")": 100])
    #expect(asked.trail.contains { $0.detail.contains("open database /nonexistent/t.db: No such file") })
  }

  /// cleanup(8) has an address completed before mail is routed.
  @Test(arguments: [
    ("", "user", "user@o.test"), ("", "user@x.test", "user@x.test"), ("", "user@host", "user@host"),
    ("append_dot_mydomain = yes\n", "user@host", "user@host.d.test"),
    ("append_dot_mydomain = yes\n", "user@[192.0.2.1]", "user@[192.0.2.1]"),
    ("append_at_myorigin = no\n", "user", "user"), ("", "user@", "user@"), ("", "", ""),
    ("", "host!user", "host!user"), ("", "user%host", "user%host"),
    ("swap_bangpath = no\n", "host!user", "host!user@o.test"), ("", "a b", "a b@o.test"),
  ])
  func theAddressThatIsAskedForIsAWholeOne(main: String, typed: String, asked: String) {
    let config = MailConfig(
      directory: "/etc/postfix", environment: Environment(hostName: "mx.here.example"),
      main: "compatibility_level = 3.6\nmydomain = d.test\nmyorigin = o.test\n" + main)
    #expect(Resolver(config).completed(Bytes(typed.utf8)).text == asked)
  }

  @Test func theAgentsNotationsAreAnsweredAsItDelivers() {
    let main = "default_transport = randmap:!smtp:[a]!smtp:[b]!smtp:[b]\n"
    #expect(destinations("u@x.test", main) == ["randmap:!smtp:[a]!smtp:[b]!smtp:[b]": 100])
    #expect(destinations("u@x.test", "# randmap: agent\n" + main) == ["smtp:[a]": 33, "smtp:[b]": 67])
    let hop = "# randmap: agent\ndefault_transport = smtp:randmap:![a]![b]\n"
    #expect(destinations("u@x.test", hop) == ["smtp:randmap:![a]![b]": 100])
  }

  @Test func theServicesOwnSettingsAreInForce() {
    let master = "rewrite unix - - n - - trivial-rewrite -o relayhost=[own]\n"
    #expect(destinations(answer("u@x.test", "relayhost = [main]\n", master: master)) == ["smtp:[own]": 100])
  }

  @Test func theTrailSaysWhereItStands() {
    let steps = answer("u@x.test", "relayhost = [hub]\ntransport_maps = inline:{x.test=relay:}\n").trail
    #expect(steps.map(\.parameter) == ["default_transport", "relayhost", "transport_maps"])
    #expect(steps.map(\.line) == [nil, 4, 5])
    #expect(steps.last?.detail == "x.test gives relay:")
  }

  /// A relayhost is asked for in any case, and decides where the transport names no next hop.
  @Test(arguments: [
    ("default_transport = lane-smtp:[x],  [y]\nrelayhost = [hub]\n", "default_transport"),
    ("default_transport = lane-smtp\nrelayhost = [hub]\n", "relayhost"),
    (
      "relayhost = [hub]\nsender_dependent_default_transport_maps = static:{randmap:!smtp:[x]!smtp:[y] }\n",
      "sender_dependent_default_transport_maps"
    ),
    ("relayhost = [hub]\ntransport_maps = inline:{x.test=relay:}\n", "transport_maps"),
  ])
  func theStepThatDecidesIsKnown(main: String, parameter: String) {
    #expect(answer("u@x.test", main).deciding?.parameter == parameter)
  }

  @Test(arguments: [
    ("<u@x.test>", "u@x.test"), ("\"a b\"@x.test", "a b@x.test"), ("\"a\\\"b\"@x", "a\"b@x"),
    ("\"open@x", "\"open@x"),
  ])
  func addressesComeAsPeopleWriteThem(written: String, plain: String) {
    #expect(internalForm(written) == plain)
  }
}
