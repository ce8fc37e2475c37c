// Two hosts that share a configuration directory and the state of it, and clocks that are wrong.

import Glibc
import PostfixFiles
import TestSupport
import TestTraits
import Testing

@testable import Changes

@Suite(.waits) struct OtherHostTests {
  private func write(_ scene: Scene, _ text: String, at time: Int64? = nil) throws {
    let main = scene.directory + "/main.cf"
    var writer = scene.writer()
    if let time { writer.clock = { time } }
    let change = FileChange(path: main, before: try readFile(main), after: Array(text.utf8))
    _ = try writer.write(ChangeSet(directory: scene.directory, changes: [change], summary: text))
  }

  /// On another host the shared directory may have another number of its device, and then its journal is not ours. A write of ours
  /// stays, whatever that host does with its own afterwards.
  @Test func whatAnotherHostLeftUndoesNoWriteOfOurs() throws {
    var points = 0
    for point in 1... {
      let scene = try Scene()
      let fileSystem = FailingFileSystem(failing: point, number: EIO, stays: true)
      _ = try? scene.writer(fileSystem: fileSystem).write(try scene.change())
      if fileSystem.count < point { break }
      guard access(scene.state, F_OK) == 0 else { continue }
      let journals = try remainsOfTree(scene.state).keys.filter {
        $0.split(separator: "/").last?.hasPrefix("journal-") == true && !$0.hasSuffix(".new")
      }
      guard let journal = journals.first else { continue }
      points += 1
      let elsewhere = journal.replacing(/journal-[0-9]+/, with: "journal-1")
      try #require(rename(journal, elsewhere) == 0)
      // This host does not know of it.
      #expect(try scene.writer().interruption(of: scene.directory) == nil)
      try write(scene, "relay_transport = smtp:[ours]\n")
      try #require(rename(elsewhere, journal) == 0)
      _ = try? scene.writer().recover(scene.directory)
      #expect(
        try readText(scene.directory + "/main.cf") == "relay_transport = smtp:[ours]\n", "point \(point)")
      // Each of the other files is whole.
      let transport = try readText(scene.directory + "/transport")
      #expect([Scene.oldTransport, Scene.newTransport].contains(transport), "point \(point)")
    }
    #expect(points > 10)
  }

  /// The order of the history is that of its numbers.
  @Test func aClockThatGoesBackChangesNoOrder() throws {
    let scene = try Scene()
    let now: Int64 = 1_795_888_800
    try write(scene, "a = 1\n", at: now)
    try write(scene, "a = 2\n", at: now - 2 * 86_400)
    try write(scene, "a = 3\n", at: now - 4 * 86_400)
    #expect(try scene.writer().log(scene.directory).map(\.number).sorted() == [1, 2, 3])
    for text in ["a = 2\n", "a = 1\n"] {
      _ = try scene.writer().undo(scene.directory)
      #expect(try readText(scene.directory + "/main.cf") == text)
    }
  }

  /// A battery that is empty, or a clock that was set to a wrong year for a minute: one write then does not take the history along.
  @Test func aWriteInAWrongYearLeavesTheLastWrites() throws {
    let scene = try Scene()
    let now: Int64 = 1_795_888_800
    for number in 1...12 { try write(scene, "a = \(number)\n", at: now + Int64(number)) }
    try write(scene, "a = 13\n", at: now + 40 * 365 * 86_400)
    #expect(try scene.writer().log(scene.directory).map(\.number).sorted() == Array(4...13))
    // Back in the right year, it goes on.
    try write(scene, "a = 14\n", at: now + 100)
    #expect(try scene.writer().log(scene.directory).map(\.number).sorted() == Array(4...14))
    _ = try scene.writer().undo(scene.directory)
    #expect(try readText(scene.directory + "/main.cf") == "a = 13\n")
  }
}
