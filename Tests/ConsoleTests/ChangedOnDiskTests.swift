// Files that others change, remove and put back while the console is open.

import Editing
import PostfixFiles
import Routing
import Synchronization
import Testing
import Threads

@testable import Console

@Suite struct ChangedOnDiskTests {
  init() { #expect(utf8Locale) }

  private let path = "\(directory)/transport"
  private var other: MailConfig { sampleConfig(moreEntries: "example.org smtp:[in-gw2.example]\n") }

  /// Of a table that the edits do not touch, too: the check would be one of a text that is gone.
  @Test func writeReadsAgainFirst() {
    var driver = Driver.ready()
    driver.press(.character("2"), .character("+"))
    driver.send(.message(.filesChanged(other)))
    #expect(driver.model.notice?.text.contains("w reads them again") == true)
    driver.press(.character("w"))
    #expect(driver.checks.isEmpty && driver.writes.isEmpty)
    #expect(driver.screen(100, 24).contains("transport changed on disk since it was read. Read it again"))
    driver.press(.character("y"))
    #expect(driver.model.facts.session.current.document(path)?.bytes.text.contains("example.org") == true)
    driver.press(.character("w"), .character("y"))
    #expect(driver.writes.count == 1)
  }

  @Test func whatIsPutBackAsItWasIsForgotten() {
    var driver = Driver.ready()
    driver.press(.character("2"), .character("+"))
    driver.send(.message(.filesChanged(other)))
    driver.send(.message(.filesChanged(sampleConfig())))
    driver.press(.character("w"), .character("y"))
    #expect(driver.writes.count == 1)
  }

  @Test func filesThatCannotBeReadAreOnTheScreenUntilTheyCan() {
    var driver = Driver.ready()
    driver.send(.message(.filesUnreadable("open main.cf: No such file or directory")))
    driver.press(.down)
    for size in [(120, 40), (80, 24), (40, 10)] {
      #expect(driver.screen(size.0, size.1).contains("files unreadable"), "\(driver.screen(size.0, size.1))")
    }
    #expect(driver.model.facts.windowTitle.contains("files unreadable"))
    driver.send(.message(.filesChanged(sampleConfig())))
    #expect(driver.model.notice?.text == "the files can be read again, and are as before")
    #expect(!driver.screen(80, 24).contains("unreadable"))
    driver.send(.message(.filesUnreadable("gone")))
    driver.send(.message(.filesChanged(other)))
    #expect(!driver.screen(80, 24).contains("unreadable"))
  }

  /// The question names the file; and an editor that left all as it was is no reason to ask about what others change.
  @Test func whatAnEditorLeavesIsAskedAboutByName() {
    var driver = Driver.ready()
    driver.press(.character("2"), .character("+"), .character("o"))
    driver.send(.message(.filesChanged(other)))
    #expect(driver.screen(100, 24).contains("transport changed on disk since it was read. Read it again"))
    driver = Driver.ready()
    driver.press(.character("2"), .character("+"), .character("o"), .down)
    driver.send(.message(.filesChanged(other)))
    #expect(driver.model.dialog == nil)
  }

  // MARK: Edits that are kept

  private let kept = KeptEdits(
    time: 1_795_000_000,
    steps: [
      .init(
        edits: [.setWeight(pool: "relay_transport", member: "smtp:[out-gw1.example]", weight: 5)],
        summary: "set smtp:[out-gw1.example] of relay_transport to weight 5")
    ])

  /// Two consoles were asked the same question: one of them has the edits.
  @Test func editsAreTakenByOneConsoleOnly() {
    let there = Mutex([FoundEdits(path: "/x", edits: kept)])
    let place = UnwrittenEdits(
      keep: { _ in nil }, find: { there.withLock { $0.first }.map { .success($0) } },
      forget: { _ in there.withLock { $0.popLast() != nil } })
    var (first, second) = (Driver.ready(unwritten: place), Driver.ready(unwritten: place))
    first.press(.character("y"))
    second.press(.character("y"))
    #expect(first.pool("relay_transport").first == "smtp:[out-gw1.example] x5")
    #expect(!second.model.facts.session.isEdited && second.model.work == nil)
    #expect(second.model.notice?.text == "nothing is made again: another console has these edits")
  }

  @Test func whoPutsTheQuestionOffIsToldWhatBecomesOfThem() {
    let place = UnwrittenEdits(
      keep: { _ in nil }, find: { [kept] in .success(FoundEdits(path: "/x", edits: kept)) },
      forget: { _ in true })
    var driver = Driver.ready(unwritten: place)
    driver.press(.escape)
    #expect(driver.model.notice?.text == "still kept: the next start asks again")
  }

  /// The file goes on a thread: whoever leaves meanwhile waits for it, or the next start would offer the edits again.
  @Test func whoThrowsAwayAndLeavesIsNotAskedAgain() {
    let gone = Mutex(0)
    let place = UnwrittenEdits(
      keep: { _ in nil }, find: { [kept] in .success(FoundEdits(path: "/x", edits: kept)) },
      forget: { _ in
        gone.withLock { $0 += 1 }
        return true
      })
    var driver = Driver.ready(unwritten: place)
    driver.threadsAreFast = false
    driver.press(.character("d"), .enter)
    #expect(gone.withLock { $0 } == 0 && driver.model.isKeeping)
    let mailbox = Mailbox<Message>()
    func perform(_ effect: Effect) -> LoopOutcome {
      if case .workOut(let work) = effect { mailbox.post(.workedOut(work())) }
      return .goOn
    }
    for effect in driver.effects { _ = perform(effect) }
    endKeeping(&driver.model, mailbox, status: 0, perform: perform)
    #expect(gone.withLock { $0 } == 1 && !driver.model.isKeeping)
  }

  /// A thread that is still about to keep an edit must not do so after the person has left without it.
  @Test func whatIsThrownAwayStaysAway() {
    let shelf = Mutex<[Int?]>([])
    let place = UnwrittenEdits(
      keep: { edits in
        shelf.withLock { $0.append(edits?.steps.count) }
        return nil
      }, find: { nil }, forget: { _ in true })
    var driver = Driver.ready(unwritten: place)
    driver.threadsAreFast = false
    driver.press(.character("2"), .character("+"))
    let mailbox = Mailbox<Message>()
    func perform(_ effect: Effect) -> LoopOutcome {
      if case .workOut(let work) = effect { mailbox.post(.workedOut(work())) }
      return .goOn
    }
    for effect in driver.effects { _ = perform(effect) }
    endKeeping(&driver.model, mailbox, status: 0, perform: perform)
    #expect(shelf.withLock { $0.last } == .some(nil))
    #expect(!driver.model.isKeeping)
  }
}
