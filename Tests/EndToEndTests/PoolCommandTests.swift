// `randmap pool` on a real Postfix: the mail that is meant is shared as asked, a gateway that dies defers nothing, local
// mail stays local, and one undo gives the first bytes back.

import Foundation
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct PoolCommandTests {
  private func pool(_ arguments: [String], on lab: PostfixLab) throws -> FinishedProcess {
    try runRandmap(
      ["pool"] + arguments + ["-c", lab.configDirectory, "--write"],
      environment: ["XDG_STATE_HOME": lab.directory.file("state")])
  }

  @Test(arguments: PoolCall.all)
  func theMailIsSharedAndADeadGatewayDefersNothing(call: PoolCall) throws {
    let scene = try PoolCallScene(call)
    try scene.lab.stop()
    let written = try pool(call.arguments.map(scene.named), on: scene.lab)
    #expect(written.status == .exited(0), "\(written.summary)")
    #expect(written.standardError.contains("as before: local:lab.randmap.test"), "\(written.summary)")
    try scene.lab.start()
    try scene.expectSharing()
    try scene.lab.stop()
    try scene.expectUndoLeadsBack()
  }

  @Test func lanesSendFromTheirAddresses() throws {
    let gateway = try SmtpSink()
    let lab = try PostfixLab(main: "relayhost = \(gateway.address)")
    defer { _ = try? run("rm", ["-rf", "/var/lib/randmap" + lab.configDirectory]) }
    try lab.stop()
    let first = try lab.configuration()
    let addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"]
    let written = try pool(
      ["outbound"] + zip(addresses, [4, 3, 2, 1]).map { "lane:\($0)=\($1)" }, on: lab)
    #expect(written.status == .exited(0), "\(written.summary)")
    try lab.start()
    #expect(try lab.resolver().resolve("someone@lab.randmap.test").transport == "local")
    try lab.send(300, to: "user@far.example")
    try lab.waitUntilDrained()
    let messages = gateway.messages
    #expect(messages.count == 300)
    for (address, share) in zip(addresses, [0.4, 0.3, 0.2, 0.1]) {
      let count = messages.count { $0.contains("X-Client-Addr: \(address)\n") }
      #expect(isFair(count, of: 300, share: share), "\(address): \(count)")
    }
    try lab.stop()
    let undone = try runRandmap(
      ["undo", "-c", lab.configDirectory], environment: ["XDG_STATE_HOME": lab.directory.file("state")])
    #expect(undone.status == .exited(0), "\(undone.summary)")
    #expect(try lab.configuration() == first)
  }

  @Test(arguments: [[], ["--notation", "file"]])
  func theAgentSharesItWhereItServesTheDirectory(notation: [String]) throws {
    let gateways = try SmtpSink.pair()
    let lab = try PostfixLab(main: "relayhost = \(gateways[0].address)\n# randmap: agent")
    defer { _ = try? run("rm", ["-rf", "/var/lib/randmap" + lab.configDirectory]) }
    try lab.stop()
    let first = try lab.configuration()
    let written = try pool(
      ["outbound", "\(gateways[0].address)=70", "\(gateways[1].address)=30"] + notation, on: lab)
    #expect(written.status == .exited(0), "\(written.summary)")
    #expect(try lab.configuration().keys.contains { $0.hasSuffix(".pool") } == !notation.isEmpty)
    try lab.start()
    let agent = try RunningAgent(beside: lab)
    try lab.send(300, to: "user@far.example")
    try lab.waitUntilDrained()
    let counts = gateways.map(\.count)
    #expect(isFair(counts[0], of: 300, share: 0.7), "\(counts)")
    #expect(counts.reduce(0, +) == 300)
    try gateways[0].stop()
    try lab.send(60, to: "user@far.example")
    try lab.waitUntilDrained()
    #expect(lab.deliveries.allSatisfy { $0.status == .sent }, "\(agent.log)")
    let undone = try runRandmap(
      ["undo", "-c", lab.configDirectory], environment: ["XDG_STATE_HOME": lab.directory.file("state")])
    #expect(undone.status == .exited(0), "\(undone.summary)")
    #expect(try lab.configuration() == first)
  }

  /// The table, its index and its name in main.cf are made in one write, and one undo takes all of it away.
  @Test func aMissingTableIsMadeForTheAgent() throws {
    let gateways = try SmtpSink.pair()
    let lab = try PostfixLab(main: "relayhost = [127.0.0.1]:9\n# randmap: agent")
    defer { _ = try? run("rm", ["-rf", "/var/lib/randmap" + lab.configDirectory]) }
    try lab.stop()
    let first = try lab.configuration()
    let written = try pool(
      ["to:example.com", "\(gateways[0].address)=60%", "\(gateways[1].address)=40%"], on: lab)
    #expect(written.status == .exited(0), "\(written.summary)")
    #expect(try lab.configuration().keys.contains("transport.db"))
    try lab.start()
    let agent = try RunningAgent(beside: lab)
    try lab.send(300, to: "user@example.com")
    try lab.waitUntilDrained()
    let counts = gateways.map(\.count)
    #expect(isFair(counts[0], of: 300, share: 0.6) && counts.reduce(0, +) == 300, "\(counts) \(agent.log)")
    let undone = try runRandmap(
      ["undo", "-c", lab.configDirectory], environment: ["XDG_STATE_HOME": lab.directory.file("state")])
    #expect(undone.status == .exited(0), "\(undone.summary)")
    #expect(try lab.configuration() == first)
  }

  @Test func aNewGatewayThatDoesNotAnswerIsHeldWhenAsked() throws {
    let directory = try TemporaryDirectory()
    let alive = try SmtpSink()
    let dead = try LoopbackAddress.own()
    try directory.write("main.cf", "myhostname = mx.here.example\nrelayhost = \(alive.address)\n")
    try directory.write("master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
    let held = try runRandmap([
      "pool", "outbound", "\(alive.address)", "\(dead)", "--probe", "--write", "-c", directory.path,
    ])
    #expect(held.status == .exited(1), "\(held.summary)")
    #expect(held.standardError.contains("\(dead) is down: connection refused"), "\(held.summary)")
    #expect(try readText(directory.file("main.cf")).contains("relayhost = "))
  }

  @Test func jsonSaysAllOfAnEdit() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "myhostname = mx.here.example\nrelayhost = [127.0.0.2]:2525\n")
    try directory.write("master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
    struct Answer: Decodable {
      struct Routes: Decodable {
        struct Route: Decodable {
          struct Destination: Decodable { let transport, nexthop: String }
          let recipient: String
          let destinations: [Destination]
        }
        let before, after: [Route]
      }
      struct Pool: Decodable { let id: String }
      let edit: String
      let written: Bool
      let diff: String
      let pools: [Pool]
      let routes: Routes
    }
    for arguments in [
      ["pool", "outbound", "[127.0.0.2]:2525=70", "[127.0.0.3]:2525=30"],
      ["add", "relayhost", "[127.0.0.3]:2525", "30%"],
      ["add", "relayhost", "[127.0.0.3]:2525=30%"],
    ] {
      let finished = try runRandmap(arguments + ["--format", "json", "-c", directory.path])
      #expect(finished.status == .exited(0), "\(finished.summary)")
      let answer = try JSONDecoder().decode(Answer.self, from: Data(finished.standardOutput.utf8))
      #expect(!answer.written)
      #expect(answer.diff.contains("+sender_dependent_relayhost_maps"))
      #expect(answer.pools.map(\.id) == ["sender_dependent_relayhost_maps"])
      #expect(answer.routes.before.first?.destinations.map(\.nexthop) == ["[127.0.0.2]:2525"])
      #expect(answer.routes.after.first?.destinations.count == 2)
    }
  }

  /// A weight may follow its member, as with `randmap pool`; it was left out without a word.
  @Test func theWeightOfANewMemberMayFollowIt() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "relayhost = [127.0.0.2]:2525\n")
    for (member, share) in [
      ("[127.0.0.3]:2525=3", "75.0%"), ("[127.0.0.3]:2525=30%", "30.0%"),
      ("smtp:[127.0.0.3]:2525=2", "66.7%"),
    ] {
      let added = try runRandmap(["add", "outbound", member, "-c", directory.path])
      #expect(
        added.status == .exited(0) && added.standardError.contains("-  ->  \(share)"), "\(added.summary)")
    }
    let twice = try runRandmap(["add", "outbound", "[127.0.0.3]:2525=3", "2", "-c", directory.path])
    #expect(twice.status == .exited(2) && twice.standardError.contains("need it once"), "\(twice.summary)")
  }

  @Test func withoutAScopeItSaysWhatDecides() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      "myhostname = mx.here.example\nrelayhost = [127.0.0.2]:2525\n"
        + "transport_maps = texthash:$config_directory/transport\n")
    try directory.write("transport", "in.example smtp:[127.0.0.3]\n")
    let finished = try runRandmap(["pool", "-c", directory.path])
    #expect(finished.status == .exited(0))
    let lines = finished.standardOutput.split(separator: "\n").map {
      $0.split(whereSeparator: \.isWhitespace)
    }
    #expect(lines.contains { $0.first == "outbound" && $0.contains("relayhost") })
    #expect(lines.contains { $0.first == "to:in.example" && $0.contains("smtp:[127.0.0.3]") })
  }

  /// The slips of a first call, each with what to write instead.
  @Test(arguments: [
    (["outbond", "[127.0.0.2]=7", "[127.0.0.3]=3"], "no scope \"outbond\": need outbound, to:example.com, "),
    (["[127.0.0.2]=7", "[127.0.0.3]=3"], "say first which mail it is for, such as outbound"),
    (["outbound", "[127.0.0.2]", "70", "[127.0.0.3]", "30"], "such as [gw1.example]:587=70"),
    (["outbound", "[127.0.0.2]", "70%"], "such as [gw1.example]:587=70%"),
  ])
  func aFirstCallThatIsWrongSaysWhatIsNeeded(arguments: [String], words: String) throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "myhostname = mx.here.example\nrelayhost = [127.0.0.2]:2525\n")
    let finished = try runRandmap(["pool"] + arguments + ["-c", directory.path])
    #expect(finished.status == .exited(2), "\(finished.summary)")
    #expect(finished.standardError.contains(words), "\(finished.summary)")
  }
}

