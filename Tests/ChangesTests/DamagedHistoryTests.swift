// A history that a full disk, a bad disk or a person has changed: nothing of it is taken for what it is not.

import Changes
import PostfixFiles
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct DamagedHistoryTests {
  private let scene: Scene
  private var main: String { scene.directory + "/main.cf" }
  private var history: String { "\(scene.state)\(scene.directory)/.writes" }

  init() throws { scene = try Scene() }

  private func write(_ text: String) throws {
    let change = FileChange(path: main, before: try readFile(main), after: Array(text.utf8))
    _ = try scene.writer().write(ChangeSet(directory: scene.directory, changes: [change], summary: "set"))
  }

  private func record(_ number: Int) -> String { "\(history)/00000\(number)/record.json" }

  /// Gives the record of a write another time.
  private func setTime(_ time: Int64, of number: Int) throws {
    let lines = try readText(record(number)).split(separator: "\n", omittingEmptySubsequences: false)
    let changed = lines.map { $0.hasPrefix("  \"time\" :") ? "  \"time\" : \(time)," : String($0) }
    try #require(changed != lines.map(String.init))
    try writeFile(record(number), changed.joined(separator: "\n"))
  }

  @Test func anOldCopyThatIsCutIsNotTakenBack() throws {
    let long = "# \(String(repeating: "long ", count: 100))\na = 1\n"
    try write(long)
    try write("a = 2\n")
    let copy = history + "/000002/old-0"
    try writeFile(copy, String(long.prefix(40)))
    #expect(throws: WriteError.damaged(copy)) { try scene.writer().undo(scene.directory) }
    #expect(try readText(main) == "a = 2\n")
    // Of the same length.
    try writeFile(copy, long.replacing("a = 1", with: "a = 9"))
    #expect(throws: WriteError.damaged(copy)) { try scene.writer().undo(scene.directory) }
    try writeFile(copy, long)
    _ = try scene.writer().undo(scene.directory)
    #expect(try readText(main) == long)
  }

  /// Edits of others since are kept by what the write left.
  @Test func aNewCopyThatIsCutIsNotMerged() throws {
    try write("a = 1\nb = 1\n")
    try write("a = 2\nb = 1\n")
    let copy = history + "/000002/new-0"
    let text = try readText(copy)
    try writeFile(copy, "b = 1\n")
    try writeFile(main, "a = 2\nb = 3\n")
    #expect(throws: WriteError.damaged(copy)) { try scene.writer().undo(scene.directory, merging: true) }
    try writeFile(copy, text)
    _ = try scene.writer().undo(scene.directory, merging: true)
    #expect(try readText(main) == "a = 1\nb = 3\n")
  }

  /// Records of older versions have no digest of what was there before.
  @Test func anOlderRecordIsStillTakenBack() throws {
    try write("a = 1\n")
    try write("a = 2\n")
    var lines = try readText(record(2)).split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.contains("\"before\"") })
    lines.removeSubrange(start..<(start + 4))
    try writeFile(record(2), lines.joined(separator: "\n"))
    _ = try scene.writer().undo(scene.directory)
    #expect(try readText(main) == "a = 1\n")
  }

  @Test(arguments: [Int64.min, -1, 67_768_036_191_676_799, Int64.max])
  func noTimeOfARecordStopsAWrite(time: Int64) throws {
    for number in 1...3 { try write("a = \(number)\n") }
    try setTime(time, of: 1)
    for number in 4...13 { try write("a = \(number)\n") }
    // One that is older than any other goes; the last ten would stay.
    let numbers = try scene.writer().log(scene.directory).map(\.number)
    #expect(numbers == Array((time < 0 ? 2 : 1)...13))
    _ = try scene.writer().undo(scene.directory)
    #expect(try readText(main) == "a = 12\n")
  }

  @Test func whatIsTooOldGoesThoughAnEarlierRecordIsDamaged() throws {
    for number in 1...4 { try write("a = \(number)\n") }
    try writeFile(record(1), "")
    for number in 2...3 { try setTime(1, of: number) }
    // The last ten stay however old they are.
    for number in 5...14 { try write("a = \(number)\n") }
    #expect(try scene.writer().log(scene.directory).map(\.number) == Array(4...14))
    #expect(try namesIn(history).contains("000001"), "it stays for a person to look at")
  }

  /// Another spelling of a number, and more digits than a write ever has, are no writes.
  @Test func directoriesWithOddNumbersHideNoWrite() throws {
    try write("a = 1\n")
    for name in ["999999999999", "9999999999", "2", "0000002", "+00002"] {
      try runSuccessfully("mkdir", ["\(history)/\(name)"])
    }
    try write("a = 2\n")
    #expect(try scene.writer().log(scene.directory).map(\.number) == [1, 2])
    _ = try scene.writer().undo(scene.directory)
    #expect(try readText(main) == "a = 1\n")
    // After the largest number no other one follows.
    try runSuccessfully("mkdir", [history + "/999999999"])
    #expect(throws: WriteError.damaged(history + "/999999999")) { try write("a = 3\n") }
    #expect(try readText(main) == "a = 1\n")
  }
}
