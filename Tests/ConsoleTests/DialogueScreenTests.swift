// Each view and each dialogue as whole screens at 120x40, 80x24 and 40x10: those in Tests/Screens. With RANDMAP_UPDATE_SCREENS they are
// written anew, to be read before they are kept.

import Changes
import Editing
import Gateways
import Liveness
import PostfixFiles
import System
import TestSupport
import Testing

@testable import Console
@testable import Routing

@Suite struct DialogueScreenTests {
  init() { #expect(utf8Locale) }

  /// What is on the screen, and how one comes there.
  enum Scene: String, CaseIterable, Sendable {
    case gateways, pools, routes, problems, changes, history
    case help, command, weight, filter, address, removal, quit, recover, reload
    case write, hostName = "host-name", undo, detail, rule, whatIf = "what-if", tryAddress = "try-address"
  }

  private static let time: Int64 = 1_795_000_000

  private func driver(_ scene: Scene) throws -> Driver {
    switch scene {
    case .gateways: return ready("1")
    case .pools: return ready("2")
    case .routes: return ready("3")
    case .problems: return ready("4")
    case .changes: return edited("5")
    case .history:
      var driver = Driver.ready(
        archive: Archive(
          log: { .success([HistoryViewTests.write(1, "set smtp:[a] of b to weight 2")]) },
          diff: { _ in .success(["--- a/main.cf", "+++ b/main.cf", "@@ -1 +1 @@", "-a = 1", "+a = 2"]) }))
      driver.press(.character("6"))
      return driver
    case .help: return ready("?")
    case .command: return ready(":", typing: "drain [out-gw1.example] --for 2h")
    case .weight: return edited("#", typing: "101")
    case .filter: return ready("/", typing: "gw1")
    case .address: return ready("3", "@", typing: "u@example.net")
    case .removal: return edited("x")
    case .quit: return edited("q")
    case .recover: return recovered()
    case .reload: return ready("R")
    case .write: return edited("w")
    case .hostName:
      var driver = edited()
      driver.model.facts.settings.production = .everywhere
      driver.press(.character("w"), .character("y"))
      driver.type("mx")
      return driver
    case .undo:
      var driver = ready("W")
      let change = FileChange(
        path: "\(directory)/main.cf", before: Array("a = 2\n".utf8), after: Array("a = 1\n".utf8))
      driver.send(
        .message(
          .undoing(
            UndoPreview(
              ChangeSet(directory: directory, changes: [change], summary: "set smtp:[x] of y to weight 2"),
              reloadReason: nil))))
      return driver
    case .detail: return ready("i")
    case .rule: return ready("4", "x")
    case .whatIf: return ready("I")
    case .tryAddress: return try tried()
    }
  }

  private func ready(_ keys: Character..., typing text: String = "") -> Driver {
    var driver = Driver.ready(diagnostics: { _ in twoProblems })
    for key in keys { driver.press(.character(key)) }
    driver.type(text)
    return driver
  }

  /// With a member that gets more mail, in Pools.
  private func edited(_ keys: Character..., typing text: String = "") -> Driver {
    var driver = ready("2")
    driver.press(.down, .character("+"))
    for key in keys { driver.press(.character(key)) }
    driver.type(text)
    return driver
  }

  private func recovered() -> Driver {
    let edits = KeptEdits(
      time: Self.time,
      steps: [
        .init(
          edits: [.setWeight(pool: "relay_transport", member: "smtp:[out-gw1.example]", weight: 5)],
          summary: "set smtp:[out-gw1.example] of relay_transport to weight 5")
      ])
    return Driver.ready(
      unwritten: UnwrittenEdits(
        keep: { _ in nil }, find: { .success(FoundEdits(path: "/x", edits: edits)) }, forget: { _ in true }))
  }

  private func tried() throws -> Driver {
    var driver = ready("@", typing: "u@example.com")
    driver.press(.enter)
    var trial = try #require(
      driver.effects.compactMap { if case .tryAddress(let trial) = $0 { trial } else { nil } }.first)
    trial.readings = [
      trial.targets[0].approach: [
        Reading(
          address: "192.0.2.1", port: 25, finding: .answers,
          recipient: .refused(Reply(code: 550, text: "5.1.1 no such user"), .recipient))
      ]
    ]
    driver.send(.message(.tried(trial)))
    return driver
  }

  @Test(arguments: Scene.allCases) func isAsItWas(scene: Scene) throws {
    let driver = try driver(scene)
    // The clock of this machine.
    let times = [Self.time, Self.time + 3600].map { clock($0) }
    let screens = [(120, 40), (80, 24), (40, 10)].map { columns, rows in
      let screen = times.reduce(driver.screen(columns, rows)) {
        $0.replacing($1, with: "YYYY-MM-DD hh:mm").replacing($1.dropFirst(5), with: "MM-DD hh:mm")
      }
      return "== \(columns)x\(rows)\n\(screen)\n"
    }
    let path = sampleDirectory("").replacing("/samples/", with: "/Tests/Screens/\(scene.rawValue).txt")
    if environmentVariable("RANDMAP_UPDATE_SCREENS") != nil {
      try writeFile(path, screens.joined())
    } else {
      let kept = try readText(path)
      #expect(kept == screens.joined(), "\(scene.rawValue)")
    }
  }
}
