// Where mail goes before and after an edit of a route, as `pool` shows it.

import Foundation
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct RouteEditTests {
  private struct Edit: Decodable {
    struct Routes: Decodable { let before, after: [Route] }
    struct Route: Decodable {
      struct Destination: Decodable { let nexthop: String }
      let recipient, sender: String
      let destinations: [Destination]
    }
    let routes: Routes
  }

  private func scene() throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      """
      myhostname = mx.here.example
      relayhost = [127.0.0.2]:2525
      transport_maps = texthash:$config_directory/transport
      sender_dependent_relayhost_maps = texthash:$config_directory/senders

      """)
    try directory.write("master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
    // Of a long table a few keys are shown, and the one that is meant.
    let keys = (1...40).map { "d\($0).example smtp:[127.0.0.4]:2525\n" }
    try directory.write("transport", keys.joined() + ".dot.example smtp:[127.0.0.4]:2525\n")
    try directory.write("senders", "@customer.example [127.0.0.5]:2525\n")
    return directory
  }

  @Test(arguments: [
    (["remove-route", "to:d33.example"], "mail for d33.example (someone@d33.example)", "4", "2"),
    (["remove-route", "d33.example"], "mail for d33.example (someone@d33.example)", "4", "2"),
    (["remove-route", "D33.example", "--table", "transport"], "mail for d33.example", "4", "2"),
    (["remove-route", ".dot.example"], "mail for subdomains of dot.example", "4", "2"),
    (["remove-route", "from:customer.example"], "mail from customer.example (from someone@c", "5", "2"),
    (["remove-route", "@customer.example"], "mail from customer.example (from someone@c", "5", "2"),
    (
      ["set-route", "d33.example", "smtp:[127.0.0.6]:2525", "--table", "transport"], "mail for d33", "4", "6"
    ),
    (["set-route", "relayhost", "[127.0.0.6]:2525"], "all mail to the outside", "2", "6"),
  ])
  func whereTheMailGoesThenIsShown(_ call: (words: [String], what: String, old: String, new: String)) throws {
    let directory = try scene()
    let shown = try runRandmap(call.words + ["-c", directory.path])
    #expect(shown.status == .exited(0), "\(shown.summary)")
    let lines = shown.standardError.split(separator: "\n")
    let titles = lines.firstIndex(of: "where mail goes:")
    let title = try #require(titles, "\(shown.summary)")
    // What changes comes first.
    let line = lines[title + 1]
    #expect(line.hasPrefix("  \(call.what)"), "\(line)")
    #expect(
      line.hasSuffix("smtp:[127.0.0.\(call.old)]:2525  ->  smtp:[127.0.0.\(call.new)]:2525"), "\(line)")
    #expect(lines[(title + 2)...].contains { $0.contains("as before: smtp:[127.0.0.") })

    let finished = try runRandmap(call.words + ["-c", directory.path, "--format", "json"])
    let edit = try JSONDecoder().decode(Edit.self, from: Data(finished.standardOutput.utf8))
    let changed = zip(edit.routes.before, edit.routes.after).first { before, after in
      before.destinations.map(\.nexthop) == ["[127.0.0.\(call.old)]:2525"]
        && after.destinations.map(\.nexthop) == ["[127.0.0.\(call.new)]:2525"]
    }
    #expect(changed != nil, "\(finished.standardOutput)")
    #expect(edit.routes.before.map(\.recipient) == edit.routes.after.map(\.recipient))
  }

  /// The call that is named lets the entry decide.
  @Test func whatDecidesBeforeAnEntryIsSaid() throws {
    let directory = try scene()
    func run(_ words: String...) throws -> String {
      let finished = try runRandmap(words + ["-c", directory.path])
      #expect(finished.status == .exited(0), "\(finished.summary)")
      return finished.standardOutput + finished.standardError
    }
    _ = try run("pool", "to:a.example", "[127.0.0.8]:2525", "[127.0.0.9]:2525", "--write")
    let set = try run("set-route", "a.example", "smtp:[127.0.0.6]:2525", "--table", "transport", "--write")
    #expect(
      set.contains(
        "decides first for mail for a.example, which goes to smtp:[127.0.0.8]:2525 50.0%, smtp:[127.0.0.9]:2525 50.0%: this entry changes nothing for it\n"
      ), "\(set)")
    for call in [
      "to send it to smtp:[127.0.0.6]:2525: randmap pool -c \(directory.path) to:a.example 'smtp:[127.0.0.6]:2525'\n",
      "to let this one decide: randmap remove-route -c \(directory.path) to:a.example --force\n",
    ] { #expect(set.contains(call), "\(set)") }
    let removal = try run("remove-route", "a.example")
    #expect(removal.contains(": taking this away changes nothing for it\n"), "\(removal)")
    #expect(
      removal.contains(
        "to take away what decides: randmap remove-route -c \(directory.path) to:a.example --force\n"))
    #expect(try !run("remove-route", "to:a.example", "--write", "--force").contains("decides first"))
    #expect(try run("route", "u@a.example").contains("smtp  [127.0.0.6]:2525"))
  }

  @Test func anEntryThatIsNewIsShown() throws {
    let directory = try scene()
    let shown = try runRandmap(
      ["set-route", "new.example", "smtp:[127.0.0.6]:2525", "--table", "transport", "-c", directory.path])
    #expect(
      shown.standardError.contains("mail for new.example (someone@new.example)  ")
        && shown.standardError.contains("smtp:[127.0.0.2]:2525  ->  smtp:[127.0.0.6]:2525"),
      "\(shown.summary)")
  }

  /// Mail that this host puts into mailboxes leaves it with --force only, whichever edit takes it away.
  @Test(arguments: [
    ["set-route", "*", "smtp:[127.0.0.6]:2525", "--table", "transport"],
    ["set-route", "local_transport", "smtp:[127.0.0.6]:2525"],
    ["set-route", "virtual_transport", "smtp:[127.0.0.6]:2525"],
    ["set-route", "own.example", "smtp:[127.0.0.6]:2525", "--table", "transport"],
    ["remove-route", "to:own.example"], ["remove-route", "store.example", "--table", "transport"],
  ])
  func mailboxesStayUnlessForced(words: [String]) throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      """
      myhostname = mx.here.example
      mydestination = mx.here.example
      virtual_mailbox_domains = boxes.example
      relayhost = [127.0.0.2]:2525
      transport_maps = texthash:$config_directory/transport

      """)
    try directory.write(
      "master.cf",
      "smtp unix - - n - - smtp\nlmtp unix - - n - - lmtp\nlocal unix - n n - - local\nvirtual unix - n n - - virtual\n"
    )
    let table = "own.example local:\nstore.example lmtp:unix:/run/store\n.sub.example smtp:[127.0.0.4]:2525\n"
    try directory.write("transport", table)
    let state = ["XDG_STATE_HOME": directory.file("state")]
    let held = try runRandmap(words + ["-c", directory.path, "--write"], environment: state)
    #expect(held.status == .exited(1), "\(held.summary)")
    #expect(held.standardError.contains("takes mailboxes off this host"), "\(held.summary)")
    #expect(try readText(directory.file("transport")) == table)
    let forced = try runRandmap(words + ["-c", directory.path, "--write", "--force"], environment: state)
    #expect(forced.status == .exited(0), "\(forced.summary)")
    // Other mail moves as ever.
    let other = try runRandmap(
      [
        "set-route", ".sub.example", "smtp:[127.0.0.5]:2525", "--table", "transport", "-c", directory.path,
        "--write",
      ],
      environment: state)
    #expect(other.status == .exited(0), "\(other.summary)")
  }

  /// A table that randmap made goes out of main.cf with its last entry, its index says nothing any more, and the next entry
  /// takes it up again.
  @Test func aTableThatWasMadeGoesWithItsLastEntry() throws {
    let directory = try TemporaryDirectory()
    let first = "relayhost = [127.0.0.2]:2525\n# randmap: agent\n"
    try directory.write("main.cf", first)
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    func edit(_ call: String...) throws -> FinishedProcess {
      let made = try runRandmap(call + ["--write", "-c", directory.path])
      try #require(made.status == .exited(0), "\(made.summary)")
      return made
    }
    func answer(_ key: String) throws -> String {
      try TestSupport.run(
        "postmap", ["-c", directory.path, "-q", key, "lmdb:\(directory.file("transport"))"]
      ).standardOutput
    }
    try directory.write("main.cf", "default_database_type = lmdb\n" + first)
    for key in ["a.example", "b.example"] {
      _ = try edit("pool", "to:\(key)", "smtp:[127.0.0.4]")
      #expect(
        try readText(directory.file("main.cf")).contains("transport_maps = lmdb:$config_directory/transport"))
      #expect(try answer(key) == "smtp:[127.0.0.4]\n")
      let removed = try edit("remove-route", key)
      #expect(removed.standardError.contains("until it is reloaded; you can remove it after that"))
      #expect(try readText(directory.file("main.cf")) == "default_database_type = lmdb\n" + first)
      #expect(try answer(key) == "")
    }
    // Taking that back gives both.
    let undone = try runRandmap(["undo", "-c", directory.path])
    #expect(undone.status == .exited(0) && !undone.standardError.contains("others"), "\(undone.summary)")
    #expect(try answer("b.example") == "smtp:[127.0.0.4]\n")
  }

  /// What the words say about a pattern that decides first is done, and Postfix asks the pool.
  @Test func whatIsSaidOfAPatternHelps() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf", "relayhost = [127.0.0.2]:2525\ntransport_maps = pcre:$config_directory/t\n")
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    try directory.write("t", "/./ smtp:[127.0.0.9]\n")
    let call = [
      "pool", "to:a.example", "smtp:[127.0.0.4]", "smtp:[127.0.0.5]", "--write", "-c", directory.path,
    ]
    let refused = try runRandmap(call)
    #expect(refused.status == .exited(1), "\(refused.summary)")
    let words = refused.standardError
    let condition = try #require(
      words.firstMatch(of: /put a line "(if [^"]*)" before that rule/)?.1, "\(words)")
    #expect(words.contains("line 1 of \(directory.file("t")) answers for it"), "\(words)")
    try directory.write("t", "\(condition)\n/./ smtp:[127.0.0.9]\nendif\n")
    let made = try runRandmap(call)
    #expect(made.status == .exited(0), "\(made.summary)")
    func rule(_ key: String) throws -> String {
      try TestSupport.run("postmap", ["-c", directory.path, "-q", key, "pcre:\(directory.file("t"))"])
        .standardOutput
    }
    #expect(try ["u@a.example", "a.example"].map(rule) == ["", ""])
    #expect(try ["u@b.example", "b.example"].map(rule) == Array(repeating: "smtp:[127.0.0.9]\n", count: 2))
    let route = try runRandmap(["route", "u@a.example", "u@b.example", "-c", directory.path]).standardOutput
    #expect(
      route.contains("50.0%  smtp  [127.0.0.4]") && route.contains("100.0%  smtp  [127.0.0.9]"), "\(route)")
  }

  /// The overview shows a few keys of a table, and says how many it leaves out.
  @Test func theOverviewSaysHowManyKeysItLeavesOut() throws {
    let directory = try scene()
    let text = try runRandmap(["pool", "-c", directory.path])
    #expect(
      text.standardOutput.contains(
        "transport_maps: 36 more keys are not shown; to see them all: randmap console -c \(directory.path), view 3 Routes; for one address: randmap route -c \(directory.path) ADDRESS\n"
      ), "\(text.summary)")
    #expect(!text.standardOutput.contains("sender_dependent_relayhost_maps: "))
    let json = try runRandmap(["pool", "--format", "json", "-c", directory.path])
    #expect(json.standardOutput.contains("\"keys\" : 36"), "\(json.summary)")
  }

  /// What an earlier edit saved there would be lost.
  @Test func aSecondEditDoesNotReplaceTheFirstOneThatWasSaved() throws {
    let directory = try scene()
    let saved = try TemporaryDirectory()
    func edit(_ gateway: String) throws -> FinishedProcess {
      try runRandmap([
        "set-route", "relayhost", gateway, "--output", saved.path, "-c", directory.path, "--force",
      ])
    }
    for _ in 1...2 { #expect(try edit("[127.0.0.3]:2525").status == .exited(0)) }
    let first = try readText(saved.file("main.cf"))
    let refused = try edit("[127.0.0.4]:2525")
    #expect(refused.status == .exited(2), "\(refused.summary)")
    #expect(
      refused.standardError.contains(
        "this has other changes of \(directory.path)/main.cf, and they would be lost; name an empty directory, or remove it first: rm "
      ), "\(refused.summary)")
    #expect(try readText(saved.file("main.cf")) == first)
  }

  @Test func aDirectoryThatIsNotThereIsMadeFirst() throws {
    let directory = try scene()
    let missing = directory.file("none")
    let call = ["set-route", "relayhost", "[127.0.0.3]:2525", "--output", missing, "-c", directory.path]
    let refused = try runRandmap(call)
    #expect(
      refused.standardError.hasSuffix("no such directory; make it first: mkdir -p \(missing)\n"),
      "\(refused.summary)")
    try #require(try run("mkdir", ["-p", missing]).status == .exited(0))
    #expect(try runRandmap(call).status == .exited(0))
  }
}
