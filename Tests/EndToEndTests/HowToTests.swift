// The pages for people are true: every command in them runs as it is printed, and prints what the page shows.
//
// Each page has a machine of its own (IsolatedMachine), whose network ends at its loopback. So `gw1.example` is a name
// there, and nothing in a page can reach anything else. RANDMAP_UPDATE_DOCS=1 writes what the commands print into the
// pages.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(30))) struct HowToTests {
  private static let root = sampleDirectory("").split(separator: "/").dropLast().map { "/" + $0 }.joined()
  private static let pages =
    ["README.md", "docs/commands.md"]
    + ((try? namesIn(root + "/docs/how-to")) ?? []).sorted().filter { $0.hasSuffix(".md") }
    .map { "docs/how-to/" + $0 }

  @Test(arguments: pages) func everyCommandPrintsWhatThePageShows(page: String) throws {
    let path = Self.root + "/" + page
    let script = try HowToPage(readText(path))
    let machine = try IsolatedMachine(addresses: script.addresses)
    var seen: [(HowToPage.ShownCommand, [String])] = []
    for step in script.steps {
      switch step {
      case .file(let name, let text): try machine.write(name, text)
      case .hidden(let command):
        let finished = try machine.run(command, limit: .seconds(120))
        #expect(finished.status == .exited(0), "\(page): \(command): \(finished.summary)")
      case .shown(let shown):
        let finished = try machine.run(shown.command)
        #expect(
          shown.statuses.contains(finished.status), "\(page): \(shown.command): \(finished.summary)")
        var output = finished.standardOutput.split(separator: "\n", omittingEmptySubsequences: false)
          .map(String.init)
        if output.last == "" { output.removeLast() }
        if !shown.matches(output) {
          seen.append((shown, output))
          if getenv("RANDMAP_UPDATE_DOCS") == nil {
            Issue.record(
              "\(page):\(shown.place.lowerBound): \(shown.command) prints:\n\(output.joined(separator: "\n"))"
            )
          }
        }
      }
    }
    if getenv("RANDMAP_UPDATE_DOCS") != nil, !seen.isEmpty { try writeFile(path, script.text(showing: seen)) }
  }

  /// A page that none finds is no help, and neither is one without a command.
  @Test func theListOfPagesHasEachOfThem() throws {
    let list = try readText(Self.root + "/docs/how-to/README.md")
    for page in Self.pages.filter({ $0.hasPrefix("docs/how-to/") && !$0.hasSuffix("README.md") }) {
      let name = page.split(separator: "/").last ?? ""
      #expect(list.contains("](\(name))"), "\(page)")
      let commands = try HowToPage(readText(Self.root + "/" + page)).steps.count {
        if case .shown = $0 { true } else { false }
      }
      #expect(commands > 0, "\(page)")
    }
  }

  /// The comparison finds a difference where there is one.
  @Test func aPageThatIsWrongIsFound() throws {
    let page = try HowToPage(
      """
      <!-- test: numbers vary -->
      ```console
      $ randmap --status
        GATEWAY  MS
      ...
      1 up
      ```
      """)
    guard case .shown(let shown) = page.steps.first else { throw TestFailure("no command: \(page.steps)") }
    #expect(shown.matches(["  GATEWAY   MS", "+ a 7", "2 up"]))
    #expect(!shown.matches(["  GATEWAY   MS", "+ a 7", "2 down"]))
    #expect(!shown.matches(["  GATEWAY   MS", "1 up", "more"]))
    #expect(!shown.matches([]))
    #expect(throws: TestFailure.self) { try HowToPage("```console\nrandmap\n```") }
    #expect(throws: TestFailure.self) { try HowToPage("```console\n$ randmap\n") }
  }
}
