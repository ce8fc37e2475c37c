// Services of master.cf: their fields, their `-o` overrides, and the lines that master(8) refuses.
import PostfixFiles
import Testing

private func masterCf(_ text: String) -> MasterCf {
  MasterCf(Document(path: "/d/master.cf", bytes: Bytes(text.utf8)))
}

@Suite struct MasterCfTests {
  @Test func aServiceHasEightFieldsAndArguments() throws {
    let file = masterCf("# remark\nslow  unix  -  -  n  -  2  smtp -v\n   -o smtp_connect_timeout=5s\n")
    let service = try #require(file.services.first)
    #expect(service.name == "slow")
    #expect(service.type == .unix)
    #expect(service.command == "smtp")
    #expect(service.isPrivate && service.isTransport && service.isSMTPClient)
    #expect(service.fields.map(\.text).prefix(9) == ["slow", "unix", "-", "-", "n", "-", "2", "smtp", "-v"])
    #expect(service.overrides.map(\.name) == ["smtp_connect_timeout"])
    #expect(service.overrides.map(\.value.text) == ["5s"])
    #expect(file.problems.isEmpty)
  }

  @Test(arguments: [
    ("-o a=b", ["a=b"]), ("-oa=b", ["a=b"]), ("-o { a = b c }", ["a=b c"]),
    ("-o a=b -o a=c", ["a=b", "a=c"]),
    ("-v -o a=", ["a="]), ("-o", []), ("-o ab", []), ("-x a=b", []),
  ])
  func overridesAreRead(arguments: String, overrides: [String]) throws {
    let service = try #require(masterCf("s unix - - n - - smtp \(arguments)\n").services.first)
    #expect(service.overrides.map { "\($0.name)=\($0.value.text)" } == overrides)
  }

  @Test func onlyAPrivateLocalSocketIsATransport() {
    let file = masterCf(
      """
      a unix - - n - - smtp
      b unix n - n - - smtp
      c pass - - n - - smtp
      d fifo - - n - - smtp
      25 inet n - n - - smtpd
      a unix - - n - - lmtp

      """)
    #expect(file.services.filter(\.isTransport).map(\.name) == ["a", "c", "a"])
    #expect(file.transport("a")?.command == "lmtp", "the last of a name is in force")
    #expect(file.transport("b") == nil)
    #expect(file.transport("25") == nil)
  }

  @Test func whatMasterRefusesIsAProblemAndStillTheServiceThatWasMeant() {
    let file = masterCf(
      """
        lost unix - - n - - smtp
      short unix - - n - smtp
      odd udp - - n - - smtp
      p unix x - n - - smtp
      w unix - - n soon - smtp
      l unix - - n - many smtp
      26 inet - - n - - smtpd
      x/y unix - - n - - smtp
      b unix - - n - - smtp -o {a=b
      good unix - - n 5? 1 smtp

      """)
    #expect(
      file.problems.map(\.problem) == [
        .startsWithSpace, .badFieldCount, .invalidType("udp"), .invalidField("private", "x"),
        .invalidField("wakeup", "soon"), .invalidField("process_limit", "many"), .privatePort,
        .invalidField("service name", "x/y"), .braces("{a=b"),
      ])
    #expect(file.services.map(\.name) == ["p", "w", "l", "26", "x/y", "b", "good"])
  }
}
