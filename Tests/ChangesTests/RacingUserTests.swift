// Two users share a directory. One writes and builds an index, again and again, while the other swaps 100,000 names: files for
// links, FIFOs and files of its own, the directory for a link. Each write ends whole or refused, nothing outside changes, and
// nothing of a write is left where it was not interrupted.

import Glibc
import TestSupport
import TestTraits
import Testing

@testable import Changes

private let stranger: uid_t = 65533
private let names = ["main.cf", "outbound", "transport"]

@Suite(.waits, .enabled(if: geteuid() == 0, "only root can be several users")) struct RacingUserTests {
  /// What a write came to.
  private enum Outcome: String { case whole, refused, interrupted }

  /// The shared directory, what the other user may not touch, and a place for the state of each write: an interrupted one
  /// must not refuse all that follow.
  private final class Arena {
    let scene: Scene
    let safe: TemporaryDirectory
    let writer: uid_t
    /// The directory itself, however often its name leads elsewhere.
    private let descriptor: Int32
    private var count = 0
    var inside: String { "/proc/self/fd/\(descriptor)" }
    var outside: String { safe.file("outside") }

    init(writer: uid_t) throws {
      scene = try Scene()
      safe = try TemporaryDirectory()
      self.writer = writer
      chmod(scene.temporary.path, 0o777)
      chmod(safe.path, 0o755)
      try safe.makeDirectory("outside", mode: 0o755)
      for name in ["precious"] + names { try writeFile(safe.file("outside/\(name)"), "mine\n") }
      chown(safe.file("outside"), writer, 65534)
      for name in ["precious"] + names { chown(safe.file("outside/\(name)"), writer, 65534) }
      for version in ["a", "b"] {
        try safe.makeDirectory(version, mode: 0o755)
        for name in names { try writeFile(safe.file("\(version)/\(name)"), Self.text(name, version)) }
      }
      descriptor = open(scene.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      for name in try TestSupport.namesIn(scene.directory) {
        chown("\(scene.directory)/\(name)", writer, 65534)
        chmod("\(scene.directory)/\(name)", 0o644)
      }
      chown(scene.directory, writer, 65534)
      chmod(scene.directory, 0o777)
      try heal()
    }

    deinit { close(descriptor) }

    private static func text(_ name: String, _ version: String) -> String {
      "\(name == "main.cf" ? "relay_transport =" : name == "transport" ? "example.com" : "") smtp:[\(version)]\n"
    }

    /// Which of the two versions a file has; nil where the other user put something of its own there, as who may write a
    /// directory always can.
    private func version(of name: String) throws -> String? {
      var status = stat()
      let path = "\(inside)/\(name)"
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == writer else {
        return nil
      }
      let text = try readText(path)
      return ["a", "b"].first { Self.text(name, $0) == text }
    }

    /// Puts files of the writer's where the other user's are.
    private func heal() throws {
      for name in names where try version(of: name) == nil {
        let path = "\(inside)/\(name)"
        unlink(path)
        try writeFile(path, Self.text(name, "a"))
        chown(path, writer, 65534)
      }
      var status = stat()
      let index = inside + "/transport.lmdb"
      if lstat(index, &status) == 0, status.st_mode & S_IFMT != S_IFREG || status.st_uid != writer {
        unlink(index)
      }
    }

    /// Starts one write to the version that most files do not have.
    func write() throws -> Outcome {
      count += 1
      let state = try safe.makeDirectory("state\(count)", mode: 0o700)
      chown(state, writer, 65534)
      try heal()
      let before = try names.map(version)
      let new = before[0] == "a" ? "b" : "a"
      let done = try run(
        "setpriv",
        [
          "--reuid", "\(writer)", "--clear-groups", try builtProgram("CrashingWriter"), scene.directory,
          state,
          safe.file(new), "before", "1000000",
        ])
      guard case .exited(let status) = done.status, [0, 9].contains(status) else {
        throw TestFailure(done.summary)
      }
      let left = try run("find", [state, "-name", "journal-*", "-o", "-name", "build-*"]).standardOutput
      if done.standardOutput.hasPrefix("interrupted: ") { return .interrupted }
      // Who swaps names at the end may keep a write from tidying up. Then it says so, and the next one does it.
      #expect(left.isEmpty || done.standardOutput.contains("left behind: "), "\(done.summary)")
      let after = try Set(names.map(version).compactMap(\.self))
      #expect(
        after.count < 2 || status == 9 && before != [before[0], before[0], before[0]],
        "\(done.summary) \(after)")
      if status == 0 { #expect(after.isSubset(of: [new]), "\(done.summary)") }
      return status == 0 ? .whole : .refused
    }

    /// Writes while the other user swaps, until that is over and there were enough of `outcome`.
    func race(until outcome: Outcome, _ enough: Int) throws -> [Outcome: Int] {
      var outcomes: [Outcome: Int] = [:]
      for _ in 0..<20 where outcomes[outcome, default: 0] < enough {
        let racer = try ChildProcess(
          "setpriv",
          [
            "--reuid", "\(stranger)", "--clear-groups", try builtProgram("Racer"), scene.directory, outside,
            "100000",
          ])
        try waitUntil("the other user") { !racer.standardOutputBytes.isEmpty }
        while racer.status == nil { outcomes[try write(), default: 0] += 1 }
        #expect(try racer.wait().status == .exited(0))
      }
      return outcomes
    }
  }

  @Test func leadsNoWriteElsewhere() throws {
    let arena = try Arena(writer: 65534)
    let before = try remainsOfTree(arena.outside)
    let outcomes = try arena.race(until: .whole, 10)
    print("racing user: \(outcomes.map { "\($1) \($0.rawValue)" })")
    #expect(outcomes[.whole, default: 0] >= 10 && outcomes[.refused, default: 0] > 0)
    #expect(try remainsOfTree(arena.outside) == before)
    // What is left of it all stops no write.
    #expect(try arena.write() == .whole)
  }

  /// Root is refused each time, before it makes anything.
  @Test func leadsNoWriteOfRootsAnywhere() throws {
    let arena = try Arena(writer: 0)
    let before = try remainsOfTree(arena.outside)
    let outcomes = try arena.race(until: .refused, 10)
    print("racing user and root: \(outcomes.map { "\($1) \($0.rawValue)" })")
    #expect(Array(outcomes.keys) == [.refused])
    #expect(try remainsOfTree(arena.outside) == before)
  }
}
