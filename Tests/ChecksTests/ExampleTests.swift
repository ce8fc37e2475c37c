// Every rule's own examples: the bad one triggers it at the marked place and nothing else, the good one nothing.

import PostfixFiles
import Testing

@testable import Checks

@Suite struct ExampleTests {
  @Test(arguments: Rule.all.map(\.code))
  func badExampleIsFound(code: String) throws {
    let rule = try #require(Rule.named(code))
    let config = rule.bad.config
    let report = Linter().lint(config, known: rule.bad.known)
    let found = Set(report.diagnostics.map(\.code))
    #expect(
      found.subtracting(rule.bad.companions) == [code],
      "\(report.diagnostics.map { oneLine($0, severity: $0.severity.rawValue) })")
    #expect(Set(rule.bad.companions).isSubset(of: found))
    let marked = try #require(rule.bad.marked, "nothing is marked in the bad example")
    let document = try #require(config.document(marked.file))
    let own = try #require(report.diagnostics.first { $0.code == code })
    #expect(own.severity == rule.severity)
    #expect(own.file == marked.file)
    #expect(own.start == document.position(at: marked.range.lowerBound))
    #expect(own.end == document.position(at: marked.range.upperBound))
  }

  @Test(arguments: Rule.all.map(\.code))
  func goodExampleIsSound(code: String) throws {
    let rule = try #require(Rule.named(code))
    let report = Linter().lint(rule.good.config, known: rule.good.known)
    let found = report.diagnostics.filter { !rule.good.companions.contains($0.code) }
    #expect(found.isEmpty, "\(found.map { oneLine($0, severity: $0.severity.rawValue) })")
  }

  @Test func codesAreUniqueAndInOrder() {
    let codes = Rule.all.map(\.code)
    #expect(codes == Array(Set(codes)).sorted())
    #expect(codes.allSatisfy { $0.count == 5 && $0.hasPrefix("RM") })
  }
}
