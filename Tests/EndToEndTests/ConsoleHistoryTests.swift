// The History view in a real terminal: any write is taken back, what others edited since stays, and a real conflict is shown.

import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct ConsoleHistoryTests {
  private let text = """
    myhostname = mx.here.example
    relayhost = [127.0.0.2]:2525
    # one
    # two
    # three
    # four
    default_transport = smtp:[127.0.0.3]:2525

    """

  private func set(
    _ key: String, _ value: String, _ directory: TemporaryDirectory, _ state: TemporaryDirectory
  )
    throws
  {
    let set = try runRandmap(
      ["set-route", key, value, "-c", directory.path, "--write", "--force"],
      environment: ["XDG_STATE_HOME": state.path])
    #expect(set.status == .exited(0), "\(set.summary)")
  }

  @Test func takesBackAWriteThatIsNotTheLastAndKeepsWhatOthersEdited() throws {
    let (directory, state) = (try TemporaryDirectory(), try TemporaryDirectory())
    try directory.write("main.cf", text)
    try set("relayhost", "[127.0.0.9]:2525", directory, state)
    try set("default_transport", "smtp:[127.0.0.8]:2525", directory, state)
    let edited = try readText(directory.file("main.cf")).replacing("# four", with: "# four, by hand")
    try directory.write("main.cf", edited)
    let console = try openConsole(
      ["-c", directory.path], width: 120, height: 40, environment: ["XDG_STATE_HOME": state.path])
    try console.waitFor("1 Gateways")
    try console.press("6")
    try console.waitFor("set relayhost to [127.0.0.9]:2525")
    try console.press("Down")
    try console.waitFor("+relayhost = [127.0.0.9]:2525")
    try console.press("t")
    let question = try console.waitFor("Take write 1 of main.cf back?")
    #expect(question.contains("Those edits stay"))
    #expect(question.contains("+relayhost = [127.0.0.2]:2525"))
    try console.press("y")
    try console.waitFor("taken back: main.cf")
    #expect(
      try readText(directory.file("main.cf"))
        == text.replacing("# four", with: "# four, by hand").replacing("127.0.0.3", with: "127.0.0.8"))
    try console.press("6")
    try console.waitFor("taken back  set relayhost")
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }

  @Test func aConflictIsShownPlaceByPlaceHereAndByUndo() throws {
    let (directory, state) = (try TemporaryDirectory(), try TemporaryDirectory())
    try directory.write("main.cf", text)
    try set("relayhost", "[127.0.0.9]:2525", directory, state)
    try set("relayhost", "[127.0.0.10]:2525", directory, state)
    let now = try readText(directory.file("main.cf"))
    let undone = try runRandmap(
      ["undo", "1", "-c", directory.path], environment: ["XDG_STATE_HOME": state.path])
    #expect(undone.status == .exited(1))
    #expect(
      undone.standardError
        == "randmap: undo: write 2 changed the same lines; take that back first: randmap undo -c \(directory.path) 2\n"
    )
    #expect(undone.standardOutput.contains("main.cf:2"))
    #expect(undone.standardOutput.contains("    relayhost = [127.0.0.2]:2525"))
    let console = try openConsole(
      ["-c", directory.path], width: 120, height: 40, environment: ["XDG_STATE_HOME": state.path])
    try console.waitFor("1 Gateways")
    try console.press("6")
    try console.waitFor("set relayhost to [127.0.0.9]:2525")
    try console.press("Down", "t")
    let screen = try console.waitFor("write 2 changed the same lines")
    for line in ["[127.0.0.9]:2525", "[127.0.0.10]:2525", "[127.0.0.2]:2525"] {
      #expect(screen.contains("relayhost = \(line)"))
    }
    try console.press("Escape")
    try console.waitUntilGone("Write 1 cannot be taken back")
    try console.waitFor("undo-write: write 2 changed the same lines; take that back first: :undo 2")
    #expect(try readText(directory.file("main.cf")) == now)
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }

  /// What was written beside it has to go first, and what was written elsewhere stays.
  @Test func theWritesThatHaveToGoFirstAreNamed() throws {
    let (directory, state) = (try TemporaryDirectory(), try TemporaryDirectory())
    try directory.write(
      "main.cf", "virtual_transport = smtp:[127.0.0.8]\nrelay_domains = one.example, two.example\n")
    try directory.write(
      "master.cf",
      "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\nrewrite unix - - n - - trivial-rewrite\n")
    func call(_ arguments: String...) throws -> FinishedProcess {
      try runRandmap(arguments + ["-c", directory.path], environment: ["XDG_STATE_HOME": state.path])
    }
    func isDone(_ finished: FinishedProcess) { #expect(finished.status == .exited(0), "\(finished.summary)") }
    isDone(try call("pool", "to:one.example", "smtp:[127.0.0.3]=60", "smtp:[127.0.0.4]=40", "--write"))
    isDone(try call("pool", "class:relay", "relay:[127.0.0.5]", "relay:[127.0.0.6]", "--write"))
    isDone(try call("set-route", "virtual_transport", "smtp:[127.0.0.9]", "--write"))
    let first = try call("undo", "1")
    #expect(
      first.standardError
        == "randmap: undo: write 2 changed the same lines; take that back first: randmap undo -c \(directory.path) 2 --merge\n"
    )
    isDone(try call("undo", "2", "--merge"))
    isDone(try call("undo", "1", "--merge"))
    #expect(
      try readText(directory.file("main.cf"))
        == "virtual_transport = smtp:[127.0.0.9]\nrelay_domains = one.example, two.example\n")
    // An edit by hand is no write of the history.
    try directory.write(
      "main.cf", "virtual_transport = smtp:[127.0.0.7]\nrelay_domains = one.example, two.example\n")
    let byHand = try call("undo", "3")
    #expect(byHand.standardError.contains("changed since that write: "), "\(byHand.summary)")
  }
}
