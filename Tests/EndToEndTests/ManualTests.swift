// The manual pages: what is generated is made readable, and what is written by hand has every option.

import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct ManualTests {
  private let folder =
    sampleDirectory("").split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/packaging/man"

  /// As the generator writes it: the common options at each command.
  private let generated = """
    .Sh DESCRIPTION
    It does it.
    .Bl -tag -width 6n
    .It Fl -version
    Show the version.
    .It Em one
    The first.
    .Bl -tag -width 6n
    .It Fl -format Ar format
    How to print results.
    .It Fl -own
    Its own.
    .It Fl -version
    Show the version.
    .El
    .It Em two
    The second.
    .Bl -tag -width 6n
    .It Fl -format Ar format
    How to print results.
    .It Fl -version
    Show the version.
    .El
    .El
    .Sh "EXIT STATUS"
    .Ex -std

    """

  @Test func whatEveryCommandHasIsThereOnce() throws {
    let directory = try TemporaryDirectory()
    let page = try directory.write("page", generated)
    let finished = try run("awk", ["-f", folder + "/finish", page])
    #expect(
      finished.standardOutput == """
        .Sh DESCRIPTION
        It does it.
        .Bl -tag -width 6n
        .It Fl -version
        Show the version.
        .El
        .Ss Options of every command
        .Bl -tag -width 6n
        .It Fl -format Ar format
        How to print results.
        .El
        .Ss Commands
        .Bl -tag -width 6n
        .It Em one
        The first.
        .Bl -tag -width 6n
        .It Fl -own
        Its own.
        .El
        .It Em two
        The second.
        .El

        """, "\(finished.summary)")
  }

  @Test func theAgentsPageHasItsOptions() throws {
    let page = try readText(folder + "/randmap-agent.8")
    let help = try runRandmap(["help", "agent"]).standardOutput
    let own = try runRandmap(["help", "pools"]).standardOutput
    let options = help.matches(of: /--([a-z-]+)/).map { String($0.1) }.filter { !own.contains("--\($0)") }
    #expect(options.contains("notify") && options.contains("lookup-inline"))
    #expect(options.filter { !page.contains(".It Fl -\($0)\n") && !page.contains(".It Fl -\($0) Ar") } == [])
  }
}
