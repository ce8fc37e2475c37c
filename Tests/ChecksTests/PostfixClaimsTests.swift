// What the rules claim, shown on a real postmap(1) and postconf(1): each bad example does what its rule says, and its
// good example does not.

import Foundation
import PostfixFiles
import TestSupport
import TestTraits
import Testing

@testable import Checks

@Suite(.waits) struct PostfixClaimsTests {
  /// The value of a parameter of an example, as Postfix reads it.
  private func value(_ parameter: String, of example: Example) throws -> String {
    try example.config.parameters.value(parameter).text
  }

  /// With a main.cf of its own: a machine on which Postfix was never set up has none.
  private func postmap(_ arguments: String..., input: Bytes = []) throws -> FinishedProcess {
    let directory = try TemporaryDirectory()
    try directory.writeOld("main.cf", "")
    return try run(try postfixTool("postmap"), ["-c", directory.path] + arguments, input: input)
  }

  private func look(up key: String, in table: String) throws -> FinishedProcess {
    try postmap("-q", key, table)
  }

  /// What postconf(1) says of an example's main.cf and master.cf.
  private func postconf(_ arguments: String..., of example: Example) throws -> FinishedProcess {
    let directory = try TemporaryDirectory()
    try directory.writeOld("main.cf", Example.unmarked(example.main))
    try directory.writeOld("master.cf", Example.unmarked(example.master ?? ""))
    return try run(postfixTool("postconf"), ["-c", directory.path] + arguments)
  }

  @Test(arguments: [
    ("RM101", "bad syntax"), ("RM102", "unsupported dictionary type"), ("RM103", "bad syntax"),
    ("RM105", "bad syntax"), ("RM106", "bad syntax"),
  ])
  func aTableThatPostfixCannotOpen(code: String, words: String) throws {
    let rule = try #require(Rule.named(code))
    let parameter = "sender_dependent_default_transport_maps"
    let bad = try look(up: "u@example.com", in: try value(parameter, of: rule.bad))
    #expect(bad.status == .exited(1) && bad.standardError.contains(words), "\(bad.summary)")
    let good = try look(up: "u@example.com", in: try value(parameter, of: rule.good))
    #expect(good.status == .exited(0) && good.standardOutput.hasPrefix("smtp:[gw"), "\(good.summary)")
  }

  @Test func aSocketmapWithoutItsPartsIsNoTable() throws {
    let rule = try #require(Rule.named("RM144"))
    let words = [
      "lookup error", "need service transport:endpoint", "invalid transport name",
      "need service transport:endpoint",
    ]
    for (example, words) in zip([rule.bad] + rule.moreBad, words) {
      let found = try look(up: "u@example.com", in: value("virtual_alias_maps", of: example))
      #expect(found.status == .exited(1) && found.standardError.contains(words), "\(found.summary)")
    }
  }

  @Test func bracesStayInTheResult() throws {
    let rule = try #require(Rule.named("RM107"))
    let table = try value("sender_dependent_default_transport_maps", of: rule.bad)
    let keys = Bytes(String(repeating: "u\n", count: 60).utf8)
    let found = try postmap("-q", "-", table, input: keys)
    let results = Set(found.standardOutput.split(separator: "\n").map { String($0.dropFirst(2)) })
    #expect(results == ["{smtp:[gw1.example], [gw2.example]}", "smtp:[gw2.example]"])
  }

  /// The result of `key` in the table of an example, and what postmap(1) says while it reads it.
  private func result(of key: String, in example: Example) throws -> FinishedProcess {
    let directory = try TemporaryDirectory()
    let tables = ["transport", "sasl_passwd"].compactMap {
      example.config.document("\(Example.directory)/\($0)")
    }
    let table = try #require(tables.first)
    let path = directory.file("table")
    try writeFile(path, table.bytes)
    return try look(up: key, in: "texthash:\(path)")
  }

  @Test func theFirstOfTwoEqualKeysWins() throws {
    let rule = try #require(Rule.named("RM205"))
    let found = try result(of: "example.com", in: rule.bad)
    #expect(found.standardOutput == "smtp:[gw1.example]\n")
    #expect(found.standardError.contains("duplicate entry"))
  }

  @Test func aLineThatStartsWithABlankIsPartOfTheValue() throws {
    let rule = try #require(Rule.named("RM208"))
    #expect(try result(of: "example.net", in: rule.bad).status == .exited(1))
    #expect(try result(of: "example.com", in: rule.bad).standardOutput.contains("example.net"))
    #expect(try result(of: "example.net", in: rule.good).standardOutput == "smtp:[gw2.example]\n")
  }

  @Test(arguments: [
    ("RM209", "example.com"), ("RM210", "example.net"), ("RM218", "example.com"), ("RM222", "example.com"),
    ("RM805", "bücher.example"), ("RM911", "[gw1.example]:587"),
  ])
  func aKeyThatIsNotFound(code: String, key: String) throws {
    let rule = try #require(Rule.named(code))
    #expect(try result(of: key, in: rule.bad).status == .exited(1))
    #expect(try result(of: key, in: rule.good).status == .exited(0))
  }

  @Test func aCommentBehindAValueIsPartOfIt() throws {
    let rule = try #require(Rule.named("RM217"))
    #expect(try result(of: "example.com", in: rule.bad).standardOutput == "smtp:[gw1.example] # the first\n")
  }

