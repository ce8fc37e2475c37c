// The forms of a report.

import Foundation
import PostfixFiles
import Testing

@testable import Checks

@Suite struct FormatTests {
  private let document = Document(
    path: "etc/main.cf",
    bytes: Bytes("# head\nrelayhost =\n\t[gw1<&>\"'\nfallback_relay = [a.example]\n".utf8))

  private func shown(_ format: any ReportFormat) -> String {
    format.render(Linter().lint(file: document, as: .main)) { $0 == document.path ? document : nil }
  }

  @Test func oneLineEach() {
    let lines = shown(TextFormat()).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.first?.hasPrefix("etc/main.cf:3:2: error: missing \"]\"") == true)
    #expect(
      lines.last
        == "etc/main.cf:4:1: warning: fallback_relay is an old name; need smtp_fallback_relay [RM305]")
    #expect(shown(GCCFormat()) == shown(TextFormat()))
  }

  @Test func theCaretStandsUnderTheOffendingPart() {
    let lines = shown(FramedFormat()).split(separator: "\n", omittingEmptySubsequences: false).map(
      String.init)
    #expect(lines.dropFirst().first == " 3 |  [gw1<&>\"'")
    #expect(lines.dropFirst(2).first == "   |  ^^^^^^^^^")
    #expect(lines.contains(" 4 | fallback_relay = [a.example]"))
    #expect(lines.contains("   | ^^^^^^^^^^^^^^"))
  }

  @Test func aLongLineIsShownAroundTheOffendingPart() {
    let value = (0..<100).map { "[host\($0).example], " }.joined() + "[gw1"
    let long = Document(path: "main.cf", bytes: Bytes("relayhost = \(value)\n".utf8))
    let text = FramedFormat().render(Linter().lint(file: long, as: .main)) { _ in long }
    let lines = text.split(separator: "\n")
    #expect(lines.contains { $0.hasSuffix("[gw1") && $0.count < 130 })
    #expect(lines.contains { $0.hasSuffix(" ^^^^") })
  }

  @Test func jsonIsAsPromised() throws {
    let object = try JSONSerialization.jsonObject(with: Data(shown(JSONFormat()).utf8))
    let root = try #require(object as? [String: Any])
    #expect(root["skippedRules"] as? Int == Linter().lint(file: document, as: .main).skippedRules)
    let items = try #require(root["diagnostics"] as? [[String: Any]])
    let first = try #require(items.first)
    #expect(first["file"] as? String == "etc/main.cf")
    #expect(first["line"] as? Int == 3 && first["column"] as? Int == 2)
    #expect(first["endLine"] as? Int == 3 && first["endColumn"] as? Int == 11)
    #expect(first["severity"] as? String == "error" && first["code"] as? String == "RM501")
    #expect(first["fixable"] as? Bool == false)
    #expect((first["message"] as? String)?.contains("missing \"]\"") == true)
    let empty = JSONFormat().render(Report(diagnostics: [], skippedRules: 0)) { _ in nil }
    let nothing = try JSONSerialization.jsonObject(with: Data(empty.utf8)) as? [String: Any]
    #expect((nothing?["diagnostics"] as? [Any])?.count == 0, "\(empty)")
  }

  @Test func sarifNamesRulesAndPlaces() throws {
    let object = try JSONSerialization.jsonObject(with: Data(shown(SARIFFormat(toolVersion: "1.2")).utf8))
    let root = try #require(object as? [String: Any])
    #expect(root["version"] as? String == "2.1.0" && root["$schema"] != nil)
    let run = try #require((root["runs"] as? [[String: Any]])?.first)
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.compactMap { $0["ruleId"] as? String } == ["RM501", "RM305"])
    #expect(results.compactMap { $0["level"] as? String } == ["error", "warning"])
  }

  @Test func gitLabTellsEqualFindingsApart() throws {
    let old = FileRange(file: "main.cf", range: 0..<3)
    let diagnostics = [3, 7].map { line in
      Diagnostic(
        Finding(old, "an old name"), code: "RM305", severity: .warning,
        start: Position(line: line, column: 1), end: Position(line: line, column: 4))
    }
    let text = GitLabFormat().render(Report(diagnostics: diagnostics, skippedRules: 0)) { _ in nil }
    let items = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    #expect(items.count == 2)
    #expect(Set(items.compactMap { $0["fingerprint"] as? String }).count == 2)
    for (item, line) in zip(items, [3, 7]) {
      #expect(item["check_name"] as? String == "RM305" && item["severity"] as? String == "major")
      #expect(item["description"] as? String == "an old name")
      let location = try #require(item["location"] as? [String: Any])
      #expect(location["path"] as? String == "main.cf")
      #expect((location["lines"] as? [String: Any])?["begin"] as? Int == line)
    }
    #expect(GitLabFormat().render(Report(diagnostics: [], skippedRules: 0)) { _ in nil }.hasPrefix("["))
  }

  @Test func checkstyleIsWellFormed() {
    let text = shown(CheckstyleFormat())
    #expect(text.contains("<file name=\"etc/main.cf\">"))
    #expect(text.contains("missing &quot;]&quot;"))
    #expect(text.hasSuffix("  </file>\n</checkstyle>\n"))
    #expect(text.components(separatedBy: "<error ").count == 3)
  }

  @Test func gitHubAnnotatesTheLine() {
    let lines = shown(GitHubFormat()).split(separator: "\n")
    #expect(
      lines.first?.hasPrefix("::error file=etc/main.cf,line=3,col=2,endLine=3,endColumn=11,title=RM501::")
        == true)
  }

  @Test(arguments: ReportFormatName.allCases)
  func nothingFoundIsShort(name: ReportFormatName) {
    let report = Report(diagnostics: [], skippedRules: 0)
    let text = name.format(framed: true, toolVersion: "0").render(report) { _ in nil }
    #expect(text.isEmpty || text.hasSuffix("\n"))
  }

  @Test func placesAreFoundInWhateverOrderTheyAreAskedFor() {
    let text = "# h\u{E9}\n\na = b\u{FC},\n  c\u{1F4E7}d,\n\n# x\n  e\nf = g\u{E9}\u{E9}h\n\n  last\u{E9}"
    let document = Document(path: "/x", bytes: Bytes(text.utf8))
    var finder = PositionFinder(document)
    let places = text.indices.map { index in
      let offset = text.utf8.distance(from: text.startIndex, to: index)
      let line = text[..<index].lastIndex(of: "\n").map { text.index(after: $0) } ?? text.startIndex
      return (
        place: finder.position(at: offset), offset: offset,
        column: text.unicodeScalars.distance(from: line, to: index) + 1
      )
    }
    for step in [1, 3, 5, 7, places.count - 1] {
      var columns = CharacterColumns()
      for index in places.indices {
        let (place, offset, column) = places[index * step % places.count]
        #expect(columns.column(of: place, at: offset, in: document) == column, "\(place)")
      }
    }
  }
}
