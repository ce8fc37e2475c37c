// Postfix's commands, and programs in their place that hang, fail or die.

import Changes
import Glibc
import PostfixTools
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct ToolTests {
  let temporary: TemporaryDirectory

  init() throws { temporary = try TemporaryDirectory() }

  /// A program that stands in for postconf.
  private func tools(_ script: String) throws -> PostfixCommands {
    try writeFile(temporary.file("postconf"), "#!/bin/sh\n\(script)\n", mode: 0o755)
    return PostfixCommands(directories: [temporary.path])
  }

  @Test func asksTheRealOnes() throws {
    let tools = PostfixCommands()
    #expect(try tools.mailVersion().first?.isNumber == true)
    try writeFile(temporary.file("main.cf"), "smtputf8_enable = no\n")
    func answer(_ table: String, _ key: String) throws -> [UInt8]? {
      try tools.query(table: table, key: key, configDirectory: temporary.path)
    }
    #expect(try answer("static:x y", "k") == Array("x y".utf8))
    #expect(try answer("inline:{a=b}", "other") == nil)
    #expect { try answer("nosuch:x", "k") } throws: { error in
      "\(error)".contains("unsupported dictionary type")
    }
  }

  @Test func notInstalled() {
    #expect(throws: ToolError.notInstalled(.postconf)) { try PostfixCommands(directories: []).mailVersion() }
  }

  @Test func theVersionIsAskedOnceForEachPostfix() throws {
    let state = StateDirectory(temporary.file("state/randmap"))
    let asked = temporary.file("asked")
    func install(_ version: String) throws -> PostfixCommands {
      try tools("echo x >> \(asked); echo \(version)")
    }
    let old = try install("3.7.11")
    for _ in 0..<3 { #expect(try old.rememberedMailVersion(in: state) == "3.7.11") }
    #expect(try readText(asked) == "x\n")
    let new = try install("3.10.1")
    for _ in 0..<3 { #expect(try new.rememberedMailVersion(in: state) == "3.10.1") }
    #expect(try readText(asked) == "x\nx\n")
    // What somebody else wrote there is not believed.
    try writeFile(temporary.file("state/randmap/postfix-version"), "nonsense\n")
    #expect(try new.rememberedMailVersion(in: state) == "3.10.1")
    // A file cannot be a directory, so nothing can be kept below it.
    let nowhere = StateDirectory(asked)
    #expect(try new.rememberedMailVersion(in: nowhere) == "3.10.1")
  }

  @Test func aCommandThatHangsIsStopped() throws {
    let hanging = try tools("trap '' TERM; echo $$; exec sleep 600")
    let time = ContinuousClock().measure {
      #expect(throws: ToolError.timedOut(.postconf, limit: .milliseconds(300))) {
        try hanging.run(.postconf, [], limit: .milliseconds(300))
      }
    }
    #expect(time < .seconds(30))
  }

  @Test func aGrandchildThatKeepsThePipeIsNotWaitedFor() throws {
    let output = try tools("sleep 60 & echo $!").run(.postconf, [], limit: .seconds(30))
    #expect(output.status == 0)
    let pid = try #require(pid_t(String(decoding: output.standardOutput.dropLast(), as: UTF8.self)))
    kill(pid, SIGKILL)
  }

  @Test func muchOutputAndAFailureComeWhole() throws {
    let output = try tools("head -c 300000 /dev/zero; echo 'fatal: \u{1B}no' >&2; exit 7")
      .run(.postconf, [], limit: .seconds(30))
    #expect(output.status == 7)
    #expect(output.standardOutput.count == 300_000)
    #expect(output.complaint == "fatal: ?no")
    #expect(throws: ToolError.killed(.postconf, signal: SIGSEGV)) {
      try tools("kill -SEGV $$").run(.postconf, [], limit: .seconds(30))
    }
  }
}
