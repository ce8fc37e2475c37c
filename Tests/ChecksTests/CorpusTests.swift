// What a real Postfix said of the same inputs: postmap(1), postconf(1) and the delivery agents, recorded in Corpus/.

import Foundation
import PostfixFiles
import Testing

@testable import Checks

@Suite struct CorpusTests {
  struct Specification: Decodable {
    var specification: String
    var isOpened: Bool
    var members: [String]?
    var words: String
  }

  struct Result: Decodable {
    var value, transport, nextHop: String
    var agentDied: Bool
    var words: String
  }

  struct File: Decodable {
    var name, tool: String
    var input: Data
    var warnings: [String]
    var pairs: [[String]]
  }

  static func read<Item: Decodable>(_ name: String, as type: Item.Type) throws -> [Item] {
    let path = try #require(Bundle.module.url(forResource: "Corpus/\(name)", withExtension: "jsonl"))
    let items = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
      .map { try JSONDecoder().decode(Item.self, from: Data($0.utf8)) }
    #expect(items.count > 30)
    return items
  }

  @Test func tablesAreOpenedAsPostfixOpensThem() throws {
    for item in try Self.read("specifications", as: Specification.self) {
      let spec = try? TableSpec(SourcedText(builtIn: item.specification))
      let hasKnownTypes =
        spec?.flattened.allSatisfy {
          if case .other(let type) = $0.type { TableTypes.known.contains(type) } else { true }
        } ?? false
      #expect(hasKnownTypes == item.isOpened, "\(item.specification): \(item.words)")
      if let members = item.members, let spec {
        #expect(Set(spec.pools.first?.results ?? []) == Set(members), "\(item.specification)")
      }
    }
  }

  @Test func whatKilledTheAgentIsRejected() throws {
    // As where it was recorded: with smtputf8_enable.
    let subject = Subject(MailConfig(directory: "/etc/postfix", main: "compatibility_level = 3.6\n"))
    for item in try Self.read("destinations", as: Result.self) {
      let text = SourcedText(builtIn: item.value).trimmed()
      let view = ResultView(text, kind: .destination, place: .table("t"), in: subject)
      // Postfix parses a later item only when the ones before it have failed.
      var dies = view.faults.contains { !$0.isLatent }
      // To an agent that is not randmap(8), the text behind "smtp:" is a host like any other.
      if let pool = view.pool, let transport = pool.transport {
        dies = subject.transports.client(transport) != nil
      }
      #expect(dies == item.agentDied, "\(item.value): \(item.words) \(view.faults.map(\.words))")
    }
  }

  @Test func tableLinesAreFoundWherePostmapWarns() throws {
    for item in try Self.read("files", as: File.self) where item.tool == "postmap" {
      let document = Document(path: "t", bytes: Bytes(item.input))
      let report = Linter().lint(file: document, as: .transport)
      let codes: Set = ["RM205", "RM209", "RM210", "RM221", "RM222", "RM805"]
      let found = report.diagnostics.filter { codes.contains($0.code) }
      var expected: [String: Int?] = [:]
      for warning in item.warnings {
        let line = Self.lineNumber(in: warning)
        if let code = Self.code(of: warning), expected[code] == nil { expected[code] = line }
      }
      #expect(Set(found.map(\.code)) == Set(expected.keys), "\(item.name): \(item.warnings)")
      for diagnostic in found {
        if let line = expected[diagnostic.code] ?? nil {
          #expect(diagnostic.start.line == line, "\(item.name): \(item.warnings)")
        }
      }
    }
  }

  @Test func tableEntriesAreThoseOfPostmap() throws {
    for item in try Self.read("files", as: File.self) where item.tool == "postmap" {
      let document = Document(path: "t", bytes: Bytes(item.input))
      var entries: [String: String] = [:]
      for entry in Table(document).entries where String(validating: entry.key.bytes, as: UTF8.self) != nil {
        let key = entry.key.text.lowercased()
        if entries[key] == nil { entries[key] = entry.value.text }
      }
      let pairs = Dictionary(item.pairs.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
      #expect(entries == pairs, "\(item.name)")
    }
  }

  @Test func mainCfIsReadAsPostconfReadsIt() throws {
    for item in try Self.read("files", as: File.self) where item.tool == "postconf" {
      let main = MainCf(Document(path: "DIR/main.cf", bytes: Bytes(item.input)))
      for pair in item.pairs {
        let value = main[pair[0]]?.value.text
        #expect(value.map(Self.folded) == Self.folded(pair[1]), "\(item.name)")
      }
      let report = Linter().lint(file: main.document, as: .main)
      let found = Set(report.diagnostics.map { "\($0.code) \($0.start.line)" })
      for warning in item.warnings {
        guard let code = Self.code(of: warning) else { continue }
        let line = Self.lineNumber(in: warning) ?? 1
        let isFound = found.contains("\(code) \(line)") || code == "RM316" && found.contains("RM315 \(line)")
        #expect(isFound, "\(item.name): \(warning); \(found)")
      }
    }
  }

  /// The rule that says the same as a warning of Postfix.
  private static func code(of warning: String) -> String? {
    let isMain = warning.hasPrefix("postconf")
    let codes: [(words: String, code: String)] = [
      ("logical line must not start", isMain ? "RM317" : "RM222"), ("expected format", "RM210"),
      ("unbalanced '\"'", "RM221"), ("duplicate entry", "RM205"), ("is this an alias file", "RM209"),
      ("non-UTF-8 input", "RM805"), ("missing '='", "RM316"), ("missing attribute name", "RM316"),
      ("overriding earlier entry", "RM306"), ("macro processing error", "RM316"),
      ("unused parameter: transport_map=", "RM307"), ("unused parameter: RelayHost=", "RM307"),
      ("unused parameter: default_transport_maps=", "RM307"),
      ("unused parameter: relay_transport_maps=", "RM307"),
    ]
    guard !warning.contains("relay_transport_maps") else { return nil }
    return codes.first { warning.contains($0.words) }?.code
  }

  private static func lineNumber(in warning: String) -> Int? {
    guard let mark = warning.range(of: ", line ") else { return nil }
    return Int(warning[mark.upperBound...].prefix { $0.isNumber })
  }

  /// Continuation lines are joined by one blank in what postconf prints.
  private static func folded(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
