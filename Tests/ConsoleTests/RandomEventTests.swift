// Random events against the model: keys, pastes, the mouse, sizes, states of gateways, files that change. Whatever comes, it
// does not stop, every screen draws, and undo leads back to the first bytes. RANDMAP_EVENTS says how many there are, and
// RANDMAP_SEED repeats a run.

import Gateways
import Liveness
import PostfixFiles
import System
import TestSupport
import Testing

@testable import Checks
@testable import Console

@Suite struct RandomEventTests {
  /// What a person may press, those that do most more often.
  private static let keys: [Key] =
    Array("+-#=drxeaniNsSTupPUwWotyk/@:?hM0123456789gGjq ").map { .character($0) }
    + [
      .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .enter, .enter, .enter, .tab, .backTab,
      .escape,
      .escape, .backspace, .delete, .control("c"), .control("r"), .control("u"), .control("w"), .wordLeft,
      .function(1), .function(5),
    ]

  private static let texts = [
    "33%", "3", "30", "0", "smtp:[gw9.example]", "smtp:[gw9.example]:2525=3", "[out-gw1.example]",
    "example.org",
    "set relay_transport [out-gw1.example] 4", "drain [out-gw1.example] --for 2h --why disk",
    "restore [out-gw1.example]",
    "pool outbound [gw1.example]=70 [gw2.example]=30", "route u@example.com", "config window 1d",
    "remove-route example.com",
    "set-route relayhost [gw7.example]", "gw1", "down", "x\ny\n\u{1B}[A", "\u{202E}é\u{0301}漢字👩‍👩‍👧",
    "\u{0}\u{7F}",
    String(repeating: "long ", count: 400), "ramp [out-gw2.example] --to 40% --over 4w",
  ]

  private static let sizes = [
    Size(120, 40), Size(80, 24), Size(40, 10), Size(200, 60), Size(64, 16), Size(39, 9), Size(1, 1),
    Size(0, 0),
  ]

  private static let findings: [ProbeFinding] = [
    .answers, .connectionRefused, .refusedUs(Reply(code: 554, text: "not you")),
  ]

  /// One run: a console of its own, events until `count` are taken.
  private struct Run {
    var driver: Driver
    var generator: SeededGenerator
    var size = Size(80, 24)
    var log: [String] = []

    init(seed: UInt64) {
      generator = SeededGenerator(seed: seed)
      driver = Driver.ready(diagnostics: { _ in twoProblems })
    }

    mutating func step() {
      let event = pick(0..<100)
      switch event {
      case 0..<55: press(pick(RandomEventTests.keys))
      case 55..<70:
        // Typed letter by letter, or pasted.
        let text = pick(RandomEventTests.texts)
        note("text \(text.prefix(30).debugDescription)")
        if pick(0..<2) == 0 { driver.press(.paste(text)) } else { driver.type(String(text.prefix(40))) }
      case 70..<78:
        let place = Point(pick(0..<max(1, size.columns)), pick(0..<max(1, size.rows)))
        press(.mouse(Mouse(pick([.click, .click, .wheelUp, .wheelDown]), at: place)))
      case 78..<83: size = pick(RandomEventTests.sizes)
      case 83..<91:
        let uses = driver.model.facts.gateways
        guard !uses.isEmpty else { return }
        note("probe")
        driver.probe(pick(uses).gateway, pick(RandomEventTests.findings))
      case 91..<94:
        note("files")
        let more = pick(["", "more.example smtp:[in-gw2.example]", "example.com smtp:[other.example]"])
        driver.send(.message(.filesChanged(sampleConfig(moreEntries: more))))
      case 94: driver.send(.message(.filesUnreadable("main.cf: permission denied")))
      case 95: driver.send(.wake, after: .seconds(pick(0..<60)))
      case 96: answerWork()
      case 97: driver.send(.message(.agent(nil)))
      case 98: driver.threadsAreFast.toggle()
      default: driver.endThreads()
      }
    }

    private mutating func press(_ key: Key) {
      note(key.label)
      driver.press(key)
    }

    /// What the console waits for comes, in one of the ways that it may.
    private mutating func answerWork() {
      let config = driver.model.facts.session.current.written
      switch driver.model.work {
      case .write?, .undo?:
        let outcomes: [WriteOutcome] = [
          .written(config, note: ""), .failed("no space left on device"), .interrupted("the power was cut"),
          .conflict(sampleConfig(), files: ["main.cf"]), .writtenUnread("it is gone", note: ""),
        ]
        note("write ends")
        driver.send(.message(.written(pick(outcomes))))
      case .previewUndo?: driver.send(.message(.nothingToUndo("nothing was written")))
      case .check?, .replay?, nil: break
      }
    }

    private mutating func note(_ what: String) {
      log.append(what)
      if log.count > 60 { log.removeFirst(30) }
    }

    mutating func pick<Choices: RandomAccessCollection>(_ choices: Choices) -> Choices.Element
    where Choices.Index == Int {
      choices[choices.startIndex + Int(generator.next() % UInt64(choices.count))]
    }

    /// The console as it is draws at every size that it may get.
    mutating func draw() -> Frame {
      driver.model.settle(on: size)
      return driver.model.view(size)
    }

    /// Undone to the start, each byte is the one that was read.
    mutating func undoesToTheStart() -> Bool {
      while driver.model.facts.session.undoSummary != nil { driver.model.facts.session.undo() }
      let session = driver.model.facts.session
      return session.current.hasSameTexts(as: session.saved) && session.current.editedDocuments.isEmpty
    }
  }

  @Test func nothingStopsItAndUndoLeadsBack() {
    let total = environmentVariable("RANDMAP_EVENTS").flatMap { Int($0) } ?? 1_500
    let first = environmentVariable("RANDMAP_SEED").flatMap { UInt64($0) } ?? 1
    var taken = 0
    var seed = first
    while taken < total {
      var run = Run(seed: seed)
      for _ in 0..<min(250, total - taken) {
        run.step()
        taken += 1
        let frame = run.draw()
        guard frame.size == run.size, isSound(frame) else {
          Issue.record("seed \(seed): a screen of \(run.size) is not sound after \(run.log)")
          return
        }
      }
      let log = run.log
      let isAsRead = run.undoesToTheStart()
      #expect(isAsRead, "seed \(seed): undo does not lead back after \(log)")
      seed += 1
    }
  }

  /// No control character reaches a cell, and the cursor and what is clicked are on the screen.
  private func isSound(_ frame: Frame) -> Bool {
    let bounds = Rect(frame.size)
    let text = frame.text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7F }
    let cursor =
      frame.cursor.map { $0.x < max(1, bounds.width) && $0.y < max(1, bounds.height) && $0.x >= 0 } ?? true
    return text && cursor
      && frame.regions.allSatisfy { $0.rect.y >= 0 && ($0.rect.height == 0 || $0.rect.maxY <= bounds.height) }
  }
}
