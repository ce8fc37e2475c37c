// Everything that reads text which somebody else wrote, as one function of bytes: what the fuzzer calls, and what the tests
// call with broken files and with the inputs that the fuzzer has found.

import Gateways
import PostfixFiles
import Routing

@testable import Checks

/// What the bytes of an input are given to; its first byte chooses.
package enum Parser: UInt8, CaseIterable, Sendable {
  case main, master, table, pool, tables, value, patterns, configuration

  /// Takes any bytes, and says what does not hold that must.
  package static func complaints(about input: [UInt8]) -> [String] {
    guard let first = input.first, let parser = Parser(rawValue: first % UInt8(allCases.count)) else {
      return []
    }
    return parser.complaints(about: Array(input.dropFirst()))
  }

  package func complaints(about bytes: [UInt8]) -> [String] {
    let document = Document(path: "/etc/postfix/any", bytes: bytes)
    let complaints = read(document)
    return document.bytes == bytes ? complaints : complaints + ["bytes in are not bytes out"]
  }

  private func read(_ document: Document) -> [String] {
    let text = SourcedText(document, 0..<document.count)
    switch self {
    case .main: return lint(document, as: .main)
    case .master: return lint(document, as: .master)
    case .table: return lint(document, as: .transport)
    case .pool: return lint(document, as: .pool)
    case .tables:
      for item in text.listItems { _ = try? TableSpec(item) }
      return []
    case .value:
      let destination = Destination(text)
      for mailProtocol in [MailProtocol.smtp, .lmtp] {
        _ = NextHopSyntax(destination.nextHop.text, mailProtocol, isUnicode: true)
      }
      guard let pool = PoolText(value: text) else { return [] }
      return pool.items.allSatisfy { $0.upperBound <= pool.text.count } ? [] : ["a member behind the end"]
    case .patterns:
      let rules = PatternRules(document)
      _ = rules.patternResults
      _ = rules.networkResults
      _ = CidrTable(rules).value(for: Array("192.0.2.1".utf8))
      _ = try? RegexpTable(rules, allowsSubstitution: true).value(for: Array("u@example.com".utf8))
      _ = PatternRules(inline: text)
      return []
    case .configuration:
      return lint(
        parts: document.bytes.split(separator: 0xFF, omittingEmptySubsequences: false).map(Array.init))
    }
  }

  private func lint(_ document: Document, as kind: FileKind) -> [String] {
    let fixed = Linter().fixing(file: document, as: kind)
    let again = Linter().fixing(file: Document(path: document.path, bytes: fixed.bytes), as: kind)
    return complaints(about: Linter().lint(file: document, as: kind)) { _ in document }
      + (again.bytes == fixed.bytes ? [] : ["fixing twice is not fixing once"])
  }

  /// Something for every rule that goes by probes.
  private static let known: KnownGateways = [
    .host("gw1.example", port: 25): KnownGateway(
      .down,
      readings: [
        Approach(heloName: "mx1.example", tls: TLSPolicy(.verify)): [
          Reading(
            address: "192.0.2.1", port: 25, finding: .loopsBack("mx1.example"), encryption: .notOffered),
          Reading(address: nil, port: 25, finding: .unresolved(ResolutionError(.absent, "no address"))),
        ]
      ], remark: .slow(6000))
  ]

  /// Main.cf, master.cf, a table and a pool file.
  private func lint(parts: [[UInt8]]) -> [String] {
    func part(_ index: Int) -> [UInt8] { parts.indices.contains(index) ? parts[index] : [] }
    var config = MailConfig(directory: "/etc/postfix", main: "", master: "")
    config.main = MainCf(Document(path: "/etc/postfix/main.cf", bytes: part(0)))
    config.master = MasterCf(Document(path: "/etc/postfix/master.cf", bytes: part(1)))
    for (index, name) in ["transport", "pool"].enumerated() {
      let path = "/etc/postfix/\(name)"
      config.files[path] = .read(Document(path: path, bytes: part(index + 2)))
    }
    let report = Linter().lint(config, known: Self.known)
    return complaints(about: report) { config.document($0) }
  }

  private func complaints(about report: Report, sources: (String) -> Document?) -> [String] {
    for name in ReportFormatName.allCases {
      _ = name.format(framed: true, toolVersion: "0").render(report, sources: sources)
    }
    return report.diagnostics.filter { $0.start > $0.end || $0.start.line < 1 || $0.start.column < 1 }
      .map { "\($0.code) from \($0.start) to \($0.end)" }
  }
}