@Suite(.waits) struct UndoByNumberTests {
  @Test func aWriteThatIsNotTheLastIsTakenBackAndOthersEditsStay() throws {
    let first = "relayhost = [127.0.0.2]:2525\nmyhostname = mx.here.example\n# one\n# two\n# three\n"
    let bench = try Bench(first)
    defer { _ = try? run("rm", ["-rf", "/var/lib/randmap" + bench.directory.path]) }
    #expect(
      try bench.randmap("pool", "outbound", "[127.0.0.2]:2525=2", "[127.0.0.3]:2525", "--write").status
        == .exited(0))
    let shown = try bench.randmap("log", "--diff", "1")
    #expect(shown.standardOutput.contains("-relayhost = [127.0.0.2]:2525\n"), "\(shown.summary)")
    #expect(
      try bench.randmap("pool", "to:in.example", "[127.0.0.4]", "[127.0.0.5]", "--write").status == .exited(0)
    )
    let held = try bench.randmap("undo", "1")
    #expect(held.status == .exited(1))
    #expect(held.standardError.contains("--merge"), "\(held.summary)")
    let undone = try bench.randmap("undo", "1", "--merge")
    #expect(undone.status == .exited(0), "\(undone.summary)")
    let now = try readText(bench.directory.file("main.cf"))
    #expect(now.hasPrefix(first))
    #expect(now.contains("transport_maps"))
    #expect(try bench.randmap("undo", "1").status == .exited(1))
    // The same lines are a conflict.
    try bench.directory.write("main.cf", now.replacing("[127.0.0.5]", with: "[127.0.0.9]"))
    #expect(try bench.randmap("undo", "2", "--merge").status == .exited(1))
  }

  /// What somebody else writes elsewhere in the file stays, also after the only write that there is.
  @Test func anEditOfSomebodyElseAfterTheOnlyWriteStays() throws {
    let first = "relayhost = [127.0.0.2]:2525\nmyhostname = mx.here.example\n# one\n"
    let bench = try Bench(first)
    defer { _ = try? run("rm", ["-rf", "/var/lib/randmap" + bench.directory.path]) }
    #expect(
      try bench.randmap("pool", "outbound", "[127.0.0.2]:2525", "[127.0.0.3]:2525", "--write").status
        == .exited(0))
    let pool = try readText(bench.directory.file("main.cf"))
    try bench.directory.write("main.cf", pool + "smtp_helo_name = theirs.example\n")
    let shown = try bench.randmap("log", "--diff")
    #expect(shown.standardOutput.contains("-relayhost = [127.0.0.2]:2525\n"), "\(shown.summary)")
    #expect(try bench.randmap("undo").standardError.contains("--merge"))
    #expect(try readText(bench.directory.file("main.cf")) == pool + "smtp_helo_name = theirs.example\n")
    #expect(try bench.randmap("undo", "--merge").status == .exited(0))
    #expect(try readText(bench.directory.file("main.cf")) == first + "smtp_helo_name = theirs.example\n")
    // Their edit of the same lines is shown, and stays.
    #expect(
      try bench.randmap("pool", "outbound", "[127.0.0.2]:2525", "[127.0.0.3]:2525", "--write").status
        == .exited(0))
    let theirs = try readText(bench.directory.file("main.cf")).replacing("[127.0.0.3]", with: "[127.0.0.9]")
    try bench.directory.write("main.cf", theirs)
    let conflict = try bench.randmap("undo", "--merge")
    #expect(conflict.status == .exited(1))
    #expect(
      conflict.standardOutput.contains("main.cf:1\n  as that write left it:"), "\(conflict.summary)")
    #expect(try readText(bench.directory.file("main.cf")) == theirs)
  }

  /// A table that the write made: a line of somebody else's stays in it, with its index.
  @Test(arguments: ["texthash", "hash"])
  func whatOthersPutIntoANewTableStays(type: String) throws {
    let first = "# randmap: agent\ndefault_database_type = \(type)\nrelayhost = [127.0.0.2]:2525\n"
    let bench = try Bench(first)
    defer { _ = try? run("rm", ["-rf", "/var/lib/randmap" + bench.directory.path]) }
    let made = try bench.randmap("pool", "to:in.example", "[127.0.0.2]", "[127.0.0.3]", "--write")
    #expect(made.status == .exited(0), "\(made.summary)")
    let table = try readText(bench.directory.file("transport"))
    let theirs = "other.example\tsmtp:[127.0.0.9]\n"
    try bench.directory.write("transport", table + theirs)
    let asked = try bench.randmap("undo")
    #expect(asked.status == .exited(1) && asked.standardError.contains("--merge"), "\(asked.summary)")
    // Of a table with an index it is not in force yet.
    if type == "texthash" {
      let moves = try bench.randmap("undo", "--merge")
      #expect(moves.status == .exited(1), "\(moves.summary)")
      #expect(moves.standardError.contains("changes other mail: mail for other.example"), "\(moves.summary)")
    }
    let undone = try bench.randmap("undo", "--merge", "--force")
    #expect(undone.status == .exited(0))
    #expect(undone.standardError.contains("transport: nothing names this file any more"), "\(undone.summary)")
    #expect(try readText(bench.directory.file("main.cf")) == first)
    #expect(try readText(bench.directory.file("transport")) == theirs)
    if type == "hash" {
      let answer = try runSuccessfully(
        postfixTool("postmap"),
        ["-c", bench.directory.path, "-q", "other.example", "hash:" + bench.directory.file("transport")])
      #expect(answer == "smtp:[127.0.0.9]\n")
    }
    // Their edit of a line that the write made is a conflict, shown with its place.
    #expect(
      try bench.randmap("pool", "to:in.example", "[127.0.0.2]", "[127.0.0.3]", "--write").status == .exited(0)
    )
    let names = try namesIn(bench.directory.path).filter { !$0.hasPrefix("m") && !$0.hasSuffix(".db") }
    for name in names {
      let text = try readText(bench.directory.file(name))
      try bench.directory.write(name, text.replacing("[127.0.0.3]", with: "[127.0.0.8]"))
    }
    let conflict = try bench.randmap("undo", "--merge")
    #expect(conflict.status == .exited(1), "\(conflict.summary)")
    #expect(conflict.standardOutput.contains("as that write left it:"), "\(conflict.summary)")
  }

  /// An index without its text has keys that a new table would not.
  @Test func anIndexWithoutItsTextIsNotWrittenOver() throws {
    let bench = try Bench("# randmap: agent\ntransport_maps = inline:{{kept.example=smtp:[127.0.0.2]}}\n")
    defer { _ = try? run("rm", ["-rf", "/var/lib/randmap" + bench.directory.path]) }
    try bench.directory.write("transport.db", "keys of somebody")
    let made = try bench.randmap("pool", "to:in.example", "[127.0.0.2]", "[127.0.0.3]", "--write")
    #expect(made.status == .exited(0), "\(made.summary)")
    #expect(try readText(bench.directory.file("transport.db")) == "keys of somebody")
    let table = try readText(bench.directory.file("randmap_transport"))
    #expect(table.hasPrefix("# randmap: table\nin.example\t"))
    #expect(try bench.randmap("undo").status == .exited(0))
    #expect(try readText(bench.directory.file("transport.db")) == "keys of somebody")
  }

  @Test func passwordsAreMasked() throws {
    let bench = try Bench(
      "relayhost = [127.0.0.2]:2525\nsmtp_sasl_password_maps = inline:{{[127.0.0.2]:2525=user:hidden}}\n")
    let shown = try bench.randmap("add", "relayhost", "[127.0.0.3]:2525", "--format", "json")
    #expect(shown.standardOutput.contains("sender_dependent_relayhost_maps"), "\(shown.summary)")
    #expect(!shown.standardOutput.contains("hidden"))
  }
}

