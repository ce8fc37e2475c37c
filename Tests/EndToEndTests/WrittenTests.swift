// What was written, as Postfix reads it: postconf(1), postmap(1), postfix check, and a running instance.
import TestSupport
import Testing

@Suite struct WrittenTests {
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
