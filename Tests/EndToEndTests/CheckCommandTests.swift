// --check as a script calls it: --fix, --diff, and the files that settings come from.
import Checks
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct CheckCommandTests {
  private let text = "# head\n\nrelayhost  =\t[gw1.example:587]\n # why\nbiff = no"
  private let fixed = "# head\n\nrelayhost  =\t[gw1.example]:587\n # why\nbiff = no\n"

  private func check(_ arguments: String..., in directory: TemporaryDirectory, input: String = "") throws
    -> FinishedProcess
  {
    try runRandmap(
      ["--check", "-c", directory.path] + arguments,
      environment: ["XDG_CONFIG_HOME": directory.file("home")], input: input)
  }

  // MARK: Fixes

  /// A new file whose last line has no end may be one that is still being written: this one is as its author wants it.
  private func letRest(_ path: String) throws { try runSuccessfully("touch", ["-d", "1 hour ago", path]) }

  @Test func fixWritesTheSafeFixesAndUndoTakesThemBack() throws {
    let directory = try TemporaryDirectory()
    try letRest(try directory.write("main.cf", text))
    try directory.write("master.cf", "")
    let shown = try check("--fix", "--diff", in: directory)
    #expect(shown.status == .exited(1), "\(shown.summary)")
    #expect(
      shown.standardOutput.contains("\n-relayhost  =\t[gw1.example:587]\n+relayhost  =\t[gw1.example]:587\n"))
    #expect(try readText(directory.file("main.cf")) == text)

    let written = try check("--fix", in: directory)
    #expect(written.status == .exited(0), "\(written.summary)")
    #expect(written.standardOutput.hasPrefix(shown.standardOutput))
    #expect(try readText(directory.file("main.cf")) == fixed)

    let again = try check("--fix", in: directory)
    #expect(again.status == .exited(0), "\(again.summary)")
    #expect(again.standardError == "randmap: nothing to fix\n")
    #expect(try readText(directory.file("main.cf")) == fixed)
    #expect(try runRandmap(["undo", "-c", directory.path]).status == .exited(0))
    #expect(try readText(directory.file("main.cf")) == text)
  }

  /// The author of a main.cf chooses the files: one of the caller's got a newline at its end, and its links were cut.
  @Test func filesOutsideTheDirectoryOfAnotherAreLeft() throws {
    let home = try TemporaryDirectory()
    let keys = try home.write("authorized_keys", "ssh-ed25519 AAAA me@host")
    let others = try home.write("others", "d.example smtp:[gw1.example:25]")
    let directory = try TemporaryDirectory()
    let link = directory.file("link")
    #expect(symlink(others, link) == 0)
    try letRest(try directory.write("own", "e.example smtp:[gw1.example]"))
    try directory.write(
      "main.cf",
      "\(text)\ntransport_maps = texthash:\(keys) texthash:\(link) texthash:$config_directory/own\n")
    try directory.write("master.cf", "")
    for isDry in [true, false] {
      let fix = try runRandmap(
        ["--check", "-c", directory.path, "--fix"] + (isDry ? ["--diff"] : []),
        environment: ["XDG_CONFIG_HOME": directory.file("home"), "XDG_STATE_HOME": directory.file("state")])
      for path in [keys, link] {
        #expect(
          fix.standardError.contains("\(path): not fixed") && !fix.standardOutput.contains("+++ \(path)"),
          "\(fix.summary)")
      }
      #expect(fix.standardError.contains("To fix it: randmap --fix --check \(keys)\n"), "\(fix.summary)")
    }
    #expect(try readText(keys) == "ssh-ed25519 AAAA me@host")
    #expect(try readText(others) == "d.example smtp:[gw1.example:25]")
    #expect(try readText(directory.file("own")) == "e.example smtp:[gw1.example]\n")
    #expect(try readText(directory.file("main.cf")).hasPrefix(fixed))
  }

  @Test func whatHasNoSafeFixStays() throws {
    let sample = try copyOfSample("mistakes")
    let first = try check("--fix", "--format", "json", in: sample)
    #expect(first.status == .exited(1), "\(first.summary)")
    #expect(first.standardOutput.hasPrefix("{") && first.standardError.contains("+++ "))
    #expect(!first.standardOutput.contains("\"fixable\" : true"))
    let after = try readText(sample.file("transport"))
    #expect(after.contains("repeated.example      smtp:[in-gw1.example], [in-gw2.example]\n"))
    #expect(after.contains("inside.example        smtp:[in-gw1.example]:25\n"))
    #expect(try check("--fix", in: sample).standardError.hasSuffix("randmap: nothing to fix\n"))
    #expect(try readText(sample.file("transport")) == after)
  }

  /// Of the errors in a table the first is told: when it is mended, another one that was there all the time is.
  @Test func whatWasWrongBeforeDoesNotHoldAFixUp() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "transport_maps = texthash:$config_directory/t\n")
    try directory.write("master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
    let table = try directory.write(
      "t", "a.t smtp:[a.example], smtp:[b.example]\nb.t smtp:[x.example], relay:[y.example]\n")
    let fixed = try check("--fix", in: directory)
    #expect(fixed.status == .exited(1), "\(fixed.summary)")
    #expect(try readText(table).hasPrefix("a.t smtp:[a.example], [b.example]\n"), "\(fixed.summary)")
  }

  @Test func oneFileAndStandardInput() throws {
    let directory = try TemporaryDirectory()
    let table = try directory.write("transport", "a.example  smtp:[gw1.example:25]\n")
    let one = try runRandmap(["--check", "--fix", "transport"], directory: directory.path)
    #expect(one.status == .exited(0), "\(one.summary)")
    #expect(try readText(table) == "a.example  smtp:[gw1.example]:25\n")

    try directory.write("main.cf", "")
    let shown = try check("--fix", "--diff", "--as", "main.cf", "-", in: directory, input: text)
    #expect(shown.standardOutput.contains("+relayhost  =\t[gw1.example]:587\n"), "\(shown.summary)")
    #expect(try check("--fix", "-", in: directory, input: text).status == .exited(2))
    #expect(try check("--diff", in: directory).status == .exited(2))
  }

  // MARK: Settings

  @Test func settingsComeFromTheFilesThenFromTheCall() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "fallback_relay = [a.example]\nrelayhost = [gw1]\n")
    try directory.write("master.cf", "")
    func codes(_ arguments: String...) throws -> (codes: [String], run: FinishedProcess) {
      let finished = try runRandmap(
        ["--check", "-c", directory.path, "--format", "gcc"] + arguments,
        environment: ["XDG_CONFIG_HOME": directory.file("home")])
      let lines = finished.standardOutput.split(separator: "\n")
      return (lines.map { String($0.suffix(6).prefix(5)) }.sorted(), finished)
    }
    let all = try codes()
    #expect(all.codes == ["RM305", "RM511"] && all.run.status == .exited(1), "\(all)")

    try directory.makeDirectory("home")
    try directory.makeDirectory("home/randmap")
    try directory.write("home/randmap/check.conf", "# mine\nignore = RM5,\n  RM1\nfail_level = error\n")
    let mine = try codes()
    #expect(mine.codes == ["RM305"] && mine.run.status == .exited(0), "\(mine)")

    try directory.write(".randmap-check", "fail_level = warning\nignore = RM305\n")
    let both = try codes()
    #expect(both.codes == ["RM511"] && both.run.status == .exited(0), "\(both)")

    let call = try codes("--ignore", "rm8", "--severity", "warning", "--fail-level", "error")
    #expect(call.codes == ["RM305"] && call.run.status == .exited(0), "\(call)")
  }

  @Test(arguments: [
    ("selct = RM1\n", "unknown name \"selct\"; need one of select, ignore, severity, map, fail_level"),
    ("\n# x\nselect = RM1, RM0\n", "no rule's code starts with \"RM0\"; --list-rules lists them"),
    ("map = etc=.\n", "\"etc=.\" is not PATH=DIR; need an absolute PATH, such as /etc/postfix=."),
    ("severity = grave\n", "\"grave\" is not a severity; need one of error, warning, info, style"),
    ("fail_level =\n", "\"\" is not a severity; need one of error, warning, info, style"),
    ("select RM1\n", "missing '=' after attribute name"),
  ])
  func aSettingThatIsNoneIsAnError(settings: String, message: String) throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "")
    let path = try directory.write(".randmap-check", settings)
    let finished = try check(in: directory)
    let line = settings.hasPrefix("\n") ? 3 : 1
    #expect(finished.status == .exited(2), "\(finished.summary)")
    #expect(finished.standardError == "randmap: \(path):\(line): \(message)\n")
  }

  // MARK: Copies

  @Test func aCopyIsReadWhereTheCallOrItsSettingsSay() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "transport_maps = texthash:/etc/postfix/transport\n")
    try directory.write("master.cf", "smtp unix - - n - - smtp\nlocal unix - n n - - local\n")
    try directory.makeDirectory("tables")
    try directory.write("tables/transport", "a.example  smtp:[gw1\n")
    let place = "\(directory.path)/tables/transport:1:17: error: "
    let mapped = try check("--map", "/etc/postfix=\(directory.file("tables"))", in: directory)
    #expect(mapped.standardOutput.contains(place), "\(mapped.summary)")
    try directory.write(".randmap-check", "map = /etc/postfix=tables\n")
    let set = try check(in: directory)
    #expect(set.standardOutput.contains(place), "\(set.summary)")
    #expect(try check("--map", "etc=x", in: directory).status == .exited(2))
    #expect(try check("--template", "erb", "--fix", in: directory).status == .exited(2))
  }

  /// The diff of the fixes beside a report, and in a terminal, is for people.
  @Test func theDiffOfFixesMasksPasswords() throws {
    let directory = try TemporaryDirectory()
    let text = "relayhost = [gw1.example:587]\nsmtp_sasl_password_maps = static:me:secret1\n"
    for files in [[], [directory.file("main.cf")]] {
      try directory.write("main.cf", text)
      try directory.write("master.cf", "smtp unix - - n - - smtp\n")
      let call = ["--check", "-c", directory.path, "--fix", "--format", "json"] + files
      let fixed = try runRandmap(call, environment: ["XDG_CONFIG_HOME": directory.file("home")])
      #expect(
        fixed.standardError.contains("+relayhost = [gw1.example]:587\n")
          && !fixed.summary.contains("secret1"),
        "\(fixed.summary)")
      #expect(try readText(directory.file("main.cf")).contains("[gw1.example]:587"))
    }
    try directory.write("main.cf", text)
    // In a pipe patch(1) takes it.
    let piped = try check("--fix", "--diff", in: directory)
    #expect(
      piped.standardOutput.contains(" smtp_sasl_password_maps = static:me:secret1\n"), "\(piped.summary)")
    let terminal = try TerminalSession(
      [randmapProgram(), "--check", "-c", directory.path, "--fix", "--diff"], width: 100, height: 30)
    try terminal.waitFor("smtp_sasl_password_maps = ********")
    #expect(try !terminal.screen().contains("secret1"))
  }

  /// A terminal is shown the line of each finding, but for lines with a password in them.
  @Test func passwordsAreNotShown() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      """
      relayhost = [gw1.example]:587
      smtp_sasl_auth_enable = yes
      smtp_sasl_security_options = noanonymous
      smtp_sasl_password_maps = texthash:$config_directory/sasl_passwd, inline:{{gw1.example:587 = user:secret1}

      """)
    try directory.write("master.cf", "smtp unix - - n - - smtp\nlocal unix - n n - - local\n")
    try directory.write(
      "sasl_passwd", "gw1.example:587 user:secret2\n[gw2.example] secret3\n[gw2.example] u:secret4\n")
    for format in ReportFormatName.allCases.map(\.rawValue) {
      let found = try check("--format", format, in: directory)
      #expect(
        found.standardOutput.contains("RM901") && found.standardOutput.contains("RM909"), "\(found.summary)")
      #expect(
        !found.standardOutput.contains("secret") && !found.standardError.contains("secret"),
        "\(found.summary)")
    }
  }
}
