// `randmap convert` as a person calls it.

import Glibc
import TestSupport
import TestTraits
import Testing

/// A copy of a sample, and the history that writing it leaves.
private final class Workbench {
  let directory: TemporaryDirectory

  init(_ sample: String) throws { directory = try copyOfSample(sample) }

  func randmap(_ arguments: String...) throws -> FinishedProcess {
    try runRandmap(arguments + ["-c", directory.path, "--postfix-version", "3.7"])
  }

  func text(_ name: String) throws -> String { try readText(directory.file(name)) }
}

@Suite(.waits) struct ConvertCommandTests {
  @Test func printsTheDiffAndWritesOnlyWhenAsked() throws {
    let bench = try Workbench("outbound")
    let before = try bench.text("main.cf")
    let shown = try bench.randmap("convert", "--to", "stock", "default_transport")
    #expect(shown.status == .exited(0), "\(shown.summary)")
    #expect(shown.standardOutput.contains("+sender_dependent_default_transport_maps ="))
    #expect(try bench.text("main.cf") == before)
    let written = try bench.randmap("convert", "--to", "stock", "default_transport", "--write")
    #expect(written.status == .exited(0), "\(written.summary)")
    #expect(written.standardOutput == shown.standardOutput)
    let undone = try bench.randmap("undo")
    #expect(undone.status == .exited(0), "\(undone.summary)")
    #expect(try bench.text("main.cf") == before)
  }

  @Test func outputIsNotTheConfigurationItself() throws {
    let bench = try Workbench("outbound")
    let before = try bench.text("main.cf")
    let finished = try bench.randmap("convert", "--to", "file", "--output", bench.directory.path)
    #expect(finished.status == .exited(2), "\(finished.summary)")
    #expect(try bench.text("main.cf") == before)
  }

