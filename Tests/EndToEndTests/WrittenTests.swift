// What was written, as Postfix reads it: postconf(1), postmap(1), postfix check, and a running instance.
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct WrittenTests {
  private func write(_ arguments: String..., in directory: String) throws {
    let finished = try runRandmap(arguments + ["--write", "-c", directory])
    #expect(finished.status == .exited(0), "\(finished.summary)")
  }

  @Test func postconfReadsAMultiLinePool() throws {
    let sample = try copyOfSample("outbound-weighted")
    try write("set", "relay_transport", "[out-gw1.example]", "3", in: sample.path)
    let finished = try run(postfixTool("postconf"), ["-c", sample.path, "-n", "relay_transport"])
    #expect(finished.standardError == "")
    let weights = ["1", "1", "1", "2", "2"].map { "!smtp:[out-gw\($0).example]" }.joined(separator: " ")
    #expect(finished.standardOutput == "relay_transport = randmap: \(weights)\n")
    let before = try readText(sampleDirectory("outbound-weighted") + "/main.cf").split(separator: "\n")
    let after = try readText(sample.file("main.cf")).split(separator: "\n")
    #expect(after.count == before.count + 2)
    #expect(after.filter { !before.contains($0) } == [])
  }

  @Test func postmapReadsATableThatWasEdited() throws {
    let sample = try copyOfSample("inbound")
    let table = sample.file("transport")
    try write("set", "transport:example.net", "[in-gw2.example]", "2", in: sample.path)
    try write(
      "set-route", "example.org", "smtp:[in-gw2.example],[in-gw1.example]", "--table", table, in: sample.path)
    func answer(_ key: String) throws -> String {
      try runSuccessfully(postfixTool("postmap"), ["-c", sample.path, "-q", key, "texthash:" + table])
    }
    #expect(
      try answer("example.net")
        == "randmap:!smtp:[in-gw1.example]!smtp:[in-gw2.example]!smtp:[in-gw2.example]\n")
    #expect(try answer("example.org") == "smtp:[in-gw2.example],[in-gw1.example]\n")
    #expect(try answer("example.com") == "randmap:!smtp:[in-gw1.example]!smtp:[in-gw2.example]\n")
    #expect(
      try readFile(sample.file("main.cf")) == readFile(sampleDirectory("inbound") + "/main.cf"))
  }

  @Test func anIndexedTableIsBuiltAnew() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "transport_maps = lmdb:$config_directory/transport\n")
    let table = try directory.write("transport", "example.com  smtp:[gw1.example]\n")
    try runSuccessfully(postfixTool("postmap"), ["-c", directory.path, "lmdb:" + table])
    try write(
      "set-route", "example.com", "smtp:[gw2.example]", "--table", table, in: directory.path)
    func answer() throws -> String {
      try runSuccessfully(
        postfixTool("postmap"), ["-c", directory.path, "-q", "example.com", "lmdb:" + table])
    }
    #expect(try answer() == "smtp:[gw2.example]\n")
    let undone = try runRandmap(["undo", "-c", directory.path])
    #expect(undone.status == .exited(0), "\(undone.summary)")
    #expect(try answer() == "smtp:[gw1.example]\n")
  }

  /// A drained gateway is in no answer of trivial-rewrite(8), not even as the last resort; a restored one is in all.
  @Test(arguments: [
    "unionmap:{randmap:{smtp:[a], smtp:[b], smtp:[c]}, static:{[a],[b],[c]}}",
    "pipemap:{randmap:{1, 2, 3}, inline:{{1=smtp:[a],[b],[c]}, {2=smtp:[b],[c],[a]}, {3=smtp:[c],[a],[b]}}}",
  ])
  func theSafetyNetFollowsAnEdit(of table: String) throws {
    let pool = "sender_dependent_default_transport_maps"
    let lab = try PostfixLab(main: "\(pool) = \(table)")
    func answers(_ what: String, until isThere: ([String]) -> Bool) throws {
      lab.reload()
      try waitUntil(what) {
        isThere((0..<40).compactMap { _ in try? lab.resolver().resolve("u@elsewhere.example").nexthop })
      }
    }
    try write("drain", "[b]", in: lab.configDirectory)
    try answers("no answer to name [b]") { answers in
      answers.count == 40 && answers.allSatisfy { !$0.contains("[b]") && $0.contains("[a]") }
    }
    try write("restore", "[b]", in: lab.configDirectory)
    try answers("every answer to name all three") { answers in
      answers.count == 40
        && answers.allSatisfy { answer in
          ["[a]", "[b]", "[c]"].allSatisfy(answer.contains)
        }
    }
    try write("remove", pool, "[c]", in: lab.configDirectory)
    try answers("no answer to name [c]") { answers in
      answers.count == 40 && answers.allSatisfy { !$0.contains("[c]") && $0.contains("[b]") }
    }
  }

  /// Each kind of index, by Postfix's own postmap(1), and in step with its source after a write and after an undo.
  @Test(arguments: ["hash", "btree", "lmdb", "cdb"])
  func everyIndexFollows(_ type: String) throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "transport_maps = \(type):$config_directory/transport\n")
    let table = try directory.write("transport", "example.com  smtp:[gw1.example]\n")
    try runSuccessfully(postfixTool("postmap"), ["-c", directory.path, "\(type):\(table)"])
    func answer() throws -> String {
      try runSuccessfully(
        postfixTool("postmap"), ["-c", directory.path, "-q", "example.com", "\(type):\(table)"])
    }
    try write("set-route", "example.com", "smtp:[gw2.example]", in: directory.path)
    #expect(try answer() == "smtp:[gw2.example]\n")
    #expect(try runRandmap(["undo", "-c", directory.path]).status == .exited(0))
    #expect(try answer() == "smtp:[gw1.example]\n")
  }

  /// A file system of the test's own, in a mount namespace of its own: full, then turned read-only, then neither.
  @Test func aFullDiskAndOneThatTurnedReadOnlyAreLeftAsTheyWere() throws {
    let directory = try TemporaryDirectory()
    try directory.makeDirectory("etc")
    let script = """
      set -e
      mount -t tmpfs -o size=64k,mode=755 tmpfs etc
      echo 'default_transport = randmap:!smtp:[a.example]!smtp:[b.example]' > etc/main.cf
      : > etc/master.cf
      head -c 1000000 /dev/zero > etc/filler 2> /dev/null || :
      change() { "$0" set default_transport 'smtp:[a.example]' 2 -c "$PWD/etc" --write 2>&1 || echo "status $?"; }
      change; cat etc/main.cf; ls -A etc; echo ---
      rm etc/filler; mount -o remount,ro etc
      change; cat etc/main.cf; ls -A etc; echo ---
      mount -o remount,rw etc
      change > /dev/null; cat etc/main.cf; ls -A etc
      """
    let finished = try run(
      "unshare", ["-m", "bash", "-c", script, randmapProgram()],
      environment: ["MAIL_CONFIG": nil, "LC_ALL": "C"], directory: directory.path)
    let parts = finished.standardOutput.split(separator: "---\n").map(String.init)
    try #require(parts.count == 3, "\(finished.summary)")
    let old = "default_transport = randmap:!smtp:[a.example]!smtp:[b.example]\n"
    #expect(
      parts[0].contains("No space left on device") && parts[0].contains("status 1\n\(old)"), "\(parts[0])")
    #expect(parts[0].hasSuffix("filler\nmain.cf\nmaster.cf\n"), "\(parts[0])")
    #expect(
      parts[1].contains("Read-only file system") && parts[1].contains("status 1\n\(old)"), "\(parts[1])")
    #expect(parts[1].hasSuffix("\nmain.cf\nmaster.cf\n"), "\(parts[1])")
    #expect(
      parts[2].contains("randmap:!smtp:[a.example]!smtp:[a.example]!smtp:[b.example]\n")
        && parts[2].hasSuffix("\nmain.cf\nmaster.cf\n"), "\(parts[2])")
  }

  /// What is said to need a reload does, and the rest is seen by a running Postfix without one.
  @Test func whatNeedsAReloadIsSaid() throws {
    let names = ["hash", "lmdb", "texthash"]
    let lab = try PostfixLab(
      files: Dictionary(uniqueKeysWithValues: names.map { ($0, "\($0).example smtp:[old]\n") }))
    let directory = lab.configDirectory
    for type in names.dropLast() {
      try runSuccessfully(postfixTool("postmap"), ["-c", directory, "\(type):\(directory)/\(type)"])
    }
    try lab.stop()
    try lab.configure(
      main: "transport_maps = " + names.map { "\($0):$config_directory/\($0)" }.joined(separator: ", "))
    try lab.start()
    func nextHop(_ type: String) -> String? { try? lab.resolver().resolve("u@\(type).example").nexthop }
    for type in names { try waitUntil("the first answer") { nextHop(type) == "[old]" } }

    for type in names {
      let written = try runRandmap(
        [
          "set-route", "\(type).example", "smtp:[new]", "--table", "\(directory)/\(type)", "--write", "-c",
          directory,
        ])
      #expect(written.status == .exited(0), "\(written.summary)")
      #expect(
        written.standardError.contains("in force after: postfix -c \(directory) reload")
          == (type == "texthash"), "\(written.summary)")
      guard type == "texthash" else {
        try waitUntil("\(type) to be seen without a reload") { nextHop(type) == "[new]" }
        continue
      }
      #expect((0..<10).allSatisfy { _ in nextHop(type) == "[old]" })
      let undone = try runRandmap(["undo", "-c", directory])
      #expect(
        undone.standardError.contains("is a text table, read again without a restart"),
        "\(undone.summary)")
      let again = try runRandmap(
        [
          "set-route", "texthash.example", "smtp:[new]", "--table", "\(directory)/texthash", "--write",
          "--reload", "-c", directory,
        ])
      #expect(again.status == .exited(0), "\(again.summary)")
      #expect(again.standardError.contains("postfix -c \(directory) reload"))
      try waitUntil("the table to be read again") { nextHop(type) == "[new]" }
    }
  }

  @Test func aRunningPostfixDrawsByTheNewWeights() throws {
    let stock = sampleDirectory("stock")
    let lab = try PostfixLab(
      main: readText(stock + "/main.cf"),
      files: ["inbound_domains": readText(stock + "/inbound_domains")])
    let pool = "sender_dependent_default_transport_maps"
    try write("remove", pool, "[out-gw2.example]", "--force", in: lab.configDirectory)
    let check = try run(postfixTool("postfix"), ["-c", lab.configDirectory, "check"])
    #expect(check.status == .exited(0), "\(check.summary)")
    #expect(!check.standardError.contains("fatal") && !check.standardError.contains("bad "))

    lab.reload()
    try waitUntil("the new pool to be in force") {
      // The daemon that reads its configuration anew ends the connections that it has.
      let answers = (0..<20).map { _ in try? lab.resolver().resolve("u@elsewhere.example").nexthop }
      return answers.allSatisfy { $0 == "[out-gw1.example]" }
    }
  }
}
