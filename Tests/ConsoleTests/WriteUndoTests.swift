// Taking the last write back from within the console.

import Changes
import Checks
import Editing
import PostfixFiles
import Routing
import Testing

@testable import Console

@Suite struct WriteUndoTests {
  private let mainPath = "\(directory)/main.cf"

  private func preview(reloadReason: String? = nil) -> UndoPreview {
    let change = FileChange(path: mainPath, before: Array("a = 2\n".utf8), after: Array("a = 1\n".utf8))
    return UndoPreview(
      ChangeSet(directory: directory, changes: [change], summary: "undo: set smtp:[x] of y to weight 2"),
      reloadReason: reloadReason)
  }

  private func undone(_ driver: Driver) -> [Bool] {
    driver.effects.compactMap { if case .undoWrite(_, let reload) = $0 { reload } else { nil } }
  }

  @Test func theLastWriteIsShownAndTakenBack() {
    var driver = Driver.ready()
    driver.press(.character("W"))
    #expect(driver.effects.contains { if case .previewUndo = $0 { true } else { false } })
    driver.press(.character("W"))
    #expect(driver.model.notice?.text == "undo-write: still looking up the write; Esc stops it")
    driver.send(.message(.undoing(preview())))
    let screen = driver.screen(100, 24)
    #expect(screen.contains("-a = 2") && screen.contains("+a = 1"))
    #expect(screen.contains("Take the last write of main.cf back? (undo: set smtp:[x] of y to weight 2)"))
    #expect(!screen.contains("reload"))
    // The key that asked is no answer.
    driver.press(.character("W"))
    #expect(undone(driver).isEmpty)
    #expect(driver.screen(100, 24).contains("Nothing to write"))

    driver.press(.character("W"))
    driver.send(
      .message(.undoing(preview(reloadReason: "\(mainPath) is read again, without a restart"))))
    #expect(driver.screen(100, 24).contains("postfix reload brings it into force: main.cf is read"))
    driver.press(.character("r"))
    #expect(undone(driver) == [true])
    #expect(driver.model.notice?.text == "taking back")
    driver.send(.message(.written(.written(sampleConfig(), note: "reloaded"))))
    #expect(driver.model.notice?.text == "taken back: main.cf; reloaded")
    #expect(driver.model.work == nil)
  }

  @Test func isRefusedWhereSomethingWouldBeLost() {
    var driver = Driver.ready()
    driver.press(.character("2"), .character("+"), .character("W"))
    #expect(driver.model.notice?.text.hasPrefix("undo-write: edits are not written yet") == true)
    driver.press(.character("u"), .character("W"))
    driver.send(.message(.nothingToUndo("nothing to undo")))
    #expect(driver.model.notice?.text == "undo-write: nothing to undo")
    // A person who began to type meanwhile is not interrupted.
    driver.press(.character("W"), .character("/"))
    driver.send(.message(.undoing(preview())))
    driver.type("gw")
    #expect(driver.model[PoolsView.self].filter == "gw")
    driver.press(.enter)
    #expect(undone(driver).isEmpty)
    var readOnly = Driver.ready(isReadOnly: true)
    readOnly.press(.character("W"))
    #expect(readOnly.effects.isEmpty)
  }

  @Test func aFailureSaysThatNothingWasTakenBack() {
    var driver = Driver.ready()
    driver.press(.character("W"))
    driver.send(.message(.undoing(preview())))
    driver.press(.character("y"))
    #expect(undone(driver) == [false])
    driver.send(.message(.written(.failed("the disk is full"))))
    #expect(driver.model.notice?.text == "nothing was taken back: the disk is full")
    driver.press(.character("W"))
    driver.send(.message(.undoing(preview())))
    driver.press(.character("y"))
    driver.send(.message(.written(.conflict(sampleConfig(), files: [mainPath]))))
    #expect(driver.screen(100, 24).contains("main.cf changed on disk since it was read. Read it again?"))
  }

  @Test func writtenIsSaidEvenWhereItCannotBeReadAgain() {
    var driver = Driver.ready()
    driver.press(.character("2"), .character("+"), .character("w"), .character("y"))
    let edited = driver.pool("relay_transport")
    driver.send(.message(.written(.writtenUnread("open main.cf: Permission denied", note: ""))))
    #expect(
      driver.model.notice?.text
        == "written: main.cf; a reload of Postfix (R) brings it into force; but reading it again failed: open main.cf: Permission denied"
    )
    // The edits are no longer unwritten.
    #expect(driver.pool("relay_transport") == edited)
    driver.press(.character("q"))
    #expect(driver.quits == [0])
  }
}
