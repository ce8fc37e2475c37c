// What --check says of the machine around a configuration, where a real Postfix runs with it; and that it says nothing of it
// where none does.
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct SurroundingsTests {
  private let mistakes: Set = ["RM309", "RM402", "RM801", "RM802"]

  private func codes(_ directory: String) throws -> Set<String> {
    let report = try runRandmap(["--check", "-c", directory, "--format", "gcc"])
    return mistakes.filter { report.standardOutput.contains("[\($0)]") }
  }

  /// What postmap(1) makes of an aliases file is an index, and no alias is in it.
  @Test(arguments: ["hash", "lmdb", "cdb"])
  func anIndexOfAliasesThatPostmapMadeIsReported(type: String) throws {
    let lab = try PostfixLab(
      main: "alias_maps = \(type):$config_directory/aliases",
      files: ["aliases": "# mail of the machine\nPostmaster: root\n\"a b\": root\nroot:\n  joe@example.com\n"]
    )
    let table = "\(type):\(lab.configDirectory)/aliases"
    func check() throws -> String {
      try runRandmap(["--check", "-c", lab.configDirectory, "--select", "RM309", "--format", "gcc"])
        .standardOutput
    }
    #expect(try check().contains("No such file or directory"))
    #expect(try check().contains("need \"postalias -c \(lab.configDirectory) \(table)\""))
    try runSuccessfully(postfixTool("postmap"), ["-c", lab.configDirectory, table])
    let asked = try run(postfixTool("postmap"), ["-c", lab.configDirectory, "-q", "postmaster", table])
    #expect(asked.status == .exited(1) && asked.standardOutput.isEmpty)
    #expect(try check().contains("no alias is found; need \"postalias -c \(lab.configDirectory) \(table)\""))
    try runSuccessfully(postfixTool("postalias"), ["-c", lab.configDirectory, table])
    #expect(try check().isEmpty)
  }

  /// proxymap(8) opens a table as mail_owner, who is in the group of the files then.
  @Test func passwordsBehindAProxyStayReadableByIt() throws {
    let table = "texthash:$config_directory/own/sasl_passwd"
    let lab = try PostfixLab(
      main: "smtp_sasl_password_maps = proxy:\(table)\nproxy_read_maps = $smtp_sasl_password_maps")
    let own = lab.configDirectory + "/own"
    let file = own + "/sasl_passwd"
    #expect(mkdir(own, 0o755) == 0)
    try writeFile(file, "[127.0.0.1]:1  user:secret\n")
    func asked() throws -> FinishedProcess {
      try run(
        postfixTool("postmap"), ["-c", lab.configDirectory, "-q", "[127.0.0.1]:1", "proxy:texthash:\(file)"],
        limit: .seconds(60))
    }
    #expect(chmod(file, 0o644) == 0)
    let check = try runRandmap(
      ["--check", "-c", lab.configDirectory, "--select", "RM910", "--format", "gcc"])
    #expect(
      check.standardOutput.contains("need \"chgrp postfix \(file)\" and \"chmod 640 \(file)\" [RM910]"),
      "\(check.summary)")
    #expect(chmod(file, 0o600) == 0)
    #expect(try asked().status == .exited(1))
    try runSuccessfully("chgrp", ["postfix", file])
    #expect(chmod(file, 0o640) == 0)
    // A proxymap(8) that runs remembers that it could not open the table.
    lab.reload()
    try waitUntil("a new proxymap(8) to answer") { try asked().standardOutput == "user:secret\n" }
  }

  @Test func passwordsThatEverybodyMayReadAreReported() throws {
    let lab = try PostfixLab(
      main: "smtp_sasl_password_maps = hash:$config_directory/own/sasl_passwd")
    let own = lab.configDirectory + "/own"
    let table = own + "/sasl_passwd"
    #expect(mkdir(own, 0o755) == 0)
    try writeFile(table, "[127.0.0.1]:1  user:secret\n")
    try runSuccessfully(postfixTool("postmap"), ["-c", lab.configDirectory, "hash:\(table)"])
    func check(_ text: mode_t, _ index: mode_t, _ directory: mode_t) throws -> String {
      #expect(chmod(table, text) == 0 && chmod(table + ".db", index) == 0 && chmod(own, directory) == 0)
      return try runRandmap(["--check", "-c", lab.configDirectory, "--select", "RM910", "--format", "gcc"])
        .standardOutput
    }
    #expect(try check(0o644, 0o644, 0o755).contains("need \"chmod o= \(table) \(table).db\" [RM910]"))
    #expect(try check(0o600, 0o644, 0o755).contains("need \"chmod o= \(table).db\" [RM910]"))
    #expect(try check(0o640, 0o600, 0o755).isEmpty)
    #expect(try check(0o644, 0o644, 0o750).isEmpty, "others cannot enter the directory")
  }

  @Test func theMachineOfARunningPostfixIsLookedAt() throws {
    let lab = try PostfixLab(
      main: "transport_maps = hash:$config_directory/transport",
      master: "lane unix - - n - - smtp -o smtp_bind_address=192.0.2.9\n",
      files: ["transport": "example.com  lane:[gw1.example]\n"])
    #expect(try codes(lab.configDirectory) == ["RM309", "RM402"])

    let table = lab.configDirectory + "/transport"
    try runSuccessfully(postfixTool("postmap"), ["-c", lab.configDirectory, "hash:\(table)"])
    #expect(try codes(lab.configDirectory) == ["RM402"])
    try writeFile(table, "example.com  smtp:[gw1.example]\n")
    #expect(try codes(lab.configDirectory).contains("RM309"))

    let main = lab.configDirectory + "/main.cf"
    #expect(chmod(main, 0o666) == 0)
    #expect(try codes(lab.configDirectory).contains("RM801"))
    #expect(chmod(main, 0o644) == 0 && rename(main, lab.configDirectory + "/real.cf") == 0)
    #expect(symlink("real.cf", main) == 0)
    #expect(try codes(lab.configDirectory) == ["RM309", "RM402", "RM802"])

    try lab.stop()
    #expect(try codes(lab.configDirectory) == [], "nobody can know whether a stopped one is this machine's")
  }

  /// A copy names the queue directory of the one that it is a copy of. It gets nothing of the machine for that: neither its
  /// tables nor its agent.
  @Test func aCopyOfARunningConfigurationIsACopy() throws {
    let lab = try PostfixLab(
      main: "transport_maps = texthash:/etc/postfix/transport\ndefault_transport = smtp:[127.0.0.9]:9\n",
      files: ["transport": "example.com  smtp:[gw1.example]\n"])
    let home = try TemporaryDirectory()
    let copy = home.file("copy")
    try runSuccessfully("cp", ["-r", lab.configDirectory, copy])
    let check = try runRandmap(["--check", "-c", copy, "--format", "gcc"])
    #expect(check.standardOutput.contains("[RM326]"), "\(check.summary)")
    #expect(try !runRandmap(["--check", "-c", lab.configDirectory]).standardOutput.contains("RM326"))

    let call = ["set-route", "example.com", "smtp:[gw2.example]", "--table", "/etc/postfix/transport"]
    let edit = try runRandmap(call + ["-c", copy, "--write", "--force"])
    #expect(edit.status == .exited(0), "\(edit.summary)")
    #expect(try readText("\(copy)/transport").contains("gw2"))
    #expect(try readText("\(lab.configDirectory)/transport").contains("gw1"))

  }

  @Test func anAgentIsThatOfTheConfigurationOfItsQueue() throws {
    let lab = try PostfixLab(main: "default_transport = smtp:[127.0.0.9]:9")
    let home = try TemporaryDirectory()
    let copy = home.file("copy")
    try runSuccessfully("cp", ["-r", lab.configDirectory, copy])
    let socket = "\(lab.queueDirectory)/private/randmap"
    let own = try RunningAgent(beside: lab)
    let pool = ["pool", "outbound", "[127.0.0.1]:9", "[127.0.0.2]:9"]
    #expect(try runRandmap(pool + ["-c", copy]).standardOutput.contains("randmap:{"))
    #expect(try runRandmap(pool + ["-c", lab.configDirectory]).standardOutput.contains("randmap:!"))
    // Its socket stays, and is no reason for a new pool to be the agent's.
    try own.stop()
    #expect(access(socket, F_OK) == 0)
    #expect(try runRandmap(pool + ["-c", lab.configDirectory]).standardOutput.contains("randmap:{"))
  }

  @Test(arguments: ["agent", "recover"]) func theDemonstrationActsNotOnThisMachine(command: String) throws {
    let refused = try runRandmap([command, "--demo"])
    #expect(refused.status == .exited(2), "\(refused.summary)")
    #expect(refused.standardError.contains("the demonstration has no Postfix"))
  }
}
