// What can come next in a call that is being typed, without a shell.

import TestSupport
import Testing

@testable import randmap

@Suite struct CompletionTests {
  private func words(_ line: String) -> [String] {
    let typed = ShellLine(line).words
    switch Completion(before: Array(typed.dropLast()), current: typed.last ?? "").answer {
    case .files: return [":files"]
    case .directories: return [":directories"]
    case .words(let words): return words.map(\.word)
    }
  }

  @Test(arguments: [
    ("--check ", [":files"]), ("--check main.cf ", [":files"]), ("check ", [":files"]),
    ("--st", ["--status"]),
    ("-c ", [":directories"]), ("--check --config-directory ", [":directories"]), ("--settings=", [":files"]),
    ("--check --format ", ["text", "gcc", "json", "sarif", "github", "gitlab", "checkstyle"]),
    ("--format s --check --format=sa", ["--format=sarif"]),
    ("report --format ", ["text", "json", "csv", "prometheus"]), ("pools --format ", ["text", "json"]),
    ("--color ", ["auto", "always", "never"]), ("--check --explain RM20", (1...9).map { "RM20\($0)" }),
    ("--check --explain RM910", ["RM910"]), ("help und", ["undo"]), ("und", ["undo"]), ("staus ", []),
    ("convert --to st", ["stock"]), ("ramp --steps w", ["weekly"]), ("config the", ["theme"]),
    ("-c check und", ["undo"]), ("undo --wri", []), ("report --since y", ["yesterday"]),
  ])
  func theNextWord(line: String, expected: [String]) { #expect(words(line) == expected) }

  @Test func whatTheConfigurationHas() throws {
    let call = "-c \(sampleDirectory("stock"))"
    let pool = "sender_dependent_default_transport_maps"
    #expect(words("pool \(call) ").starts(with: ["outbound", "to:example.org"]))
    #expect(words("set \(call) sender").contains(pool))
    #expect(words("set \(call) \(pool) ") == ["smtp:[out-gw1.example]", "smtp:[out-gw2.example]"])
    #expect(
      words("drain \(call) --pool \(pool) smtp") == ["smtp:[out-gw1.example]", "smtp:[out-gw2.example]"])
    #expect(words("drain \(call) '[out-gw1") == ["[out-gw1.example]:25"])
    #expect(words("drain \(call) --pool tra").allSatisfy { $0.hasPrefix("transport_maps") })
    #expect(words("drain -c /nonexistent --pool ") == [])
    #expect(words("--theme d") == ["dark", "default"])
  }

  /// What another person wrote must not reach the terminal, nor become a part of the shell's line.
  @Test func hostileNamesAreLeftOut() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      "relay_transport = randmap:!smtp:[a\u{1b}]2;x\u{7}!smtp:[b'; c]!smtp:[good.example]\n# randmap: agent\n"
    )
    let call = "set -c \(directory.path) relay_transport "
    #expect(words(call).allSatisfy { !$0.contains("\u{1b}") })
    #expect(words(call).contains("smtp:[good.example]"))
    let lines = CompletionShell.bash.lines(["randmap \(call)'smtp:["])
    #expect(lines.contains("good.example]") && !lines.contains { $0.contains("'") }, "\(lines)")
    #expect(CompletionShell.bash.lines(["randmap \(call)smtp:\\[g"]) == ["ood.example\\]"])
  }

  /// To Swift a sign and a mark on it are one character, and not the one that a shell acts on.
  @Test(arguments: ["$", "`", ";", "|", "&", "<", "(", "'", "\"", "\\"])
  func aMarkOnASignHidesNothingFromBash(sign: String) {
    #expect(ShellLine.escaped("a\(sign)\u{301}/x") == "a\\\(sign)\u{301}/x")
  }

  /// In double quotes bash puts an earlier call in the place of `!!`; in single quotes it does not.
  @Test func bashPutsNoEarlierCallIntoTheLine() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      "relay_transport = randmap:{smtp:[a!!b], smtp:[a\u{301}!\u{301}c], smtp:[a]}\n# randmap: agent\n")
    func lines(_ quote: String) -> [String] {
      CompletionShell.bash.lines(["randmap set -c \(directory.path) relay_transport \(quote)smtp:["])
    }
    #expect(lines("\"") == ["a]"])
    #expect(lines("'").contains("a!!b]"))
    #expect(
      CompletionShell.bash.lines(["randmap set -c \(directory.path) relay_transport smtp:\\[a!"]) == [
        "\\!b\\]"
      ])
  }

  @Test func aMarkOnAQuoteEndsNoQuotes() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      "relay_transport = randmap:!smtp:[b'\u{301};c]!smtp:[b`\u{301}c`\u{301}]!smtp:[good.example]\n# randmap: agent\n"
    )
    for quote in ["'", "\""] {
      let lines = CompletionShell.bash.lines([
        "randmap set -c \(directory.path) relay_transport \(quote)smtp:["
      ])
      #expect(lines == ["good.example]"], "\(lines)")
    }
  }

  @Test(arguments: [
    ("a b", ["a", "b"]), ("a ", ["a", ""]), ("", [""]), ("a 'b c' d", ["a", "b c", "d"]), ("a\\ b", ["a b"]),
    ("'a", ["a"]), ("\"a\\\"b\" ''", ["a\"b", ""]), ("'' ", ["", ""]), ("'a\\b'", ["a\\b"]),
  ])
  func aLineIsTakenApart(line: String, expected: [String]) { #expect(ShellLine(line).words == expected) }
}
