// Every call that a message shows is for the directory of the call: a person copies it as it is.

import Foundation
import PostfixFiles
import TestSupport
import TestTraits
import Testing

@testable import randmap

@Suite(.waits) struct CallsNameTheDirectoryTests {
  @Test func theCommandsAreThoseOfTheProgram() {
    let names = Randmap.configuration.subcommands.compactMap { $0.configuration.commandName }
    // The settings of the console are a person's, and no directory's.
    #expect(commandsWithDirectory == Set(names).subtracting(["config"]))
  }

  /// What follows "randmap" in the messages of the sources: commands, and the few words of prose that are known.
  @Test func everyCallOfAMessageIsKnown() throws {
    let prose: Set = [
      "connects", "demo", "did", "do", "for", "keeps", "nor", "on", "reads", "stays", "to", "where", "with",
      "writes",
      "as", "at", "cannot", "config", "does", "has", "help", "is", "must", "needs", "runs", "that", "under",
      "will",
      "wrote", "or", "and", "may", "console", "in",
    ]
    var found: Set<String> = []
    let root = sampleDirectory("..") + "/Sources"
    for case let path as String in FileManager.default.enumerator(atPath: root) ?? .init() {
      guard path.hasSuffix(".swift") else { continue }
      let text = try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
      for line in text.split(separator: "\n") where !line.drop(while: { $0 == " " }).hasPrefix("//") {
        for match in line.matches(of: /["`( ]randmap ([a-z][a-z-]*)/) {
          let word = String(match.output.1)
          if commandsWithDirectory.contains(word) {
            found.insert(word)
          } else if !prose.contains(word) {
            Issue.record("\(path): \"randmap \(word)\" is no command, and no known prose: \(line)")
          }
        }
      }
    }
    #expect(found.isSuperset(of: ["pool", "add", "set", "tick", "undo", "remove-route", "convert"]))
  }

  /// Calls with a message that shows a call, each with a part of that.
  private static let scenes: [(call: [String], status: Int32, shows: String)] = [
    (
      ["set", "outbound", "[127.0.0.9]", "3"], 2,
      "to add it: randmap add -c DIR sender_dependent_relayhost_maps"
    ),
    (
      ["add", "outbound", "[127.0.0.2]:2525"], 2,
      "randmap set -c DIR sender_dependent_relayhost_maps '[127.0.0.2]:2525' WEIGHT"
    ),
    (["pool"], 0, "To share one of them: randmap pool -c DIR SCOPE"),
    (["pools"], 0, "relay_transport"),
    (
      ["remove-route", "to:x.example"], 2,
      "randmap remove-route -c DIR sender_dependent_relayhost_maps --force"
    ),
    (["ramp"], 0, "`randmap ramp -c DIR MEMBER"),
    (["undo", "9"], 1, "\"randmap log -c DIR\" lists them"),
    (["drain", "[127.0.0.2]:2525", "--for", "2h"], 0, "randmap tick -c DIR"),
    (
      ["set-route", "relayhost", "[127.0.0.9]:2525", "--write"], 0, "in force after: postfix -c DIR reload ("
    ),
    (["--check"], 1, "Need randmap pool -c DIR class:relay --write"),
    (["--check", "--format", "json"], 1, "Need randmap pool -c DIR class:relay --write"),
    (["drain", "[127.0.0.2]:2525", "--for", "2h", "--format", "json"], 0, "randmap tick -c DIR"),
  ]

  @Test func messagesOfAnotherDirectoryNameIt() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf", "relayhost = [127.0.0.2]:2525\nrelay_domains = a.example\nmyhostname = h.example\n")
    try directory.write(
      "master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\nlocal unix - n n - - local\n")
    let state = ["XDG_STATE_HOME": directory.file("state")]
    func call(_ words: [String]) throws -> FinishedProcess {
      try runRandmap(words + ["-c", directory.path], environment: state)
    }
    for words in [
      ["pool", "outbound", "[127.0.0.2]:2525=70", "[127.0.0.3]:2525=30", "--write"],
      ["pool", "class:relay", "relay:[127.0.0.4]:2525", "relay:[127.0.0.5]:2525", "--write"],
    ] {
      let made = try call(words)
      try #require(made.status == .exited(0), "\(made.summary)")
      #expect(
        made.standardError.contains("in force after: postfix -c \(directory.path) reload ("),
        "\(made.summary)")
      // A reload is enough.
      #expect(
        made.standardError.contains("main.cf is read again, without a restart)"), "\(made.summary)")
    }
    // The list of the class has another domain than its pool (RM331).
    let main = try readText(directory.file("main.cf"))
    try directory.write(
      "main.cf", main.replacing("relay_domains = a.example", with: "relay_domains = a.example, b.example"))
    for scene in Self.scenes {
      let finished = try call(scene.call)
      let said = (finished.standardOutput + finished.standardError).replacing(directory.path, with: "DIR")
        .replacing("\\/", with: "/")
      #expect(finished.status == .exited(scene.status), "\(finished.summary)")
      #expect(said.contains(scene.shows), "\(scene.call): \(finished.summary)")
      for match in said.matches(of: /[ "`(]randmap ([a-z-]+)(?<rest>.{0,4})/)
      where commandsWithDirectory.contains(String(match.output.1)) {
        #expect(match.output.rest == " -c ", "\(scene.call): \(match.output.0)")
      }
    }
  }

  /// A usage says where options come: nothing is put into it.
  @Test(arguments: [["tick", "--foo"], ["set", "relayhost"], ["undo", "--foo"]])
  func aUsageIsLeftAlone(call: [String]) throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "relayhost = [127.0.0.2]:2525\n")
    let refused = try runRandmap(call + ["-c", directory.path])
    #expect(refused.status == .exited(2), "\(refused.summary)")
    #expect(refused.standardError.contains("Usage: randmap \(call[0]) ["), "\(refused.summary)")
    #expect(refused.standardError.contains("See 'randmap \(call[0]) --help'"), "\(refused.summary)")
  }

  /// In the usual directory nothing is to be named.
  @Test func theUsualDirectoryIsNotNamed() throws {
    let machine = try IsolatedMachine()
    try machine.write("/etc/postfix/main.cf", "myhostname = mx.here.example\nrelayhost = [127.0.0.2]:2525\n")
    let made = try machine.run("randmap pool outbound '[127.0.0.2]:2525' '[127.0.0.3]:2525' --write")
    #expect(made.standardOutput.contains("in force after: postfix reload ("), "\(made.summary)")
    #expect(
      try machine.run("randmap pool").standardOutput.contains("To share one of them: randmap pool SCOPE"))
  }

  /// What a finding is told from others by, in a merge request, is the same wherever the configuration is checked out.
  @Test func aFindingIsTheSameInEachCheckout() throws {
    var prints: Set<String> = []
    for _ in 1...2 {
      let directory = try TemporaryDirectory()
      try directory.write(
        "main.cf",
        "relay_domains = a.example, b.example\nrelay_transport = relay:[127.0.0.4]\ntransport_maps = pipemap:{inline:{a.example=relay_domains}, randmap:{relay:[127.0.0.4], relay:[127.0.0.5]}}\n"
      )
      let checked = try runRandmap(["--check", "--format", "gitlab", "-c", directory.path])
      #expect(checked.standardOutput.contains("randmap pool -c"), "\(checked.summary)")
      let found = checked.standardOutput.matches(of: /"fingerprint" *: *"([^"]*randmap pool[^"]*)"/)
      prints.formUnion(found.map { String($0.output.1).replacing(directory.path, with: "DIR") })
      #expect(found.allSatisfy { !$0.output.1.contains(" -c ") }, "\(checked.summary)")
    }
    #expect(prints.count == 1)
  }
}
