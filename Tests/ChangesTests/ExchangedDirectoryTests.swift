// Another directory at a path whose writes are remembered: its history is not that of the one before.

import Glibc
import PostfixFiles
import System
import TestSupport
import TestTraits
import Testing

@testable import Changes

@Suite(.waits) struct ExchangedDirectoryTests {
  let scene: Scene

  init() throws { scene = try Scene() }

  private var main: String { scene.directory + "/main.cf" }

  private func write(_ text: String) throws {
    let change = FileChange(path: main, before: try readFile(main), after: Array(text.utf8))
    _ = try scene.writer().write(
      ChangeSet(directory: scene.directory, changes: [change], summary: text))
  }

  /// Puts another directory in the place, with the main.cf of the one before.
  private func exchange() throws {
    let text = try readText(main)
    try #require(rename(scene.directory, scene.temporary.file("aside")) == 0)
    try scene.temporary.makeDirectory("etc")
    try writeFile(main, text)
    scene.settle()
  }

  private func others() throws -> [Int] {
    try scene.writer().log(scene.directory).filter { $0.otherDirectory == true }.map(\.number)
  }

  @Test func theHistoryOfTheOneBeforeIsNotTakenBack() throws {
    try write("secret = 1\n")
    try write("secret = 2\n")
    #expect(try others() == [])
    try exchange()
    #expect(try others() == [1, 2])
    #expect(throws: WriteError.otherDirectory(2, scene.directory)) {
      try scene.writer().undoing(scene.directory)
    }
    #expect(throws: WriteError.otherDirectory(1, scene.directory)) {
      try scene.writer().undo(scene.directory, number: 1)
    }
    #expect(try readText(main) == "secret = 2\n")
    // Its own write is taken back, and the next is that of the other one.
    try write("secret = 3\n")
    #expect(try others() == [1, 2])
    _ = try scene.writer().undo(scene.directory)
    #expect(try readText(main) == "secret = 2\n")
    #expect(throws: WriteError.otherDirectory(2, scene.directory)) {
      try scene.writer().undo(scene.directory)
    }
    // Who knows that it was a restore says so.
    _ = try scene.writer().undo(scene.directory, anyDirectory: true)
    #expect(try readText(main) == "secret = 1\n")
  }

  /// A table may be elsewhere. Its owner may have put another directory there since.
  @Test func theDirectoryOfATableElsewhereIsLookedAtToo() throws {
    let table = scene.new + "/transport"
    func write(_ text: String) throws {
      let change = FileChange(path: table, before: try readFile(table), after: Array(text.utf8))
      _ = try scene.writer().write(ChangeSet(directory: scene.directory, changes: [change], summary: text))
    }
    try write("example.com smtp:[first.example]\n")
    try write("example.com smtp:[second.example]\n")
    #expect(try others() == [])
    let text = try readText(table)
    try #require(rename(scene.new, scene.temporary.file("aside")) == 0)
    try scene.temporary.makeDirectory("new")
    try writeFile(table, text)
    #expect(try others() == [1, 2])
    let real = try #require(FileReader.realPath(scene.new))
    #expect(throws: WriteError.otherDirectory(2, real)) { try scene.writer().undo(scene.directory) }
    #expect(try readText(table) == text)
    // The configuration's own files were not exchanged.
    try self.write("a = 1\n")
    #expect(try others() == [1, 2])
    _ = try scene.writer().undo(scene.directory)
    _ = try scene.writer().undo(scene.directory, anyDirectory: true)
    #expect(try readText(table) == "example.com smtp:[first.example]\n")
    // A link that leads to another directory is one too.
    try #require(rename(scene.new, scene.temporary.file("further")) == 0)
    try #require(symlink(scene.temporary.file("further"), scene.new) == 0)
    #expect(try others() == [1, 2])
    try #require(unlink(scene.new) == 0 && symlink(scene.temporary.file("aside"), scene.new) == 0)
    #expect(try others() == [])
  }

  /// Writes of an older version say nothing of the directory.
  @Test func anOlderRecordIsOfTheDirectoryThatIsThere() throws {
    try write("a = 1\n")
    try write("a = 2\n")
    for number in 1...2 {
      let record = "\(scene.state)\(scene.directory)/.writes/00000\(number)/record.json"
      var lines = try readText(record).split(separator: "\n", omittingEmptySubsequences: false)
      let start = try #require(lines.firstIndex { $0.contains("\"place\"") })
      lines.removeSubrange(start..<(start + 4))
      try writeFile(record, lines.joined(separator: "\n"))
    }
    #expect(try scene.writer().log(scene.directory).map(\.place) == [nil, nil])
    _ = try scene.writer().undo(scene.directory)
    #expect(try readText(main) == "a = 1\n")
    // Once a write of this version follows, they are known to be of its directory.
    try write("a = 3\n")
    try exchange()
    #expect(try others() == [1, 2, 3])
    #expect(throws: WriteError.otherDirectory(1, scene.directory)) {
      try scene.writer().undo(scene.directory, number: 1)
    }
  }

  /// A write through a link in its place would be one of a file elsewhere.
  @Test func aLinkIsNotFollowedWhereTheChangeSaysSo() throws {
    let elsewhere = scene.temporary.file("elsewhere")
    try writeFile(elsewhere, "mine\n")
    let copy = scene.new + "/copy"
    try #require(symlink(elsewhere, copy) == 0)
    let change = FileChange(
      path: copy, before: Array("mine\n".utf8), after: Array("theirs\n".utf8), followsLink: false)
    #expect(throws: WriteError.self) {
      try scene.writer().write(ChangeSet(directory: scene.new, changes: [change], summary: "copy"))
    }
    #expect(try readText(elsewhere) == "mine\n")
    #expect(linkContents(copy) == elsewhere)
  }
}
