// Small configurations that people really had, reduced from public reports: what has to be said of each, and where; and of
// the sound ones nothing.

import Foundation
import Glibc
import PostfixFiles
import TestSupport
import Testing

@testable import Checks

/// A finding that has to be there.
private struct Wanted: Sendable, CustomStringConvertible {
  let code: String
  let file: String
  let line: Int
  /// Part of the message.
  var words = ""

  var description: String { "\(file):\(line) \(code) \(words)" }
}

/// One directory below Cases.
private struct RealCase: Sendable, CustomTestStringConvertible {
  let name: String
  let wanted: [Wanted]
  /// Rules that have nothing to say of it.
  let silent: [String]
  /// Whether these are all the findings from warning on.
  let isAll: Bool

  init(_ name: String, _ wanted: [Wanted] = [], silent: [String] = [], isAll: Bool = true) {
    self.name = name
    self.wanted = wanted
    self.silent = silent
    self.isAll = isAll
  }

  var testDescription: String { name }

  static let all: [RealCase] = [
    RealCase("01b-domain-ip-sound", silent: ["RM407"]),
    RealCase(
      "02-map-not-named",
      [Wanted(code: "RM325", file: "relayhost-map", line: 1, words: "sender_dependent_relayhost_maps")]),
    RealCase("05-port465-wrapper-may", [Wanted(code: "RM513", file: "main.cf", line: 8)]),
    RealCase("05b-port465-sound"),
    RealCase(
      "06-wrapper-hits-filter",
      [Wanted(code: "RM514", file: "main.cf", line: 9, words: "-o smtp_tls_wrappermode=no")]),
    RealCase(
      "08-sasl-key-mismatch",
      [Wanted(code: "RM901", file: "sasl_passwd", line: 1, words: "[gw1.example]:587")]),
    RealCase(
      "10-sasl-sender-dependent",
      [
        Wanted(code: "RM902", file: "main.cf", line: 9, words: "smtp_sender_dependent_authentication = yes")
      ]),
    RealCase("12-star-localhost", [Wanted(code: "RM215", file: "transport", line: 2, words: "mx1.example")]),
    RealCase("16-python-list", [Wanted(code: "RM509", file: "main.cf", line: 6, words: "without quotes")]),
    RealCase(
      "19-override-blank-after-comma",
      [
        Wanted(code: "RM410", file: "master.cf", line: 28, words: "[gw2.example]"),
        Wanted(code: "RM410", file: "master.cf", line: 31, words: "permit_sasl_authenticated"),
      ]),
    RealCase(
      "20-quotes",
      [
        Wanted(code: "RM102", file: "main.cf", line: 6, words: "takes no quotes"),
        Wanted(code: "RM509", file: "main.cf", line: 7, words: "without quotes"),
      ]),
    RealCase(
      "25-tls-policy-bad",
      [
        Wanted(code: "RM904", file: "tls_policy", line: 1, words: "!SSLv3"),
        Wanted(code: "RM904", file: "tls_policy", line: 2, words: "\"encrypt\""),
      ]),
    RealCase(
      "29-type-not-built-used",
      [
        Wanted(code: "RM124", file: "main.cf", line: 6, words: "mysql"),
        Wanted(code: "RM124", file: "main.cf", line: 7, words: "mysql"),
      ], isAll: false),
    RealCase(
      "33-writable-used", [Wanted(code: "RM801", file: "main.cf", line: 1, words: "replace main.cf")],
      isAll: false),
    RealCase("37-lmtp-container", silent: ["RM506"]),
    RealCase(
      "44-override-on-smtpd", [28, 30, 31, 33].map { Wanted(code: "RM411", file: "master.cf", line: $0) }),
    RealCase(
      "45-relay-domains-missing",
      [
        Wanted(code: "RM321", file: "main.cf", line: 6), Wanted(code: "RM321", file: "main.cf", line: 7),
        Wanted(code: "RM321", file: "main.cf", line: 8), Wanted(code: "RM307", file: "main.cf", line: 9),
      ]),
    RealCase("46-wrapper-Yes"),
    RealCase(
      "47-no-smtp-service",
      [
        Wanted(code: "RM413", file: "master.cf", line: 1),
        Wanted(code: "RM226", file: "main.cf", line: 6, words: "relay"),
      ], isAll: false),
    RealCase(
      "51-relayhost-per-port", [Wanted(code: "RM411", file: "master.cf", line: 29, words: "content_filter")]),
    RealCase(
      "56-blank-after-colon",
      [
        Wanted(code: "RM202", file: "transport", line: 2, words: "no blank before the colon")
      ]),
    RealCase("57c-lane-in-access", silent: ["RM407"]),
    RealCase(
      "61-repo-copy",
      [
        Wanted(code: "RM326", file: "main.cf", line: 4), Wanted(code: "RM108", file: "main.cf", line: 5),
      ]),
    RealCase(
      "65-stray-loses-bind", [Wanted(code: "RM410", file: "master.cf", line: 28, words: "!SSLv3")],
      silent: ["RM404", "RM405"], isAll: false),
    RealCase("71-no-transport", [Wanted(code: "RM201", file: "transport", line: 1, words: "the first of 3")]),
    RealCase(
      "76-relay-wildcard",
      [
        Wanted(code: "RM323", file: "main.cf", line: 6, words: "*.shop.example"),
        Wanted(code: "RM323", file: "main.cf", line: 6, words: ".news.example"),
      ]),
    // [127.0.0.2] in brackets is taken by smtp(8).
    RealCase(
      "78-bind-not-an-address",
      [
        Wanted(code: "RM412", file: "main.cf", line: 6, words: "has a port"),
        Wanted(code: "RM412", file: "master.cf", line: 27, words: "host name"),
        Wanted(code: "RM412", file: "master.cf", line: 29, words: "has a port"),
        Wanted(code: "RM412", file: "master.cf", line: 30, words: "has a mask"),
      ], isAll: false),
    RealCase(
      "79-domain-in-both",
      [
        Wanted(code: "RM322", file: "main.cf", line: 5, words: "local_transport"),
        Wanted(code: "RM322", file: "main.cf", line: 7, words: "partner.example"),
      ]),
    RealCase(
      "88-domain-list-shapes",
      [
        Wanted(
          code: "RM215", file: "transport", line: 1,
          words:
            "\"shop.example\", \"mx1.example\", \"own.example\", \"store.example\", \"news.example\" and \"example.net\""
        )
      ], isAll: false),
    RealCase("88c", [Wanted(code: "RM508", file: "transport", line: 2, words: "shop.example")], isAll: false),
    RealCase(
      "97-sasl-missing", [Wanted(code: "RM321", file: "main.cf", line: 8, words: "sasl_passwd")], isAll: false
    ),
  ]
}

