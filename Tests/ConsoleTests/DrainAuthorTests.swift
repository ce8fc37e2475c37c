// Who drained a member, in the views of the console: in a file it does not say so itself, and the history of writes does.

import PostfixFiles
import Testing

@testable import Changes
@testable import Console

@Suite struct DrainAuthorTests {
  private let main = """
    # randmap: agent
    relay_transport = randmap:!smtp:[a.example]!smtp:[b.example]
    # randmap: drained smtp:[c.example] x2 why="new disk"

    """

  private func driver(_ summaries: String...) -> Driver {
    let log = summaries.enumerated().map { number, summary in
      LoggedWrite(
        number: number + 1, time: 1_795_000_000, user: "root", sudoUser: "anna", command: "drain",
        summary: summary,
        files: [.init(path: "\(directory)/main.cf", indexes: [], old: nil, after: nil)], undone: nil)
    }
    return Driver.ready(
      sampleConfig(main: main), archive: Archive(log: { .success(log) }, diff: { _ in .success([]) }))
  }

  @Test func theHistoryKnowsThePerson() {
    var driver = driver("drain smtp:[c.example] of relay_transport: new disk")
    driver.press(.character("2"), .end)
    #expect(driver.screen(120, 40).contains("drained new disk (by anna)"), "\(driver.screen(120, 40))")
    driver.press(.character("1"), .end)
    #expect(driver.screen(120, 40).contains("(by anna)"), "\(driver.screen(120, 40))")
  }

  @Test func itNamesNoPersonOfAnotherDrain() {
    var driver = driver("drain smtp:[b.example] of relay_transport: new disk")
    driver.press(.character("2"), .end)
    #expect(driver.screen(120, 40).contains("new disk"))
    #expect(!driver.screen(120, 40).contains("(by "))
    // What is not written yet has no author.
    var other = self.driver("drain smtp:[b.example] of relay_transport: new disk")
    other.press(.character("2"), .character("d"), .enter, .end)
    #expect(!other.screen(120, 40).contains("(by "))
  }

  @Test func aNewDrainIsNotOfThePersonOfTheOldOne() {
    var driver = driver("drain smtp:[c.example] of relay_transport: new disk")
    for line in ["restore smtp:[c.example]", "drain smtp:[c.example] --why mine"] {
      driver.press(.character(":"))
      driver.type(line)
      driver.press(.enter)
    }
    driver.press(.character("2"), .end)
    #expect(driver.screen(120, 40).contains("drained mine"), "\(driver.screen(120, 40))")
    #expect(!driver.screen(120, 40).contains("(by "), "\(driver.screen(120, 40))")
  }
}
