// A user takes away a directory of his in /tmp while root looks whose it is, and puts it back for what root does there.

import Glibc
import PostfixFiles
import System
import TestSupport
import TestTraits
import Testing

@testable import Changes

@Suite(.waits, .enabled(if: geteuid() == 0, "only root can be several users")) struct TakenAwayTests {
  private let shared: TemporaryDirectory
  private let own: String
  private let main: String

  init() throws {
    shared = try TemporaryDirectory()
    own = try shared.makeDirectory("own", mode: 0o777)
    main = own + "/main.cf"
    try writeFile(main, "mail_owner = daemon\n")
    for path in [own, main] { #expect(chown(path, 65533, 65533) == 0) }
    #expect(chmod(shared.path, 0o1777) == 0 && chmod(own, 0o777) == 0)
  }

  /// Nothing moves of its own accord here: the one who reads main.cf takes it away right after.
  @Test func aMainThatIsGoneWhenItsAuthorIsAskedForIsNotRoots() throws {
    let (own, away) = (own, own + ".away")
    let config = try MailConfig(directory: own, environment: Environment()) { path throws(FileError) in
      let bytes = try FileReader.read(path)
      rename(own, away)
      return bytes
    }
    #expect(config.main["mail_owner"]?.value.text == "daemon")
    #expect(config.foreignAuthor?.path == own)
    #expect(PostfixFiles.foreignAuthor(of: main)?.path == shared.path)
  }

  @Test func noLookEverFindsItSafe() throws {
    let racer = try ChildProcess(
      "setpriv",
      ["--reuid", "65533", "--regid", "65533", "--clear-groups", try builtProgram("Racer"), "--away", own])
    try waitUntil("the other user") { !racer.standardOutputBytes.isEmpty }
    var found: [String: Int] = [:]
    for _ in 0..<20_000 {
      let place = foreignPlace(onTheWayTo: own + "/file")?.path
      found[place ?? "none", default: 0] += 1
      #expect(foreignAuthor(of: main) != nil)
      #expect(temporaryPlace(own) == "/tmp")
    }
    // Each of both was seen.
    #expect(Set(found.keys) == [own, shared.path], "\(found)")
    let fileSystem = RealFileSystem()
    for _ in 0..<500 {
      let isKept = (try? fileSystem.keep([1], at: own + "/state/file")) != nil
      var status = stat()
      // While it was away a directory was made, which is root's own.
      let isRoots = lstat(own, &status) == 0 && status.st_uid == 0
      #expect(isRoots || !isKept)
      if isRoots { _ = try run("rm", ["-r", own]) }
    }
    racer.signal(SIGKILL)
    _ = try racer.wait()
    let there = [own, own + ".away"].flatMap { (try? namesIn($0)) ?? [] }
    #expect(there == ["main.cf"])
  }
}
