// Tables whose texts were changed without postmap(1), with real indices: what an edit and an undo say before they make these anew, and
// what they do.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct OldIndexCommandTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      """
      compatibility_level = 3.6
      relayhost = [127.0.0.2]:2525
      transport_maps = lmdb:$config_directory/t
      smtp_sasl_auth_enable = yes
      smtp_sasl_password_maps = lmdb:$config_directory/passwords

      """)
    try directory.write("master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
    try write("t", "a.example smtp:[127.0.0.3]\n", makingIndex: true)
    try write("passwords", "[127.0.0.2]:2525 user:word\n", makingIndex: true)
  }

  /// - Parameter makingIndex: otherwise the index is older than the text.
  private func write(_ name: String, _ text: String, makingIndex: Bool) throws {
    try directory.write(name, text)
    let file = directory.file(name)
    if makingIndex {
      let made = try TestSupport.run("postmap", ["-c", directory.path, "lmdb:\(file)"])
      try #require(made.status == .exited(0), "\(made.summary)")
    } else {
      var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
      try #require(utimensat(AT_FDCWD, "\(file).lmdb", &times, 0) == 0)
    }
  }

  private func call(_ arguments: String...) throws -> FinishedProcess {
    try runRandmap(arguments + ["-c", directory.path])
  }

  private func answer(_ key: String) throws -> String {
    try TestSupport.run("postmap", ["-c", directory.path, "-q", key, "lmdb:\(directory.file("t"))"])
      .standardOutput
  }

  private static let question =
    "changes other mail: mail for b.example (someone@b.example) goes to smtp:[127.0.0.2]:2525, and would go to smtp:[127.0.0.9]"

  @Test func anEditAsksBeforeItBringsOthersChangesIntoForce() throws {
    try write("t", "a.example smtp:[127.0.0.3]\nb.example smtp:[127.0.0.9]\n", makingIndex: false)
    for edit in [["set-route", "c.example", "smtp:[127.0.0.4]"], ["remove-route", "a.example"]] {
      let refused = try runRandmap(edit + ["--write", "-c", directory.path])
      #expect(
        refused.status == .exited(1) && refused.standardError.contains(Self.question), "\(refused.summary)")
    }
    #expect(try answer("b.example") == "" && answer("a.example") == "smtp:[127.0.0.3]\n")
    let forced = try call("set-route", "c.example", "smtp:[127.0.0.4]", "--write", "--force")
    #expect(forced.status == .exited(0), "\(forced.summary)")
    #expect(try answer("b.example") == "smtp:[127.0.0.9]\n")
  }

  /// The mail that the write meant is no other mail, and what is shown is what comes.
  @Test func undoAsksForOthersChangesAndForNothingElse() throws {
    try write(
      "passwords", "[127.0.0.2]:2525 user:word\n[127.0.0.5] user:word\n", makingIndex: true)
    for (key, gateway) in [("a.example", "[127.0.0.4]"), ("c.example", "[127.0.0.5]")] {
      let made = try call("set-route", key, "smtp:\(gateway)", "--write")
      try #require(made.status == .exited(0), "\(made.summary)")
    }
    let text = try readText(directory.file("t"))
    try write("t", text + "b.example smtp:[127.0.0.9]\n", makingIndex: false)
    let refused = try call("undo", "1", "--merge")
    #expect(refused.status == .exited(1), "\(refused.summary)")
    let questions = refused.standardError.split(separator: "\n").filter { $0.contains("changes other mail") }
    #expect(questions == ["randmap: \(Self.question)"], "\(refused.summary)")
    let look = try call("undo", "1", "--merge", "--dry-run").standardError
    #expect(look.contains("smtp:[127.0.0.4]  ->  smtp:[127.0.0.3]"), "\(look)")
    // With the index as the text there is nothing to ask.
    try write("t", text + "b.example smtp:[127.0.0.9]\n", makingIndex: true)
    let undone = try call("undo", "1", "--merge")
    #expect(undone.status == .exited(0), "\(undone.summary)")
    #expect(try answer("a.example") == "smtp:[127.0.0.3]\n" && answer("b.example") == "smtp:[127.0.0.9]\n")
  }

  /// The call that the message names is the one that helps.
  @Test func aPasswordThatIsNotInTheIndexIsAskedFor() throws {
    let pool = ["pool", "outbound", "[127.0.0.2]:2525", "[127.0.0.3]:2525", "--write", "-c", directory.path]
    let file = directory.file("passwords")
    let missing = try runRandmap(pool)
    #expect(missing.status == .exited(1), "\(missing.summary)")
    #expect(
      missing.standardError.contains(
        "add the line \"[127.0.0.3]:2525 USER:PASSWORD\", and run: postmap -c \(directory.path) lmdb:\(file); if that"
      ),
      "\(missing.summary)")
    try write(
      "passwords", "[127.0.0.2]:2525 user:word\n[127.0.0.3]:2525 user:word\n", makingIndex: false)
    let old = try runRandmap(pool)
    #expect(old.status == .exited(1), "\(old.summary)")
    #expect(
      old.standardError.contains(
        "[127.0.0.3]:2525 has a line in \(file) (smtp_sasl_password_maps), but the index is older than that, and Postfix reads the index: run: postmap -c \(directory.path) lmdb:\(file); if that"
      ), "\(old.summary)")
    let shown = try call("pools").standardOutput
    #expect(
      shown.contains(
        "the index of a table is older than its text; run: postmap -c \(directory.path) lmdb:\(file)"),
      "\(shown)")
    let status = try call("--status", "--format", "json").standardOutput
    #expect(status.contains("\"the index of a table is older than its text; run: postmap -c "), "\(status)")
    let calls = old.standardError.matches(of: /run: (postmap .*); if that/).map { String($0.output.1) }
    let index = try TestSupport.run("sh", ["-c", try #require(calls.first)])
    try #require(index.status == .exited(0), "\(index.summary)")
    let made = try runRandmap(pool)
    #expect(made.status == .exited(0), "\(made.summary)")
  }

  /// The line for a table in main.cf, for people and for programs.
  @Test func theEntryToWriteIsShownWhole() throws {
    let main = try readText(directory.file("main.cf"))
    try directory.write(
      "main.cf",
      main.replacing("lmdb:$config_directory/passwords", with: "inline:{{[127.0.0.2]:2525=user:Hunter2}}"))
    for format in ["text", "json"] {
      let asked = try call("add", "outbound", "[127.0.0.3]:2525", "--format", format)
      let words = asked.standardOutput + asked.standardError
      #expect(words.contains("add the entry {[127.0.0.3]:2525=USER:PASSWORD}"), "\(asked.summary)")
      // The diff in a pipe is for patch(1), and has the lines as they are.
      #expect(!asked.standardError.contains("Hunter2") && (format == "text" || !words.contains("Hunter2")))
    }
  }

  /// Mail that leaves is not thrown away without a question, and one command brings it back.
  @Test func mailIsNotThrownAwayWithoutAQuestion() throws {
    try directory.write(
      "master.cf",
      "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\ndiscard unix - - n - - discard\n")
    let main = try readText(directory.file("main.cf"))
    let refused = try call("pool", "outbound", "discard:", "--write")
    #expect(refused.status == .exited(1), "\(refused.summary)")
    #expect(refused.standardError.contains("discard: is no gateway: its mail would be thrown away"))
    #expect(try readText(directory.file("main.cf")) == main)
    #expect(try call("pool", "outbound", "discard:", "--write", "--force").status == .exited(0))
    let back = try call("pool", "outbound", "[127.0.0.2]:2525", "--write")
    #expect(back.status == .exited(0) && !back.standardError.contains("nothing to change"), "\(back.summary)")
    #expect(try readText(directory.file("main.cf")) == main)
  }
}
