// Completions in the shells themselves: what a TAB shows in bash, zsh and fish.

import TestSupport
import TestTraits
import Testing

@testable import randmap

@Suite(.waits) struct CompletionShellTests {
  private let pool = "sender_dependent_default_transport_maps"

  private func script(_ shell: String) throws -> String {
    let finished = try runRandmap(["--generate-completion-script", shell])
    #expect(finished.status == .exited(0), "\(finished.summary)")
    return finished.standardOutput
  }

  private func path() throws -> String {
    let folder = try randmapProgram().split(separator: "/").dropLast().map { "/" + $0 }.joined()
    return "export PATH=\(folder):$PATH\n"
  }

  /// Lines that are typed, each with what a TAB, or two, makes of it.
  private func expectCompletions(_ shell: TerminalSession, _ bracket: String, _ directory: String) throws {
    try shell.waitFor("ready>")
    let stock = sampleDirectory("stock")
    for (line, keys, shown) in [
      ("randmap --st", ["Tab"], "ready> randmap --status"),
      ("randmap --check --format check", ["Tab"], "--format checkstyle"),
      ("randmap --theme high", ["Tab"], "--theme high-contrast"),
      ("randmap --check \(directory)/som", ["Tab"], "\(directory)/some-file"),
      ("randmap -c \(directory)/etc-", ["Tab"], "\(directory)/etc-postfix/"),
      ("randmap set -c \(stock) \(pool) smtp:", ["Tab"], "smtp:\(bracket)out-gw"),
      ("randmap set -c \(stock) \(pool) 'smtp:[out-gw2", ["Tab"], "'smtp:[out-gw2.example]"),
      ("randmap --check --format ", ["Tab", "Tab"], "sarif"),
      ("randmap pool -c \(stock) ", ["Tab", "Tab"], "to:example.org"),
    ] {
      try shell.type(line)
      for key in keys { try shell.press(key) }
      try shell.waitFor(shown)
      try shell.press("C-u")
      try shell.press("C-l")
      try shell.waitUntilGone(shown)
    }
    #expect(try !shell.screen().contains("unbound"))
  }

  private func place() throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    try directory.makeDirectory("etc-postfix")
    try directory.write("some-file", "")
    return directory
  }

  @Test(arguments: ["", "set -u\n"]) func bash(setting: String) throws {
    let directory = try place()
    let start = try directory.write(
      "rc", try path() + "PS1='ready> '\nbind 'set bell-style none'\n\(setting)" + script("bash"))
    let shell = try TerminalSession(["bash", "--noprofile", "--rcfile", start, "-i"], width: 200, height: 30)
    try expectCompletions(shell, "\\[", directory.path)
  }

  @Test func zsh() throws {
    let directory = try place()
    try directory.makeDirectory("functions")
    try directory.write("functions/_randmap", try script("zsh"))
    try directory.write(
      ".zshrc",
      try path()
        + "PROMPT='ready> '\nfpath=(\(directory.file("functions")) $fpath)\nautoload -Uz compinit; compinit -D -u\n"
    )
    let shell = try TerminalSession(
      ["ZDOTDIR=\(directory.path)", requiredTool("zsh", package: "zsh"), "-d", "-i"], width: 200, height: 30)
    try expectCompletions(shell, "\\[", directory.path)
  }

  @Test func fish() throws {
    let directory = try place()
    let start = try directory.write("start.fish", try script("fish"))
    let folder = try randmapProgram().split(separator: "/").dropLast().map { "/" + $0 }.joined()
    func completions(_ line: String) throws -> [String] {
      let finished = try run(
        requiredTool("fish", package: "fish"),
        ["--no-config", "-c", "set -x PATH \(folder) $PATH; source \(start); complete -C \"\(line)\""],
        environment: ["HOME": directory.path])
      return finished.standardOutput.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
    }
    #expect(try completions("randmap --st") == ["--status"])
    #expect(try completions("randmap --check --format ").sorted() == Completion.formats(of: "check").sorted())
    #expect(try completions("randmap -c \(directory.path)/etc-") == ["\(directory.path)/etc-postfix/"])
    #expect(try completions("randmap --check \(directory.path)/som") == ["\(directory.path)/some-file"])
    let stock = sampleDirectory("stock")
    #expect(try completions("randmap pool -c \(stock) to") == ["to:example.org"])
    #expect(
      try completions("randmap set -c \(stock) \(pool) ").sorted() == [
        "smtp:[out-gw1.example]", "smtp:[out-gw2.example]",
      ])
  }

  /// The list of formats is that of each command.
  @Test(arguments: [
    ["check"], ["status"], ["pools"], ["route", "a@b.example"], ["report"], ["log"], ["tick"], ["ramp"],
    ["config"],
    ["what-if"], ["pool"], ["convert", "--to", "stock"],
  ])
  func theFormatsAreThoseOfTheCommand(call: [String]) throws {
    let finished = try runRandmap(call + ["--format", "nosuch", "-c", sampleDirectory("stock")])
    let known = Completion.formats(of: call[0]).joined(separator: ", ")
    #expect(finished.standardError.contains("--format nosuch: need one of \(known)\n"), "\(finished.summary)")
  }
}
