// SARIF as the schema of version 2.1.0 wants it: the members that it requires, no others than it knows, and the kinds and
// bounds of their values, for the parts of it that we write.

import Foundation
import PostfixFiles
import Testing

@testable import Checks

/// What the schema says of a value.
private indirect enum Shape: Sendable {
  case text
  case choice([String])
  case number(from: Int)
  case list(Shape)
  /// Its members, all allowed; those named must be there.
  case object(required: [String], [String: Shape])

  func problems(of value: Any?, at path: String) -> [String] {
    switch self {
    case .text: return value is String ? [] : ["\(path): no text"]
    case .choice(let words):
      return (value as? String).map(words.contains) == true ? [] : ["\(path): none of \(words)"]
    case .number(let least):
      return (value as? Int).map { $0 >= least } == true ? [] : ["\(path): below \(least)"]
    case .list(let item):
      guard let values = value as? [Any] else { return ["\(path): no list"] }
      return values.enumerated().flatMap { item.problems(of: $0.element, at: "\(path)[\($0.offset)]") }
    case .object(let required, let members):
      guard let object = value as? [String: Any] else { return ["\(path): no object"] }
      let missing = required.filter { object[$0] == nil }.map { "\(path): no \($0)" }
      return missing
        + object.flatMap { name, value in
          members[name].map { $0.problems(of: value, at: "\(path).\(name)") } ?? ["\(path): unknown \(name)"]
        }
    }
  }

  private static let message = Shape.object(required: ["text"], ["text": .text])

  static let log = Shape.object(
    required: ["version", "runs"],
    [
      "$schema": .text, "version": .choice(["2.1.0"]),
      "runs": .list(
        .object(
          required: ["tool"],
          [
            "tool": .object(
              required: ["driver"],
              [
                "driver": .object(
                  required: ["name"],
                  [
                    "name": .text, "version": .text,
                    "rules": .list(
                      .object(
                        required: ["id"],
                        ["id": .text, "shortDescription": message, "fullDescription": message])),
                  ])
              ]),
            "columnKind": .choice(["utf16CodeUnits", "unicodeCodePoints"]),
            "results": .list(result),
          ])),
    ])

  private static let result = Shape.object(
    required: ["message"],
    [
      "ruleId": .text, "level": .choice(["none", "note", "warning", "error"]), "message": message,
      "locations": .list(
        .object(
          required: [],
          [
            "physicalLocation": .object(
              required: ["artifactLocation"],
              [
                "artifactLocation": .object(required: ["uri"], ["uri": .text]),
                "region": .object(
                  required: ["startLine"],
                  [
                    "startLine": .number(from: 1), "startColumn": .number(from: 1),
                    "endLine": .number(from: 1),
                    "endColumn": .number(from: 1),
                  ]),
              ])
          ])),
    ])
}

@Suite struct SARIFTests {
  private func log(of report: Report) throws -> [String: Any] {
    let text = SARIFFormat(toolVersion: "1.2").render(report) { _ in nil }
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test(arguments: Rule.all.map(\.code))
  func everyRulesFindingFitsTheSchema(code: String) throws {
    let rule = try #require(Rule.named(code))
    let log = try log(of: Linter().lint(rule.bad.config, known: rule.bad.known))
    #expect(Shape.log.problems(of: log, at: "log") == [])
    let run = try #require((log["runs"] as? [[String: Any]])?.first)
    let driver = (run["tool"] as? [String: Any])?["driver"] as? [String: Any]
    let known = (driver?["rules"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    // "uniqueItems", and each result's rule is among them.
    #expect(known.count == Set(known).count)
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(Set(results.compactMap { $0["ruleId"] as? String }) == Set(known))
  }

  /// Ours count bytes, SARIF's characters: an umlaut is two bytes and one character.
  @Test func columnsCountCharacters() throws {
    let document = Document(path: "pool", bytes: Bytes("smtp:[gü.example], smtp:[x\n".utf8))
    let report = Linter(LintOptions(select: ["RM203"])).lint(file: document, as: .pool)
    #expect(report.diagnostics.map(\.start.column) == [21])
    let text = SARIFFormat(toolVersion: "1").render(report) { _ in document }
    let log = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let run = try #require((log["runs"] as? [[String: Any]])?.first)
    let result = try #require((run["results"] as? [[String: Any]])?.first)
    let location = (result["locations"] as? [[String: Any]])?.first?["physicalLocation"] as? [String: Any]
    #expect((location?["region"] as? [String: Any])?["startColumn"] as? Int == 20)
  }

  @Test func nothingFoundFitsToo() throws {
    let log = try log(of: Report(diagnostics: [], skippedRules: 0))
    #expect(Shape.log.problems(of: log, at: "log") == [])
  }

  /// "uri-reference": a path of any bytes is one, and a relative one is not taken for a scheme.
  @Test(arguments: ["a b%.cf", "é.cf", "c:x/main.cf", "/etc/post fix/main.cf", "#?.cf"])
  func everyPathIsAReference(path: String) throws {
    let document = Document(path: path, bytes: Bytes("relayhost = [gw1\n".utf8))
    let log = try log(of: Linter().lint(file: document, as: .main))
    let run = try #require((log["runs"] as? [[String: Any]])?.first)
    let result = try #require((run["results"] as? [[String: Any]])?.first)
    let location = (result["locations"] as? [[String: Any]])?.first?["physicalLocation"] as? [String: Any]
    let uri = try #require((location?["artifactLocation"] as? [String: Any])?["uri"] as? String)
    let url = try #require(URL(string: uri))
    #expect(url.scheme == (path.hasPrefix("/") ? "file" : nil))
    #expect(url.path(percentEncoded: false) == path)
  }
}