  @Test func aPoolFileIsMadeAndTakenBack() throws {
    let bench = try Workbench("outbound-weighted")
    let written = try bench.randmap("convert", "--to", "file", "--write")
    #expect(written.status == .exited(0), "\(written.summary)")
    #expect(
      try bench.text("relay_transport.pool")
        == "smtp:[out-gw1.example]\nsmtp:[out-gw2.example]\nsmtp:[out-gw2.example]\n")
    #expect(try bench.randmap("undo").status == .exited(0))
    #expect(throws: TestFailure.self) { try bench.text("relay_transport.pool") }
  }

  @Test func theFragmentIsTheTextForMainCf() throws {
    let bench = try Workbench("outbound")
    let finished = try bench.randmap("convert", "--to", "stock", "default_transport", "--fragment")
    #expect(finished.status == .exited(0), "\(finished.summary)")
    #expect(
      finished.standardOutput == """
        sender_dependent_default_transport_maps =
            unionmap:{
                randmap:{smtp:[out-gw1.example], smtp:[out-gw2.example]},
                static:{[out-gw1.example],[out-gw2.example]}}
        # randmap: drained smtp:[out-gw3.example] x1
        # to be taken out: default_transport

        """)
  }

  @Test func aFragmentIsNoJSON() throws {
    let bench = try Workbench("outbound")
    let finished = try bench.randmap("convert", "--to", "stock", "--fragment", "--format", "json")
    #expect(finished.status == .exited(2) && finished.standardOutput.isEmpty, "\(finished.summary)")
    #expect(finished.standardError.contains("leave out --format json"), "\(finished.summary)")
  }

  @Test func theFragmentInPlaceOfWhatItNamesIsTheConversion() throws {
    let (bench, other) = (try Workbench("outbound"), try Workbench("outbound"))
    let finished = try bench.randmap("convert", "--to", "stock", "--fragment")
    #expect(finished.status == .exited(0), "\(finished.summary)")
    for line in finished.standardOutput.split(separator: "\n") {
      guard let name = line.split(separator: "# to be taken out: ").first, line.hasPrefix("# to be") else {
        continue
      }
      try runSuccessfully(postfixTool("postconf"), ["-c", bench.directory.path, "-X", String(name)])
    }
    try bench.directory.write("main.cf", bench.text("main.cf") + finished.standardOutput)
    #expect(try other.randmap("convert", "--to", "stock", "--write").status == .exited(0))
    func settings(_ bench: Workbench) throws -> String {
      // The directory is told in its first lines.
      try runSuccessfully(postfixTool("postconf"), ["-c", bench.directory.path, "-n"])
        .split(separator: bench.directory.path).joined(separator: "DIR")
    }
    #expect(try settings(bench) == settings(other))
    #expect(try settings(bench).contains("unionmap:{"))
  }

  @Test func theResultCanGoElsewhere() throws {
    let bench = try Workbench("inbound")
    let before = try bench.text("main.cf")
    let other = try TemporaryDirectory()
    let finished = try bench.randmap("convert", "--to", "stock", "--output", other.path)
    #expect(finished.status == .exited(0), "\(finished.summary)")
    #expect(try bench.text("main.cf") == before)
    #expect(try readText(other.file("main.cf")).contains("pipemap:{"))
    let entries = try readText(other.file("transport")).split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(entries == ["example.org   smtp:[in-gw1.example],[in-gw2.example]"])
    #expect(try namesIn(other.path) == ["main.cf", "transport"])
  }

  /// Any edit, where the configuration may not be written.
  @Test func anEditCanGoElsewhere() throws {
    let bench = try Workbench("outbound")
    let before = try bench.text("main.cf")
    let other = try TemporaryDirectory()
    let finished = try bench.randmap(
      "set", "relay_transport", "[out-gw1.example]", "3", "--output", other.path)
    #expect(finished.status == .exited(0), "\(finished.summary)")
    #expect(finished.standardError.contains("\(other.path)/main.cf is written"), "\(finished.summary)")
    #expect(try bench.text("main.cf") == before)
    #expect(try readText(other.file("main.cf")).contains("!smtp:[out-gw1.example]!smtp:[out-gw1.example]!"))
    let own = try bench.randmap(
      "add", "relay_transport", "smtp:[x.example]", "--output", bench.directory.path)
    #expect(
      own.status == .exited(2) && own.standardError.contains("is the configuration directory"),
      "\(own.summary)")
    let both = try bench.randmap(
      "add", "relay_transport", "smtp:[x.example]", "--output", other.path, "--write")
    #expect(both.status == .exited(2) && both.standardError.contains("--output"), "\(both.summary)")
    #expect(try bench.text("main.cf") == before)
  }

  /// A name there is one of the program's own open files.
  @Test func nothingIsWrittenWhereTheKernelMakesUpFiles() throws {
    let bench = try Workbench("outbound")
    let finished = try bench.randmap(
      "set", "relay_transport", "[out-gw1.example]", "3", "--output", "/proc/self/fd")
    #expect(finished.status == .exited(1), "\(finished.summary)")
    #expect(finished.standardError.contains("main.cf is not a regular file"), "\(finished.summary)")
    #expect(!finished.standardError.contains("interrupted"), "\(finished.summary)")
  }

  /// A link there may lead back to the configuration; and nobody may read a copy who may not read the file.
  @Test func anEditElsewhereNeitherComesBackNorOpensAFile() throws {
    let bench = try Workbench("outbound")
    let before = try bench.text("main.cf")
    let other = try TemporaryDirectory()
    let copy = other.file("main.cf")
    func edit() throws -> FinishedProcess {
      try bench.randmap("set", "relay_transport", "[out-gw1.example]", "3", "--output", other.path)
    }
    try #require(symlink(bench.directory.file("main.cf"), copy) == 0)
    let back = try edit()
    #expect(back.standardError.contains("is a file of the configuration"), "\(back.summary)")
    #expect(try back.status == .exited(2) && bench.text("main.cf") == before)
    try #require(unlink(copy) == 0 && chmod(bench.directory.file("main.cf"), 0o600) == 0)
    let copied = try edit()
    var status = stat()
    lstat(copy, &status)
    #expect(copied.status == .exited(0) && status.st_mode & 0o777 == 0o600, "\(copied.summary)")
    // One that is there already allows what both allow.
    for (own, there, narrow) in [(0o600, 0o644, 0o600), (0o644, 0o600, 0o600), (0o644, 0o640, 0o640)]
      as [(mode_t, mode_t, mode_t)]
    {
      try writeFile(copy, before)
      try #require(chmod(bench.directory.file("main.cf"), own) == 0 && chmod(copy, there) == 0)
      let again = try edit()
      lstat(copy, &status)
      #expect(again.status == .exited(0) && status.st_mode & 0o777 == narrow, "\(again.summary)")
    }
  }

  /// Who put a link there, or the caller at another time, chooses no file elsewhere.
  @Test func anEditElsewhereIsWrittenThroughNoLink() throws {
    let bench = try Workbench("outbound")
    let other = try TemporaryDirectory()
    let elsewhere = try TemporaryDirectory()
    try elsewhere.write("mine", "mine\n")
    func edit() throws -> FinishedProcess {
      try bench.randmap("set", "relay_transport", "[out-gw1.example]", "3", "--output", other.path)
    }
    let copy = other.file("main.cf")
    for target in [elsewhere.file("mine"), elsewhere.file("none")] {
      try #require(symlink(target, copy) == 0)
      let refused = try edit()
      #expect(refused.standardError.contains("\(copy)\": a symbolic link is there"), "\(refused.summary)")
      #expect(refused.status == .exited(2))
      try #require(unlink(copy) == 0)
    }
    #expect(try readText(elsewhere.file("mine")) == "mine\n" && namesIn(elsewhere.path) == ["mine"])
    try #require(mkfifo(copy, 0o600) == 0)
    let fifo = try edit()
    #expect(fifo.standardError.contains("a FIFO, a socket or a device is there"), "\(fifo.summary)")
  }

  @Test func theConsoleWritesItsEditsElsewhere() throws {
    let bench = try Workbench("outbound")
    let before = try bench.text("main.cf")
    let other = try TemporaryDirectory()
    let console = try openConsole(["-c", bench.directory.path], width: 120, height: 30)
    try console.waitFor("[out-gw1.example]")
    try console.type(":output \(other.path)")
    try console.waitFor("there is no edit to write")
    try console.press("Escape")
    try console.waitUntilGone("there is no edit to write")
    try console.type(":set relay_transport [out-gw1.example] 3")
    try console.press("Enter")
    try console.waitFor("edited")
    try console.type(":output \(bench.directory.path)")
    try console.press("Enter")
    try console.waitFor("this is the configuration directory")
    try console.type(":output \(other.path)")
    try console.waitFor("leaves the configuration as it is")
    try console.press("Enter")
    try console.waitFor("written: \(other.path)/main.cf")
    #expect(try bench.text("main.cf") == before)
    #expect(try readText(other.file("main.cf")).contains("!smtp:[out-gw1.example]!smtp:[out-gw1.example]!"))
    try console.press("q")
    try console.waitFor("unwritten?")
    try console.press("y")
    #expect(try console.waitForExit() == .exited(0))
  }

  @Test func sharesArePairedWhereOnlyTheSpellingChanges() throws {
    let bench = try Workbench("inbound")
    try bench.directory.write(
      "transport",
      "example.com   smtp:randmap:![in-gw1.example]![in-gw2.example]![in-gw2.example]\n")
    let shown = try bench.randmap("convert", "--to", "agent")
    #expect(shown.status == .exited(0), "\(shown.summary)")
    #expect(
      shown.standardError.contains(
        "transport:example.com:\n  33.3%  ->  33.3%  smtp:[in-gw1.example]\n  66.7%  ->  66.7%  smtp:[in-gw2.example]\n"
      ), "\(shown.summary)")
  }

  @Test func undoSaysWhatNeedsAReload() throws {
    let bench = try Workbench("outbound")
    let written = try bench.randmap("set", "relay_transport", "[out-gw1.example]", "3", "--write")
    #expect(written.standardError.contains("in force after: postfix -c \(bench.directory.path) reload"))
    let undone = try bench.randmap("undo")
    #expect(
      undone.standardError.contains("main.cf is read again, without a restart"), "\(undone.summary)")
    let file = try bench.randmap("set", "default_transport", "[out-gw1.example]", "3", "--write")
    #expect(file.status == .exited(0) && !file.standardError.contains("reload"), "\(file.summary)")
    #expect(try !bench.randmap("undo").standardError.contains("reload"))
    #expect(try bench.randmap("undo", "--dry-run", "--reload").status == .exited(2))
  }

  @Test func aRefusalSaysWhyAndWritesNothing() throws {
    let bench = try Workbench("outbound")
    try bench.directory.write("main.cf", "local_transport = randmap:!lmtp:[a]!lmtp:[b]\n")
    let refused = try bench.randmap("convert", "--to", "stock", "--write")
    #expect(refused.status == .exited(1))
    #expect(refused.standardError.contains("local_transport is not converted: Postfix has no parameter"))
    #expect(try bench.randmap("convert", "--to", "stock", "nosuch").status == .exited(2))
    #expect(try bench.randmap("convert", "--to", "nowhere").status == .exited(2))
  }

  @Test func ofALongPoolTheSharesOfWhatIsChangedAreSaid() throws {
    let bench = try Workbench("outbound")
    let members = (1...50).map { "!smtp:[gw\($0).example]" }.joined()
    try bench.directory.write("main.cf", "relay_transport = randmap:\(members)\n")
    let edit = try bench.randmap("set", "relay_transport", "[gw7.example]", "3")
    #expect(
      edit.standardError.contains(
        "relay_transport:\n  2.0%  ->  5.8%  smtp:[gw7.example]\n  the other 49 members keep their weights\n"),
      "\(edit.summary)")
  }

  @Test func aPercentageSaysWhatItCameTo() throws {
    let bench = try Workbench("outbound")
    let pool = "relay_transport"
    let third = try bench.randmap("set", pool, "[out-gw1.example]", "33%")
    #expect(third.standardError.contains("asked for 33%, got 33.3% (1:2), 0.3 points off"))
    let fine = try bench.randmap("set", pool, "[out-gw1.example]", "99.5%", "--tolerance", "0.01")
    #expect(fine.standardError.contains("asked for 99.5%, got 99.5% (199:1), exactly"))
    let reduced = try bench.randmap("set", pool, "[out-gw1.example]", "1", "--reduce")
    #expect(reduced.status == .exited(0))
  }

  @Test func aManagedFileIsWrittenOnlyByForce() throws {
    let bench = try Workbench("outbound")
    try bench.directory.write("main.cf", "# Ansible managed\n" + bench.text("main.cf"))
    let held = try bench.randmap("set", "relay_transport", "[out-gw1.example]", "3", "--write")
    #expect(held.status == .exited(1))
    #expect(held.standardError.contains("managed by Ansible"))
    #expect(
      try bench.randmap("set", "relay_transport", "[out-gw1.example]", "3", "--write", "--force").status
        == .exited(0))
  }
}