@Suite struct CasesTests {
  @Test(arguments: RealCase.all)
  private func whatPeopleGotWrongIsSaid(example: RealCase) throws {
    let source = try #require(Bundle.module.url(forResource: "Cases/\(example.name)", withExtension: nil))
      .path()
    let home = try TemporaryDirectory()
    let directory = home.file("etc")
    try runSuccessfully("cp", ["-r", source, directory])
    try runSuccessfully("chmod", [example.name == "33-writable-used" ? "0777" : "0755", directory])
    if example.name.hasSuffix("-used") {
      try runSuccessfully("mkdir", ["-p", "\(directory)/q/pid"])
      try writeFile("\(directory)/q/pid/master.pid", "\(getpid())\n")
    }
    let environment = Environment(hostName: "mx1.example").askingTableTypes { ["hash", "proxy", "texthash"] }
    let config = try MailConfig(directory: directory, environment: environment).readingFiles()
    let found = Linter().lint(config).diagnostics
    let shown = found.map { "\($0.file):\($0.start.line) \($0.code) \($0.message)" }.joined(separator: "\n")
    for wanted in example.wanted {
      #expect(
        found.contains {
          $0.code == wanted.code && $0.file == "\(directory)/\(wanted.file)" && $0.start.line == wanted.line
            && (wanted.words.isEmpty || $0.message.contains(wanted.words))
        }, "\(wanted)\n\(shown)")
    }
    #expect(found.filter { example.silent.contains($0.code) } == [], "\(shown)")
    if example.isAll {
      let codes = Set(example.wanted.map(\.code))
      #expect(found.filter { $0.severity >= .warning && !codes.contains($0.code) } == [], "\(shown)")
      #expect(found.count { $0.severity >= .warning } <= example.wanted.count, "\(shown)")
    }
    #expect(!found.contains { $0.message.contains("secret") }, "a password is in a message: \(shown)")
  }

  @Test func eachDirectoryHasItsRow() throws {
    let cases = try #require(Bundle.module.url(forResource: "Cases", withExtension: nil))
    let names = try FileManager.default.contentsOfDirectory(atPath: cases.path())
    // What an edit has to make of weights is a test of the edits.
    #expect(Set(names).subtracting(["82-warmup"]) == Set(RealCase.all.map(\.name)))
  }
}