/// A configuration in a directory of its own.
private struct Bench {
  let directory: TemporaryDirectory
  let state: TemporaryDirectory

  init(_ main: String) throws {
    directory = try TemporaryDirectory()
    state = try TemporaryDirectory()
    try directory.write("main.cf", main)
    try directory.write("master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
  }

  func randmap(_ arguments: String...) throws -> FinishedProcess { try randmap(arguments) }

  func randmap(_ arguments: [String]) throws -> FinishedProcess {
    try runRandmap(
      arguments + ["-c", directory.path], environment: ["XDG_STATE_HOME": state.path])
  }
}

/// Edits that name the mail, after `pool` made what decides for it.
@Suite(.waits) struct EditsOfScopesTests {
  @Test func aPercentageOfAScopeSaysWhatItCameTo() throws {
    let bench = try Bench("relayhost = [127.0.0.2]:2525\n")
    let made = try bench.randmap("pool", "outbound", "[127.0.0.2]:2525=7", "[127.0.0.3]:2525=3", "--write")
    #expect(made.status == .exited(0), "\(made.summary)")
    let set = try bench.randmap("set", "outbound", "[127.0.0.3]:2525", "33%")
    #expect(set.standardError.contains("asked for 33%, got "), "\(set.summary)")
    let json = try bench.randmap("set", "outbound", "[127.0.0.3]:2525", "33%", "--format", "json")
    #expect(json.standardOutput.contains("asked for 33%, got "), "\(json.summary)")
    // A plan of another member would take it back.
    #expect(!set.standardError.contains("a plan moves"), "\(set.summary)")
    let ramp = try bench.randmap(
      "ramp", "[127.0.0.3]:2525", "--pool", "outbound", "--to", "80%", "--over", "4w", "--write")
    #expect(ramp.status == .exited(0), "\(ramp.summary)")
    let other = try bench.randmap("set", "outbound", "[127.0.0.2]:2525", "20%")
    #expect(other.standardError.contains("a plan moves the share of [127.0.0.3]:2525"), "\(other.summary)")
  }

  /// Both pools of a relayhost, by one name; and no agent runs yet, which somebody has to know before the reload.
  @Test func theFirstPoolOfAnAgentSaysThatNoneAnswers() throws {
    let bench = try Bench("relayhost = [127.0.0.2]:2525\n")
    let call = ["pool", "outbound", "[127.0.0.2]:2525", "[127.0.0.3]:2525", "--notation", "agent", "--write"]
    let made = try bench.randmap(call)
    #expect(made.status == .exited(0), "\(made.summary)")
    #expect(made.standardError.contains("no agent answers for this directory"), "\(made.summary)")
    let again = try bench.randmap("set", "outbound", "[127.0.0.3]:2525", "2", "--write")
    #expect(again.status == .exited(0), "\(again.summary)")
    #expect(!again.standardError.contains("no agent answers"), "\(again.summary)")
    // Another pool waits for it too.
    let other = try bench.randmap("pool", "to:d.example", "[127.0.0.4]", "[127.0.0.5]", "--notation", "agent")
    #expect(other.standardError.contains("no agent answers for this directory"), "\(other.summary)")
    let main = try readText(bench.directory.file("main.cf"))
    #expect(main.components(separatedBy: "[127.0.0.3]:2525").count == 5, "\(main)")
  }
}
