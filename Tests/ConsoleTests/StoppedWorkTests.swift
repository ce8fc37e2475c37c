// Esc stops what takes long, and what its thread still answers is an answer to nothing.

import Changes
import PostfixFiles
import Testing

@testable import Console
@testable import Editing

@Suite struct StoppedWorkTests {
  init() { #expect(utf8Locale) }

  private func preview(_ number: Int) -> UndoPreview {
    UndoPreview(
      ChangeSet(directory: directory, changes: [], summary: "write \(number)"), number: number,
      reloadReason: nil)
  }

  @Test func lookingUpAWriteIsStopped() throws {
    var driver = Driver.ready()
    driver.press(.character("W"), .escape)
    #expect(driver.model.work == nil)
    #expect(driver.model.notice?.text == "stopped: nothing is taken back")
    let first = try #require(
      driver.effects.compactMap { if case .previewUndo(_, let work) = $0 { work } else { nil } }.first)
    driver.press(.character("W"))
    driver.send(.message(.answer(work: first, .undoing(preview(1)))))
    #expect(driver.model.dialog == nil && driver.model.work == .previewUndo)
    let second = try #require(
      driver.effects.compactMap { if case .previewUndo(_, let work) = $0 { work } else { nil } }.last)
    driver.send(.message(.answer(work: second, .undoing(preview(2)))))
    guard case .confirm = driver.model.dialog else {
      Issue.record("the answer to the second question is not asked about")
      return
    }
  }

  /// Nobody has to press the key twice to leave what writes nothing.
  @Test func leavingStopsWhatCanBeStopped() {
    var driver = Driver.ready()
    driver.press(.character("W"))
    #expect(driver.model.work == .previewUndo)
    driver.press(.character("q"))
    #expect(driver.quits == [0])
  }

  /// The files as they are on disk are still asked about.
  @Test func makingEditsAgainIsStopped() throws {
    var driver = Driver.ready()
    driver.press(.character("2"), .down, .character("+"))
    driver.threadsAreFast = false
    driver.effects = []
    driver.send(.message(.filesChanged(sampleConfig(moreEntries: "new.example smtp:[in-gw1.example]"))))
    driver.press(.character("w"), .character("y"))
    #expect(driver.model.work == .replay())
    driver.press(.escape)
    #expect(driver.model.work == nil && driver.model.facts.session.summaries.count == 1)
    #expect(driver.model.replayedOn == nil)
    driver.endThreads()
    #expect(driver.model.facts.session.summaries.count == 1)
    #expect(driver.model.facts.session.current.routes().count == sampleConfig().routes().count)
    driver.press(.character("w"))
    guard case .confirm(let confirmation) = driver.model.dialog, case .readAgain = confirmation.subject else {
      Issue.record("the other files are forgotten")
      return
    }
  }
}