  @Test(arguments: [
    ("RM117", "macro processing error"), ("RM315", "macro processing error"), ("RM316", "missing '='"),
  ])
  func aValueWithWhichNoProgramStarts(code: String, words: String) throws {
    let rule = try #require(Rule.named(code))
    func postconf(_ example: Example) throws -> FinishedProcess {
      let directory = try TemporaryDirectory()
      try directory.writeOld("main.cf", Example.unmarked(example.main))
      try directory.writeOld("master.cf", "")
      return try run(try postfixTool("postmap"), ["-c", directory.path, "-q", "k", "static:x"])
    }
    let bad = try postconf(rule.bad)
    let good = try postconf(rule.good)
    if code == "RM316" {
      #expect(bad.status == .exited(1) && bad.standardError.contains(words), "\(bad.summary)")
    } else {
      // postmap(1) does not read these parameters; postconf -x expands them as the daemons do.
      let directory = try TemporaryDirectory()
      try directory.writeOld("main.cf", Example.unmarked(rule.bad.main))
      try directory.writeOld("master.cf", "")
      let expanded = try run(try postfixTool("postconf"), ["-c", directory.path, "-nx"])
      #expect(expanded.status == .exited(1) && expanded.standardError.contains(words), "\(expanded.summary)")
    }
    #expect(good.status == .exited(0), "\(good.summary)")
  }

  @Test func anOldNameGivesTheNewOneItsDefault() throws {
    let rule = try #require(Rule.named("RM305"))
    #expect(try postconf("-xh", "smtp_fallback_relay", of: rule.bad).standardOutput == "[gw3.example]\n")
  }

  @Test func anOverrideWithBlanksIsLost() throws {
    let rule = try #require(Rule.named("RM406"))
    func timeLimit(_ example: Example) throws -> String {
      try postconf("-Ph", "smtp/unix/smtp_connect_timeout", of: example).standardOutput
    }
    #expect(try timeLimit(rule.bad).contains("5s") == false)
    #expect(try timeLimit(rule.good) == "5s\n")
  }

  @Test func anIndentedServiceIsNone() throws {
    let rule = try #require(Rule.named("RM414"))
    #expect(try !postconf("-M", "lane1/unix", of: rule.bad).standardOutput.contains("lane1"))
    #expect(try postconf("-M", "relay/unix", of: rule.good).standardOutput.hasPrefix("relay "))
  }

  @Test func oneOptionSetsOneParameter() throws {
    let rule = try #require(Rule.named("RM415"))
    func value(_ name: String) throws -> String {
      try postconf("-Ph", "smtp/unix/\(name)", of: rule.bad).standardOutput
    }
    #expect(try value("smtp_helo_name") == "mx1.example,smtp_bind_address=192.0.2.1\n")
    #expect(try value("smtp_bind_address") == "")
  }

  @Test func postconfDiesOfALineThatIsNoService() throws {
    let rule = try #require(Rule.named("RM409"))
    let bad = try postconf("-M", of: rule.bad)
    #expect(bad.status != .exited(0) && bad.standardError.contains("master.cf"), "\(bad.summary)")
    #expect(try postconf("-M", of: rule.good).status == .exited(0))
  }

  @Test func anOldIndexIsWhatPostfixGoesBy() throws {
    let rule = try #require(Rule.named("RM309"))
    let directory = try TemporaryDirectory()
    let table = try directory.writeOld("table", Example.unmarked(try #require(rule.bad.table)))
    let missing = try look(up: "example.com", in: "hash:\(table)")
    #expect(
      missing.status == .exited(1) && missing.standardError.contains("No such file"), "\(missing.summary)")
    #expect(try postmap("hash:\(table)").status == .exited(0))
    try directory.write("table", "example.com  smtp:[new.example]\n")
    #expect(try look(up: "example.com", in: "hash:\(table)").standardOutput == "smtp:[gw1.example]\n")
  }

  @Test func anIndexKeepsTheRightsThatItsTextHad() throws {
    let rule = try #require(Rule.named("RM910"))
    let directory = try TemporaryDirectory()
    let table = try directory.writeOld("sasl_passwd", try #require(rule.bad.others["sasl_passwd"]))
    func mode(_ name: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: directory.file(name))[.posixPermissions] as? Int
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: table)
    #expect(try postmap("hash:\(table)").status == .exited(0))
    #expect(try mode("sasl_passwd.db") == 0o644)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: table)
    #expect(try postmap("hash:\(table)").status == .exited(0))
    #expect(try mode("sasl_passwd.db") == 0o644, "that of an index that is there stays")
    try FileManager.default.removeItem(atPath: directory.file("sasl_passwd.db"))
    #expect(try postmap("hash:\(table)").status == .exited(0))
    #expect(try mode("sasl_passwd.db") == 0o600)
  }

  @Test func postconfReplacesALink() throws {
    let directory = try TemporaryDirectory()
    let real = try directory.writeOld("real.cf", Example.unmarked(try #require(Rule.named("RM802")).bad.main))
    try directory.writeOld("master.cf", "")
    try FileManager.default.createSymbolicLink(
      atPath: directory.file("main.cf"), withDestinationPath: real)
    try runSuccessfully(postfixTool("postconf"), ["-c", directory.path, "-e", "relayhost=[new.example]"])
    #expect(throws: (any Error).self) {
      try FileManager.default.destinationOfSymbolicLink(atPath: directory.file("main.cf"))
    }
    #expect(try !readText(real).contains("new.example"))
  }

  /// The rules of the tests above.
  static let codes = [
    "RM101", "RM102", "RM103", "RM105", "RM106", "RM107", "RM144", "RM205", "RM208", "RM209", "RM210",
    "RM217",
    "RM218",
    "RM222", "RM305", "RM309", "RM406", "RM409", "RM414", "RM415", "RM802", "RM805", "RM910", "RM911",
  ]
}

extension TemporaryDirectory {
  /// Writes a file that is not new: Postfix reads a file that changed within the last second again and again.
  @discardableResult
  func writeOld(_ name: String, _ text: String) throws -> String {
    let path = try write(name, text)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -60)], ofItemAtPath: path)
    return path
  }
}
