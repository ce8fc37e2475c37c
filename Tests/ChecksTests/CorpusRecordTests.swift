// What is recorded in Corpus/, asked of the Postfix that is here: a record must hold for every release that the tests run
// with, or CorpusTests compares with something that is no more.

import Foundation
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(10))) struct CorpusRecordTests {
  /// As where it was recorded: with smtputf8_enable.
  private static let main = Data("compatibility_level = 3.6\n".utf8)
  /// A warning that 3.7 does not have.
  private static let newer = "text after null byte may be ignored"

  private let directory = Result(catching: { () throws(TestFailure) in try TemporaryDirectory() })

  /// A configuration directory with these files, old enough for Postfix to read at once.
  private func place(_ files: [String: Data]) throws -> String {
    let directory = try directory.get()
    for (name, content) in files {
      try content.write(to: URL(fileURLWithPath: directory.file(name)))
      try age(directory.file(name), seconds: 3600)
    }
    return directory.path
  }

  @Test func specificationsAreOpenedAsRecorded() throws {
    let place = try place(["main.cf": Self.main, "master.cf": Data()])
    // A type that Debian has in a package of its own was not there when this was recorded, and those of the network wait.
    let left = ["cdb:", "tcp:", "socketmap:", "proxy:", "memcache:"]
    for item in try CorpusTests.read("specifications", as: CorpusTests.Specification.self)
    where !left.contains(where: { item.specification.hasPrefix($0) }) {
      let asked = try run(postfixTool("postmap"), ["-c", place, "-q", "k", item.specification])
      let complaint = Self.warnings(asked, in: place).first { $0.contains("fatal: ") }
      if item.isOpened {
        let isUnknown = ["bad syntax", "unsupported dictionary", "missing '='"].contains {
          complaint?.contains($0) ?? false
        }
        #expect(!isUnknown, "\(item.specification): \(complaint ?? "")")
      } else {
        #expect(complaint == Self.words(item.words, in: place), "\(item.specification)")
      }
      if let members = item.members, members.count == 1, item.isOpened {
        #expect(asked.standardOutput == "\(members[0])\n", "\(item.specification)")
      }
    }
  }

  @Test func tablesAreReadAsRecorded() throws {
    for item in try CorpusTests.read("files", as: CorpusTests.File.self) where item.tool == "postmap" {
      let place = try place(["main.cf": Self.main, "master.cf": Data(), "t": item.input])
      let made = try run(
        postfixTool("postmap"), ["-c", place, "hash:t"], directory: place)
      #expect(
        Self.warnings(made, in: place).filter { !$0.contains(Self.newer) }
          == item.warnings.map { Self.words($0, in: place) }, "\(item.name)")
      let listed = try run(postfixTool("postmap"), ["-c", place, "-s", "hash:\(place)/t"])
      let pairs = listed.standardOutput.split(separator: "\n").map {
        $0.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      }
      #expect(Set(pairs) == Set(item.pairs), "\(item.name)")
    }
  }

  @Test func mainCfIsReadAsRecorded() throws {
    for item in try CorpusTests.read("files", as: CorpusTests.File.self) where item.tool == "postconf" {
      let place = try place(["main.cf": item.input, "master.cf": Data()])
      let listed = try run(postfixTool("postconf"), ["-c", place, "-n"])
      let said = Self.warnings(listed, in: place)
      for warning in item.warnings {
        #expect(said.contains(Self.words(warning, in: place)), "\(item.name): \(said)")
      }
      let lines = listed.standardOutput.split(separator: "\n").map {
        $0.split(separator: " ").joined(separator: " ")
      }
      for pair in item.pairs {
        let line = "\(pair[0]) = \(pair[1])".split(separator: " ").joined(separator: " ")
        #expect(lines.contains(line), "\(item.name): \(lines)")
      }
    }
  }

  /// One message for each next hop, by a transport of its own.
  @Test func nextHopsEndTheAgentAsRecorded() throws {
    let clients: Set = ["smtp", "relay", "lmtp"]
    let items = try CorpusTests.read("destinations", as: CorpusTests.Result.self)
      .filter { clients.contains($0.transport) }
    // A list's later items matter only where the first is dead, and the first of these was alive.
    let sink = try SmtpSink()
    let live = "[\(sink.address.host)]:\(sink.address.port)"
    let lab = try PostfixLab(
      main: "transport_maps = texthash:$config_directory/transport\nmaximal_queue_lifetime = 1d",
      master: items.enumerated().map { number, item in
        "d\(number) unix - - n - - \(item.transport == "lmtp" ? "lmtp" : "smtp") -o syslog_name=postfix/d\(number)"
          + " -o smtp_connect_timeout=1s -o lmtp_connect_timeout=1s"
      }.joined(separator: "\n"),
      files: [
        "transport": items.enumerated().map {
          "d\($0).test d\($0):\($1.nextHop.replacing("[127.0.0.1]:2631", with: live))\n"
        }.joined()
      ])
    try lab.sendOne(to: items.indices.map { "u@d\($0).test" })
    try lab.waitUntilSettled(limit: .seconds(120))
    let fatal = Set(
      lab.log.split(separator: "\n").filter { $0.contains(": fatal: ") }.compactMap { line in
        line.firstRange(of: " postfix/d").map { line[$0.upperBound...].prefix { $0.isNumber } }
      })
    for (number, item) in items.enumerated() {
      #expect(fatal.contains("\(number)") == item.agentDied, "\(item.value): \(item.words)")
    }
  }

  private static func warnings(_ finished: FinishedProcess, in place: String) -> [String] {
    finished.standardError.split(separator: "\n").map { words($0, in: place) }
  }

  /// The words of a warning without the path of this test and that of the program.
  private static func words(_ line: some StringProtocol, in place: String) -> String {
    let text = String(line).replacing("DIR/", with: "").replacing("\(place)/", with: "")
    guard let colon = text.firstRange(of: ": ") else { return text }
    let program = text[..<colon.lowerBound].split(separator: "/").last ?? ""
    return (program + text[colon.lowerBound...]).trimmingCharacters(in: .whitespaces)
  }
}
