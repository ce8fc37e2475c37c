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
    #expect(undone.standardOutput.contains("main.cf:2"))
    #expect(undone.standardOutput.contains("    relayhost = [127.0.0.2]:2525"))
    let console = try openConsole(
      ["-c", directory.path], width: 120, height: 40, environment: ["XDG_STATE_HOME": state.path])
    try console.waitFor("1 Gateways")
    try console.press("6")
    try console.waitFor("set relayhost to [127.0.0.9]:2525")
    try console.press("Down", "t")
    let screen = try console.waitFor("others changed the same lines")
    for line in ["[127.0.0.9]:2525", "[127.0.0.10]:2525", "[127.0.0.2]:2525"] {
      #expect(screen.contains("relayhost = \(line)"))
    }
    try console.press("Escape")
    try console.waitUntilGone("others changed the same lines")
    #expect(try readText(directory.file("main.cf")) == now)
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }
}
