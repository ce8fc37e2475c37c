// Edits that are not written are kept as they are made, and offered where a console ended before it wrote them.

import Changes
import Editing
import PostfixFiles
import Routing
import Synchronization
import Testing
import Threads

@testable import Console

@Suite struct UnwrittenTests {
  init() { #expect(utf8Locale) }

  /// A place to keep edits in memory.
  private final class Shelf: Sendable {
    let kept = Mutex<[KeptEdits?]>([])
    let forgotten = Mutex<[String]>([])

    func place(
      _ found: KeptEdits? = nil, unreadable: WriteError? = nil, problem: String? = nil
    ) -> UnwrittenEdits {
      UnwrittenEdits(
        keep: { edits in
          self.kept.withLock { $0.append(edits) }
          return problem
        },
        find: {
          unreadable.map { .failure($0) } ?? found.map { .success(FoundEdits(path: "/x", edits: $0)) }
        },
        forget: { found in
          self.forgotten.withLock { $0.append(found.path) }
          return true
        })
    }
  }

  private let drain = KeptEdits(
    time: 1_795_000_000,
    steps: [
      .init(
        edits: [.setWeight(pool: "relay_transport", member: "smtp:[out-gw1.example]", weight: 5)],
        summary: "set smtp:[out-gw1.example] of relay_transport to weight 5"),
      .init(edits: [.remove(pool: "gone", member: "x")], summary: "remove x from gone"),
    ])

  /// Written and not forgotten, as where it was killed in between: an edit that cannot be made twice is not offered.
  @Test func editsThatWereWrittenAreNotOffered() throws {
    let shelf = Shelf()
    var driver = Driver.ready(unwritten: shelf.place())
    driver.press(.character(":"))
    driver.type("drain [out-gw1.example] --pool relay_transport")
    driver.press(.enter)
    let kept = try #require(shelf.kept.withLock { $0.last ?? nil })
    #expect(kept.results?.keys.sorted() == ["\(directory)/main.cf"])
    let next = Driver.ready(driver.model.facts.session.current.written, unwritten: shelf.place(kept))
    #expect(next.model.dialog == nil && shelf.forgotten.withLock { $0 } == ["/x"])
    let other = Driver.ready(unwritten: shelf.place(kept))
    #expect(other.model.dialog != nil)
  }

  /// The question comes by itself: a key that was meant for something else does not answer it.
  @Test func onlyTheKeysItNamesAnswerIt() {
    var driver = Driver.ready(unwritten: Shelf().place(drain))
    driver.press(.character("n"), .character("["), .enter, .paste("gw1"))
    #expect(driver.model.dialog != nil && !driver.model.facts.session.isEdited)
    driver.press(.escape)
    #expect(driver.model.dialog == nil && !driver.model.facts.session.isEdited)
  }

  /// A person whose edits are lost must hear of it.
  @Test func whatCannotBeReadIsSaid() {
    let driver = Driver.ready(unwritten: Shelf().place(unreadable: .refused("/x", "it is no regular file")))
    #expect(driver.model.dialog == nil)
    #expect(
      driver.model.notice?.text.hasPrefix(
        "edits that an earlier console left are not offered: /x is not followed: it is no regular file")
        == true)
  }

  @Test func everyEditIsKeptAndNothingWithoutOne() {
    let shelf = Shelf()
    var driver = Driver.ready(unwritten: shelf.place())
    driver.press(.character("2"), .down)
    #expect(shelf.kept.withLock { $0.isEmpty })
    driver.press(.character("+"), .character("+"))
    #expect(shelf.kept.withLock { $0.map { $0?.steps.count } } == [1, 2])
    driver.press(.character("u"), .character("u"))
    #expect(shelf.kept.withLock { $0.map { $0?.steps.count } } == [1, 2, 1, nil])
    // Once they are written there is nothing to keep.
    driver.press(.character("+"), .character("w"), .character("y"))
    driver.send(.message(.written(.written(sampleConfig(), note: ""))))
    #expect(shelf.kept.withLock { $0.last } == .some(nil))
  }

