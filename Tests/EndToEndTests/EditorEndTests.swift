// A console that is told to end while an editor has its terminal: it passes that on, ends itself, and nothing is lost.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct EditorEndTests {
  @Test(arguments: [SIGTERM, SIGHUP]) func theEditsAndTheTerminalAreThere(signal: Int32) throws {
    let (sample, state) = (try copyOfSample("outbound"), try TemporaryDirectory())
    // It takes the terminal for itself, as editors do, and has no chance to give it back.
    try state.write("edit", "#!/bin/sh\nstty raw -echo\necho EDITING\nexec sleep 600\n")
    chmod(state.file("edit"), 0o755)
    let start =
      "exec env XDG_STATE_HOME=\(state.path) VISUAL=\(state.file("edit")) \(try randmapProgram()) -c \(sample.path)"
    try state.write("start", "echo $$ > \(state.path)/pid; \(start)\n")
    let shell = try TerminalSession(
      ["PS1=ready> ", "bash", "--norc", "--noprofile"], width: 100, height: 30)
    try shell.type("sh \(state.path)/start; echo ended-$?\n")
    try chooseLastMember(of: shell, "50.0%")
    try shell.press("+")
    try shell.waitFor("66.7%")
    try shell.press("o")
    try shell.waitFor("EDITING")
    let pid = try #require(pid_t(try readText("\(state.path)/pid").filter(\.isNumber)))
    #expect(kill(pid, signal) == 0)
    try shell.waitFor("ended-\(128 + signal)")
    // A line is read as before: what is typed shows, and Enter ends it.
    try shell.type("stty -a | tr ';' '\\n' | grep -c -e '-icanon' -e '-echo ' -e '-opost'; echo don''e\n")
    let screen = try shell.waitFor("done")
    #expect(screen.split(separator: "\n").contains("0"), "\(screen)")
    let found = try run("/usr/bin/find", [state.path, "/var/lib/randmap", "-name", "unwritten-*"])
    let kept = try found.standardOutput.split(separator: "\n").filter { $0.contains(sample.path) }
      .map { try readText(String($0)) }
    #expect(kept.contains { $0.contains("weight\":2") }, "\(found.standardOutput) \(kept)")
  }
}
