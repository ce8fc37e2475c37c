// The History view: what was written, read on a thread, with its diff; and taking any of it back.

import Editing
import PostfixFiles
import Synchronization
import Testing

@testable import Changes
@testable import Console

@Suite struct HistoryViewTests {
  init() { #expect(utf8Locale) }

  static func write(_ number: Int, _ summary: String, undone: Bool = false) -> LoggedWrite {
    LoggedWrite(
      number: number, time: 1_795_000_000 + Int64(number) * 3600, user: "root", sudoUser: "anna",
      command: "console", summary: summary,
      files: [.init(path: "\(directory)/main.cf", indexes: [], old: nil, after: nil)],
      undone: undone ? .init(time: 1_795_100_000, user: "root", sudoUser: nil, command: "undo") : nil)
  }

  /// Three writes; the second was taken back.
  private func driver(_ asked: AskedNumbers = AskedNumbers()) -> Driver {
    Driver.ready(
      archive: Archive(
        log: {
          .success([
            Self.write(1, "set smtp:[a] of b to weight 2"),
            Self.write(2, "drain smtp:[c] of b", undone: true),
            Self.write(3, "pool outbound: [gw1.example]:587, [gw2.example]:587"),
          ])
        },
        diff: { number in
          asked.numbers.withLock { $0.append(number) }
          return .success(["--- a/main.cf", "+++ b/main.cf", "@@ -1 +1 @@", "-a = \(number)", "+a = b"])
        }))
  }

  final class AskedNumbers: Sendable { let numbers = Mutex<[Int]>([]) }

  private func undone(_ driver: Driver) -> [Int?] {
    driver.effects.compactMap { if case .previewUndo(let number, _) = $0 { number } else { nil } }
  }

  @Test func atThreeSizes() {
    var driver = driver()
    driver.press(.character("6"))
    let times = [3, 2, 1].map { clock(1_795_000_000 + $0 * 3600) }
    func screen(_ columns: Int, _ rows: Int) -> String {
      zip(times, ["2026-11-18 00:06", "2026-11-17 23:06", "2026-11-17 22:06"]).reduce(
        driver.screen(columns, rows)
      ) { text, pair in
        text.replacing(pair.0, with: pair.1).replacing(pair.0.dropFirst(5), with: pair.1.dropFirst(5))
      }
    }
    #expect(
      screen(120, 40)
        == """
         randmap  mx1.example  /etc/postfix                    4 up  1 REFUSED  1 DOWN    on average 25.0% of each pool at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes  6 History
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
             NO  WHEN              WHO                   WHAT
        ▸     3  2026-11-18 00:06  anna (as root)        pool outbound: [gw1.example]:587, [gw2.example]:587
              2  2026-11-17 23:06  anna (as root)        taken back  drain smtp:[c] of b
              1  2026-11-17 22:06  anna (as root)        set smtp:[a] of b to weight 2
        ── Write 3: pool outbound: [gw1.example]:587, [gw2.example]:587 ────────────────────────────────────────────────────────
          who           anna (as root)
          when          2026-11-18 00:06
          command       console
          files         main.cf

          --- a/main.cf
          +++ b/main.cf
          @@ -1 +1 @@
          -a = 3
          +a = b




















        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
         t take back  n share  u undo  w write  Enter detail  / filter  ? help  q quit
        """)
    #expect(
      screen(80, 24)
        == """
         randmap  /etc/postfix                   4 up  1 REFUSED  1 DOWN  25.0% at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes  6 History
        ────────────────────────────────────────────────────────────────────────────────
             NO  WHEN              WHO            WHAT
        ▸     3  2026-11-18 00:06  anna (as roo…  pool outbound: [gw1.example]:587, […
              2  2026-11-17 23:06  anna (as roo…  taken back  drain smtp:[c] of b
              1  2026-11-17 22:06  anna (as roo…  set smtp:[a] of b to weight 2
        ── Write 3: pool outbound: [gw1.example]:587, [gw2.example]:587 ────────────────
          who           anna (as root)
          when          2026-11-18 00:06
          command       console
          files         main.cf

          --- a/main.cf
          +++ b/main.cf
          @@ -1 +1 @@
          -a = 3
          +a = b




        ────────────────────────────────────────────────────────────────────────────────
         t take back  n share  u undo  w write  Enter detail  / filter  ? help  q quit
        """)
    #expect(
      screen(40, 10)
        == """
         randmap        4+ 1x 1!  25.0% at risk
         1  2  3  4  5  6 History
             NO  WHEN         WHAT
        ▸     3  11-18 00:06  pool outbound: …
              2  11-17 23:06  taken back  dra…
              1  11-17 22:06  set smtp:[a] of…


        ────────────────────────────────────────
         t take back  / filter  ? help  q quit
        """)
  }

  @Test func readsNothingBeforeItIsShownAndEachDiffOnce() {
    let asked = AskedNumbers()
    var driver = driver(asked)
    driver.press(.character("2"), .character("3"))
    #expect(driver.model[HistoryView.self].writes == nil)
    driver.press(.character("6"))
    #expect(driver.model[HistoryView.self].rows.map(\.number) == [3, 2, 1])
    driver.press(.down, .down, .up, .up)
    #expect(asked.numbers.withLock { $0 } == [3, 2, 1])
  }

  @Test func takesTheChosenWriteBackAfterALook() {
    var driver = driver()
    driver.press(.character("6"), .down, .character("t"))
    #expect(driver.model.notice?.text == "take back: it was taken back already")
    driver.press(.down, .character("t"))
    #expect(undone(driver) == [1])
    let change = FileChange(
      path: "\(directory)/main.cf", before: Array("a = 2\n".utf8), after: Array("a = 1\n".utf8))
    let preview = UndoPreview(
      ChangeSet(directory: directory, changes: [change], summary: "undo: set smtp:[a] of b to weight 2"),
      number: 1, merged: ["\(directory)/main.cf"], reloadReason: nil)
    driver.send(.message(.undoing(preview)))
    let screen = driver.screen(100, 24)
    #expect(screen.contains("Take write 1 of main.cf back? (undo: set smtp:[a] of b to weight 2)"))
    #expect(screen.contains("edited since that write, in other lines: main.cf. Those edits stay."))
    #expect(screen.contains("+a = 1"))
    driver.press(.character("y"))
    let numbers = driver.effects.compactMap { effect in
      if case .undoWrite(let preview, _) = effect { preview.number } else { nil }
    }
    #expect(numbers == [1])
    driver.send(.message(.written(.written(sampleConfig(), note: ""))))
    #expect(driver.model.notice?.text == "taken back: main.cf")
  }

  @Test func aConflictIsShownPlaceByPlaceAndNothingIsWritten() {
    var driver = driver()
    driver.press(.character("6"), .character("t"))
    driver.send(
      .message(
        .undoConflict(
          3, ["main.cf:4", "  as it is now:", "    relayhost = [x]"],
          by: "write 4", reason: "write 4 changed the same lines; take that back first: :undo 4")
      ))
    let screen = driver.screen(100, 24)
    #expect(screen.contains("Write 3 cannot be taken back: write 4 changed the same lines"))
    #expect(screen.contains("    relayhost = [x]"))
    #expect(driver.model.work == nil)
    driver.press(.escape)
    #expect(!driver.screen(100, 24).contains("cannot be taken back"))
    #expect(driver.writes.isEmpty)
  }

  /// Also where it was asked for in another view, by `W` or by `:undo 1`.
  @Test func aConflictLeadsHere() {
    var driver = driver()
    driver.press(.character("2"), .character("W"))
    driver.send(
      .message(.undoConflict(1, ["main.cf:4", "    relayhost = [x]"], reason: "changed since that write")))
    #expect(driver.shows(HistoryView.self))
    #expect(driver.screen(100, 24).contains("Write 1 cannot be taken back: others changed the same lines"))
    #expect(driver.screen(100, 24).contains("    relayhost = [x]"))
    driver.press(.escape)
    #expect(driver.model[HistoryView.self].chosenWrite?.number == 1)
    #expect(driver.screen(100, 24).contains("undo-write: changed since that write"))
  }

  @Test func filtersByAnyOfItsWords() {
    var driver = driver()
    driver.press(.character("6"), .character("/"))
    driver.type("drain")
    #expect(driver.model[HistoryView.self].rows.map(\.number) == [2])
    driver.press(.escape, .character("/"))
    driver.type("anna outbound")
    #expect(driver.model[HistoryView.self].rows.map(\.number) == [3])
  }

  @Test func emptyAndUnreadable() {
    var driver = Driver.ready()
    driver.press(.character("6"))
    #expect(driver.screen(80, 24).contains("Nothing was written yet"))
    driver = Driver.ready(
      archive: Archive(log: { .failure(.damaged("/var/lib/x")) }, diff: { _ in .success([]) }))
    driver.press(.character("6"))
    #expect(driver.screen(80, 24).contains("The history cannot be read"))
  }
}
