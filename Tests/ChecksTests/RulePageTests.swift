// docs/rules is made from the rules: these tests fail when it is out of date, and write it anew when
// RANDMAP_UPDATE_DOCS is set.

import Foundation
import Testing

@testable import Checks

@Suite struct RulePageTests {
  private static let directory = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/rules")

  @Test func pagesAreUpToDate() throws {
    var wanted = ["README.md": rulesIndex()]
    for rule in Rule.all { wanted["\(rule.code).md"] = page(for: rule) }
    let files = FileManager.default
    if ProcessInfo.processInfo.environment["RANDMAP_UPDATE_DOCS"] != nil {
      try? files.removeItem(at: Self.directory)
      try files.createDirectory(at: Self.directory, withIntermediateDirectories: true)
      for (name, text) in wanted {
        try Data(text.utf8).write(to: Self.directory.appending(path: name))
      }
    }
    let present = try files.contentsOfDirectory(atPath: Self.directory.path())
    #expect(Set(present) == Set(wanted.keys))
    for (name, text) in wanted {
      let page = try String(contentsOf: Self.directory.appending(path: name), encoding: .utf8)
      #expect(page == text, "\(name) is out of date: run the tests once with RANDMAP_UPDATE_DOCS=1")
    }
  }

  /// As `--check` prints it: where, how bad, what, which rule.
  @Test(arguments: Rule.all.map(\.code))
  func aPageShowsItsFinding(code: String) throws {
    let rule = try #require(Rule.named(code))
    let findings = page(for: rule).split(separator: "\n").filter { $0.hasSuffix("[\(code)]") }
    #expect(!findings.isEmpty)
    for finding in findings {
      #expect(finding.contains(/:[0-9]+:[0-9]+: (error|warning|note|info|style): [^ ]/), "\(finding)")
    }
  }
}
