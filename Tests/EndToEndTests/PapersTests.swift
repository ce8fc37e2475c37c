// The papers name what is there: every link and every path leads to a file, and the table of modules is complete.
import TestSupport
import Testing

@Suite struct PapersTests {
  private static let root = sampleDirectory("").split(separator: "/").dropLast().map { "/" + $0 }.joined()
  private static let papers =
    ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
    + ["docs/", "docs/how-to/"].flatMap { folder in
      ((try? namesIn("\(root)/\(folder)")) ?? []).filter { $0.hasSuffix(".md") }.map { folder + $0 }
    }

  @Test(arguments: papers) func everyLinkLeadsToAFile(paper: String) throws {
    let folder = paper.split(separator: "/").dropLast().map { $0 + "/" }.joined()
    for link in try readText("\(Self.root)/\(paper)").matches(of: /\]\(([^)#:]+)\)/).map(\.1) {
      #expect(isThere(folder + link), "\(paper): \(link)")
    }
  }

  /// `Sources/Changes/FileSystem.swift`: a path in backquotes. NAME is a place for one.
  @Test(arguments: papers) func everyPathIsThere(paper: String) throws {
    let text = try readText("\(Self.root)/\(paper)")
    for path in text.matches(of: /`((Sources|Tests|docs|samples)\/[^` ]+\.(swift|md))`/).map(\.1)
    where !path.contains("NAME") {
      #expect(isThere(String(path)), "\(paper): \(path)")
    }
  }

  @Test func theTableOfModulesIsThatOfSources() throws {
    let rows = try readText(Self.root + "/docs/architecture.md").matches(of: /\n\| `([A-Za-z]+)` \|/)
    #expect(Set(rows.map { String($0.1) }) == Set(try namesIn(Self.root + "/Sources")))
  }

  private func isThere(_ path: String) -> Bool {
    (try? readFile("\(Self.root)/\(path)")) != nil || (try? namesIn("\(Self.root)/\(path)")) != nil
  }
}
