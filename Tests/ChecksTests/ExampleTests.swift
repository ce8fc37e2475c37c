// Every rule's own examples: the bad one triggers it at the marked place and nothing else, the good one nothing.

import PostfixFiles
import Testing

@testable import Checks

@Suite struct ExampleTests {
  @Test(arguments: Rule.all.map(\.code))
  func badExamplesAreFound(code: String) throws {
    let rule = try #require(Rule.named(code))
    for example in [rule.bad] + rule.moreBad {
      let config = example.config
      let report = Linter().lint(config, known: example.known)
      let all = "\(example.main)\(report.diagnostics.map { oneLine($0, severity: $0.severity.rawValue) })"
      let found = Set(report.diagnostics.map(\.code))
      #expect(found.subtracting(example.companions) == [code], "\(all)")
      #expect(Set(example.companions).isSubset(of: found), "\(all)")
      let marked = try #require(example.marked, "nothing is marked in the bad example")
      let document = try #require(config.document(marked.file))
      guard let own = report.diagnostics.first(where: { $0.code == code }) else { continue }
      #expect(own.severity == rule.severity)
      #expect(own.file == marked.file, "\(all)")
      #expect(own.start == document.position(at: marked.range.lowerBound), "\(all)")
      #expect(own.end == document.position(at: marked.range.upperBound), "\(all)")
    }
  }

  @Test(arguments: Rule.all.map(\.code))
  func goodExamplesAreSound(code: String) throws {
    let rule = try #require(Rule.named(code))
    for example in [rule.good] + rule.moreGood {
      let report = Linter().lint(example.config, known: example.known)
      let found = report.diagnostics.filter { !example.companions.contains($0.code) }
      #expect(found.isEmpty, "\(example.main)\(found.map { oneLine($0, severity: $0.severity.rawValue) })")
    }
  }

  @Test func codesAreUniqueAndInOrder() {
    let codes = Rule.all.map(\.code)
    #expect(codes == Array(Set(codes)).sorted())
    #expect(codes.allSatisfy { $0.count == 5 && $0.hasPrefix("RM") })
  }
}
