// What is kept between runs, and a person's settings, where another user can put names: nothing is written, and nothing that lies
// there is believed. Only root can try it: another user has to own a directory.

import Glibc
import PostfixFiles
import TestSupport
import TestTraits
import Testing

@testable import Changes

@Suite(.waits, .enabled(if: geteuid() == 0, "needs root")) struct KeptFileTests {
  private static let stranger: uid_t = 65_534

  private func writer(_ state: String) -> Writer {
    Writer(state: StateDirectory(state), author: Author(user: "root", command: "test"))
  }

  /// A directory of a stranger's; one that leads there by a link of a stranger's; one that everybody may write.
  private func places(_ home: TemporaryDirectory) throws -> [String] {
    chmod(home.path, 0o755)
    for name in ["theirs", "open", "linked"] { try home.makeDirectory(name) }
    chown(home.file("theirs"), Self.stranger, Self.stranger)
    chmod(home.file("open"), 0o777)
    symlink(home.file("theirs"), home.file("linked/config"))
    return [home.file("theirs"), home.file("open"), home.file("linked/config")]
  }

  @Test func rootWritesNoSettingsWhereAnotherUserIsAtHome() throws {
    let home = try TemporaryDirectory()
    for place in try places(home) {
      for path in ["\(place)/randmap/config", "\(place)/config"] {
        let error = #expect(throws: WriteError.self) {
          try RealFileSystem().keepPersonal(Bytes("ascii = yes\n".utf8), at: path)
        }
        guard case .refused = error else {
          Issue.record("\(path): \(String(describing: error))")
          continue
        }
      }
      #expect(try namesIn(place).isEmpty, "\(place)")
    }
    // A file of root's that a link of root's leads to is replaced, and the link stays.
    try home.makeDirectory("ours")
    try home.write("dotfiles", "ascii = no\n")
    symlink(home.file("dotfiles"), home.file("ours/config"))
    try RealFileSystem().keepPersonal(Bytes("ascii = yes\n".utf8), at: home.file("ours/config"))
    #expect(try readText(home.file("dotfiles")) == "ascii = yes\n")
    // One that is another user's place in the end is not.
    try home.write("theirs/config", "ascii = no\n")
    symlink(home.file("theirs/config"), home.file("ours/other"))
    #expect(throws: WriteError.self) {
      try RealFileSystem().keepPersonal(Bytes("ascii = yes\n".utf8), at: home.file("ours/other"))
    }
    #expect(try readText(home.file("theirs/config")) == "ascii = no\n")
    // Nor one that a link of another user's leads to, though root's link leads to that one.
    symlink(home.file("dotfiles"), home.file("theirs/hop"))
    symlink(home.file("theirs/hop"), home.file("ours/hops"))
    #expect(throws: WriteError.self) {
      try RealFileSystem().keepPersonal(Bytes("ascii = no\n".utf8), at: home.file("ours/hops"))
    }
    #expect(try readText(home.file("dotfiles")) == "ascii = yes\n")
  }

  @Test func whatAStrangerPutIntoTheStateIsNotBelieved() throws {
    let home = try TemporaryDirectory()
    let configuration = try TemporaryDirectory()
    let real = try #require(FileReader.realPath(configuration.path))
    for place in try places(home) {
      let writer = writer(place)
      writer.remember(.tick, of: configuration.path)
      #expect(try namesIn(place).isEmpty, "\(place)")
      // As it would lie there.
      _ = try run("mkdir", ["-p", place + real])
      try writeFile(place + real + "/.tick", "\(time(nil))\n")
      #expect(writer.last(.tick, of: configuration.path) == nil, "\(place)")
      #expect(throws: WriteError.self) { try writer.keepUnwritten(Bytes("x".utf8), configuration.path) }
      #expect(try namesIn(place + real) == [".tick"], "\(place)")
      _ = try run("rm", ["-rf", place + "/" + (real.split(separator: "/").first ?? "none")])
    }
    let own = writer(home.file("own"))
    own.remember(.tick, of: configuration.path)
    #expect(own.last(.tick, of: configuration.path) != nil)
  }

  /// A file of the state that is damaged ends no command.
  @Test(arguments: [Int64.min, -1, 1 << 62, Int64.max]) func aMarkThatIsNoTimeIsNone(time: Int64) throws {
    let home = try TemporaryDirectory()
    let configuration = try TemporaryDirectory()
    let own = writer(home.file("own"))
    own.remember(.tick, of: configuration.path)
    let real = try #require(FileReader.realPath(configuration.path))
    try writeFile(home.file("own") + real + "/.tick", "\(time)\n")
    #expect(own.last(.tick, of: configuration.path) == nil)
    #expect(!own.isTicking(for: configuration.path))
    own.remember(.tick, of: configuration.path)
    #expect(own.isTicking(for: configuration.path))
  }

  /// A write that is refused has made nothing there either.
  @Test func aWriteThatIsRefusedMakesNoDirectory() throws {
    let home = try TemporaryDirectory()
    let configuration = try TemporaryDirectory()
    chmod(configuration.path, 0o755)
    try configuration.write("main.cf", "a = 1\n")
    let path = configuration.file("main.cf")
    for place in try places(home) {
      let writer = writer(place)
      let change = FileChange(path: path, before: Bytes("a = 1\n".utf8), after: Bytes("a = 2\n".utf8))
      #expect(throws: WriteError.self) {
        try writer.write(ChangeSet(directory: configuration.path, changes: [change], summary: "x"))
      }
      #expect(try namesIn(place).isEmpty, "\(place)")
      #expect(try readText(path) == "a = 1\n")
    }
  }
}