  /// An input that ends waits for this: it says that the edits are kept.
  @Test func untilTheyAreKeptThatIsKnown() {
    var driver = Driver.ready(unwritten: Shelf().place())
    driver.threadsAreFast = false
    driver.press(.character("2"), .down, .character("+"))
    #expect(driver.model.isKeeping)
    driver.endThreads()
    #expect(!driver.model.isKeeping && driver.model.keepingProblem == nil)
    driver.press(.character("+"))
    driver.press(.character("+"))
    driver.endThreads()
    #expect(!driver.model.isKeeping)
  }

  /// The first edit is being kept, the second one is not yet, and a signal comes.
  @Test func theEndOfTheProcessWaitsForThem() {
    let shelf = Shelf()
    var driver = Driver.ready(unwritten: shelf.place())
    driver.threadsAreFast = false
    driver.press(.character("2"), .down, .character("+"), .character("+"))
    let mailbox = Mailbox<Message>()
    func begin(_ effect: Effect) {
      if case .workOut(let work) = effect { mailbox.post(.workedOut(work())) }
    }
    driver.effects.forEach(begin)
    finishKeeping(&driver.model, mailbox) { effect in
      begin(effect)
      return .goOn
    }
    #expect(!driver.model.isKeeping)
    #expect(shelf.kept.withLock { $0.last??.steps.count } == 2)
  }

  @Test func theyAreOfferedAndMadeAgain() {
    let shelf = Shelf()
    var driver = Driver.ready(unwritten: shelf.place(drain))
    let screen = driver.screen(100, 24)
    #expect(
      screen.contains("2 edits of \(clock(1_795_000_000)) were not written: set smtp:[out-gw1.example]"))
    // A key that is no answer leaves them for the next start.
    driver.press(.character("x"))
    #expect(shelf.forgotten.withLock { $0.isEmpty })
    driver = Driver.ready(unwritten: shelf.place(drain))
    driver.press(.character("y"))
    #expect(driver.pool("relay_transport")[0] == "smtp:[out-gw1.example] x5")
    #expect(driver.model.notice?.text.hasPrefix("left out: remove x from gone: no pool \"gone\"") == true)
    #expect(shelf.forgotten.withLock { $0 } == ["/x"])
    // And are this console's now.
    #expect(shelf.kept.withLock { $0.last??.steps.count } == 1)
  }

  @Test func theyAreThrownAwayWhereThatIsSaid() {
    let shelf = Shelf()
    var driver = Driver.ready(unwritten: shelf.place(drain))
    driver.press(.character("d"))
    #expect(shelf.forgotten.withLock { $0 } == ["/x"])
    #expect(!driver.model.facts.session.isEdited)
    // Not offered to who may not edit.
    let readOnly = Driver.ready(isReadOnly: true, unwritten: shelf.place(drain))
    #expect(readOnly.model.dialog == nil)
  }

  @Test func thatTheyCannotBeKeptIsSaidOnce() {
    var driver = Driver.ready(unwritten: Shelf().place(problem: "the disk is full"))
    driver.press(.character("2"), .down, .character("+"))
    #expect(driver.model.notice?.text.hasSuffix("before they are written: the disk is full") == true)
    #expect(driver.model.keepingProblem == "the disk is full")
    driver.press(.character("+"))
    #expect(driver.model.notice?.text.contains("the disk is full") == false)
  }

  @Test func theBytesGiveTheSameEdits() throws {
    let wish = PoolWish(
      .to("example.com"), [try WantedMember("[a]=30%"), try WantedMember("lane:192.0.2.1=2")], notation: .file
    )
    let kept = KeptEdits(
      time: 7,
      steps: [
        .init(
          edits: [
            .pool(wish), .setShare(pool: "p", member: "m", share: 0.3, tolerance: 0.005),
            .setRoute(key: "k", value: "v\"\u{1F600}", table: nil), .drain(pool: "p", member: "m"),
          ], summary: "s")
      ])
    #expect(KeptEdits(bytes: kept.bytes) == kept)
    #expect(KeptEdits(bytes: Array("{}".utf8)) == nil)
  }
}
