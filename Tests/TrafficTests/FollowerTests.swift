// A log is followed through both ways of rotation and through restarts, without losing a line or reading one twice.

import Glibc
import TestSupport
import TestTraits
import Testing

@testable import Traffic

@Suite(.waits) struct FollowerTests {
  private let directory: TemporaryDirectory
  private let log: String

  init() throws {
    directory = try TemporaryDirectory()
    log = directory.file("maillog")
  }

  /// What a writer does, and what was read of it.
  private final class Scene {
    let log: String
    var written = 0
    var read = 0
    var follower: LogFollower
    private var file: Int32 = -1

    init(_ log: String) {
      self.log = log
      follower = LogFollower(log, from: [])
      open()
    }

    deinit { close(file) }

    func open() {
      if file >= 0 { close(file) }
      file = Glibc.open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    }

    func write(_ count: Int, isCut: Bool = false) {
      for _ in 0..<count {
        written += 1
        let line = LogFormat.rfc3339.line(.sent("A\(100_000 + written)", to: "u\(written)@x.example")) + "\n"
        let bytes = Array(line.utf8)
        let half = isCut ? bytes.count / 2 : bytes.count
        _ = Glibc.write(file, Array(bytes[..<half]), half)
        if isCut {
          look()
          _ = Glibc.write(file, Array(bytes[half...]), bytes.count - half)
        }
      }
    }

    func look() {
      var tally = Tally(sampleChannels, latest: start)
      do throws(LogError) { try follower.read(into: &tally) } catch {
        Issue.record("\(error.message)")
      }
      read += cell(tally, "[127.0.0.2]:25").attempts
    }

    /// The run ends, and another one goes on by what was kept.
    func restart(lastRun: Int = .max) {
      let kept = follower.positions.map(\.text)
      follower = LogFollower(log, from: kept.compactMap { LogPosition(text: $0) }, lastRun: lastRun)
    }

    func copyAndTruncate(to copy: String) throws {
      try writeFile(copy, try readFile(log))
      truncate(log, 0)
    }
  }

  @Test func linesAreReadOnceEvenWhenTheyComeInParts() {
    let scene = Scene(log)
    scene.look()
    scene.write(3, isCut: true)
    scene.look()
    #expect(scene.read == 3)
    scene.write(2)
    scene.restart()
    scene.look()
    scene.look()
    #expect(scene.read == 5)
  }

  /// The writer goes on with the renamed file until it is told.
  @Test func renamingLosesAndDoublesNothing() {
    let scene = Scene(log)
    scene.write(10)
    scene.look()
    scene.write(5)
    rename(log, directory.file("maillog.1"))
    scene.write(4)
    scene.look()
    scene.write(3)
    scene.look()
    scene.open()
    scene.write(6)
    scene.look()
    #expect(scene.read == 28 && scene.written == 28)
    scene.look()
    #expect(scene.read == 28)
  }

  /// A log of which nothing was read yet may go as well: it was made, filled, copied and truncated between two looks.
  @Test(arguments: [false, true]) func aCopyOfAYoungLogIsRead(isSeenEmpty: Bool) throws {
    let scene = Scene(log)
    scene.write(10)
    scene.look()
    rename(log, directory.file("maillog.1"))
    scene.write(2)
    scene.open()
    if isSeenEmpty { scene.look() }
    scene.write(7)
    try scene.copyAndTruncate(to: directory.file("maillog.2"))
    scene.write(4)
    scene.look()
    #expect(scene.read == 23 && scene.written == 23)
    scene.write(1)
    scene.look()
    scene.look()
    #expect(scene.read == 24)
  }

  /// The copy is there, and the log is not truncated yet: both hold the same lines.
  @Test func aCopyThatIsNotTruncatedYetIsNotReadTwice() throws {
    let scene = Scene(log)
    scene.write(10)
    scene.look()
    rename(log, directory.file("maillog.1"))
    scene.open()
    scene.look()
    scene.write(7)
    try writeFile(directory.file("maillog.2"), try readFile(log))
    scene.look()
    #expect(scene.read == 17)
    truncate(log, 0)
    scene.write(3)
    scene.look()
    scene.look()
    #expect(scene.read == 20)
  }

  @Test func twoRotationsBetweenTwoLooksLoseNothing() throws {
    let scene = Scene(log)
    scene.write(10)
    scene.look()
    rename(log, directory.file("maillog.1"))
    scene.open()
    scene.write(5)
    rename(log, directory.file("maillog.2"))
    scene.open()
    scene.write(3)
    scene.look()
    #expect(scene.read == 18)
    // What is packed afterwards keeps its time and is known.
    try runSuccessfully("gzip", [directory.file("maillog.1"), directory.file("maillog.2")])
    rename(log, directory.file("maillog.3"))
    scene.open()
    scene.look()
    scene.write(2)
    scene.look()
    #expect(scene.read == 20)
  }

  @Test func copyingAndTruncatingLosesAndDoublesNothing() throws {
    let scene = Scene(log)
    scene.write(10)
    scene.look()
    scene.write(5)
    try scene.copyAndTruncate(to: directory.file("maillog.1"))
    scene.write(4)
    scene.look()
    #expect(scene.read == 19)
    // The new one grows beyond the place where the old one was read to.
    scene.write(3)
    scene.look()
    try scene.copyAndTruncate(to: directory.file("maillog-20261128"))
    scene.write(40)
    scene.look()
    #expect(scene.read == scene.written)
  }

  /// While no report went on, the log was rotated twice, and the older one packed.
  @Test func aRestartGoesOnInWhatWasRotatedMeanwhile() throws {
    let scene = Scene(log)
    scene.write(10)
    scene.look()
    scene.write(5)
    rename(log, directory.file("maillog.2"))
    try age(directory.file("maillog.2"), seconds: 100)
    scene.open()
    scene.write(7)
    rename(log, directory.file("maillog.1"))
    try age(directory.file("maillog.1"), seconds: 50)
    scene.open()
    scene.write(2)
    // Files that were written in one tick of the clock would have one time.
    for (number, seconds) in [(2, 20), (1, 10)] {
      try age(directory.file("maillog.\(number)"), seconds: seconds)
    }
    try runSuccessfully("gzip", [directory.file("maillog.2")])
    scene.restart()
    scene.look()
    #expect(scene.read == 24 && scene.written == 24)
    scene.restart()
    scene.look()
    #expect(scene.read == 24)
  }

  /// An empty log has nothing by which it is known again: a copy that is younger than the last run is one of it.
  @Test(arguments: [false, true]) func aRestartReadsTheCopyOfALogThatWasEmpty(isRenamedBefore: Bool) throws {
    let scene = Scene(log)
    scene.write(10)
    scene.look()
    if isRenamedBefore {
      rename(log, directory.file("maillog.1"))
      scene.write(2)
      scene.open()
    } else {
      try scene.copyAndTruncate(to: directory.file("maillog.1"))
    }
    scene.look()
    try age(directory.file("maillog.1"), seconds: 100)
    scene.restart(lastRun: Int(time(nil)) - 50)
    scene.write(5)
    try scene.copyAndTruncate(to: directory.file("maillog.2"))
    scene.write(3)
    // The renamed file may have been written to since as well.
    if isRenamedBefore { try age(directory.file("maillog.1"), seconds: 0) }
    scene.look()
    scene.look()
    #expect(scene.read == scene.written)
  }

  /// The same for one that was renamed and packed: that is another file.
  @Test func aRestartReadsThePackedFileOfALogThatWasEmpty() throws {
    let scene = Scene(log)
    scene.write(10)
    scene.look()
    rename(log, directory.file("maillog.1"))
    scene.open()
    scene.look()
    try age(directory.file("maillog.1"), seconds: 100)
    scene.restart(lastRun: Int(time(nil)) - 50)
    scene.write(5)
    rename(directory.file("maillog.1"), directory.file("maillog.3"))
    rename(log, directory.file("maillog.2"))
    scene.open()
    scene.write(4)
    rename(log, directory.file("maillog.1"))
    for (number, seconds) in [(2, 20), (1, 10)] {
      try age(directory.file("maillog.\(number)"), seconds: seconds)
    }
    try runSuccessfully("gzip", [directory.file("maillog.2")])
    scene.open()
    scene.write(3)
    scene.look()
    scene.look()
    #expect(scene.read == 22 && scene.written == 22)
  }

  /// A run that ends before it has read anything leaves nothing out.
  @Test func aRestartBeforeTheFirstLookKeepsAllPlaces() {
    let scene = Scene(log)
    scene.write(10)
    scene.look()
    rename(log, directory.file("maillog.1"))
    scene.look()
    scene.write(4)
    scene.open()
    scene.restart()
    scene.restart()
    scene.look()
    #expect(scene.read == 14 && scene.written == 14)
  }

  @Test func aRestartGoesOnInAFileThatItsWriterStillHas() {
    let scene = Scene(log)
    scene.write(4)
    scene.look()
    rename(log, directory.file("maillog.1"))
    scene.write(1)
    scene.look()
    let late = scene.written
    scene.write(3)
    scene.restart()
    scene.look()
    #expect(late == 5 && scene.read == 8)
  }

  @Test func manyRotationsInAnyOrderLoseNothing() throws {
    for seed in UInt64(1)...8 {
      var generator = SeededGenerator(seed: seed)
      let name = directory.file("log\(seed)")
      let scene = Scene(name)
      var rotations = 0
      for _ in 0..<60 {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0, 1: scene.write(Int.random(in: 1...20, using: &generator))
        case 2: scene.look()
        case 3: scene.restart()
        case 4:
          scene.look()
          rotations += 1
          rename(name, "\(name)-\(20_261_100 + rotations)")
          scene.open()
        default:
          scene.write(1)
          scene.look()
          rotations += 1
          try scene.copyAndTruncate(to: "\(name)-\(20_261_100 + rotations)")
          scene.write(1)
        }
      }
      scene.look()
      #expect(scene.read == scene.written, "seed \(seed)")
    }
  }

  /// What a host writes while the log is followed is of now, whatever its clock says.
  @Test(arguments: [LogFormat.rfc3339, .traditional]) func aWrongClockLosesNoLine(format: LogFormat) throws {
    let now = Int(time(nil))
    let follower = LogFollower(log, from: [])
    var tally = Tally(sampleChannels, since: now, latest: now)
    func write(_ id: String, at time: Int) throws {
      let line = format.line(.sent(id, at: time - start)) + "\n"
      try writeFile(log, ((try? readFile(log)) ?? []) + Array(line.utf8))
    }
    // This one was there before.
    try write("AAAAAA1", at: now - 3_600)
    try follower.read(into: &tally)
    try write("AAAAAA2", at: now + 3_600)
    try write("AAAAAA3", at: now - 3_600)
    try write("AAAAAA4", at: Int(time(nil)))
    try follower.read(into: &tally)
    let counts = tally.takeCounts(now: Int(time(nil)))
    let channel = try #require(sampleChannels.all.firstIndex { $0.gateway.description == "[127.0.0.2]:25" })
    let end = Int(time(nil))
    #expect(counts.sum(channel: channel, since: now - 60, until: end + 1).sent == 3)
    #expect(counts.sum(channel: channel).sent == 3 && counts.skewed == 2)
    #expect(counts.lastSent[channel].map { $0 >= now && $0 <= end } == true)
    // A year that is not known is not told from a clock that is days behind.
    try write("AAAAAA5", at: now - 200_000)
    try follower.read(into: &tally)
    #expect(tally.takeCounts(now: end).sum(channel: channel).sent == 0)
  }

  /// Each report of those that follow names the hosts of its lines.
  @Test func theNextCountsHaveTheHostTooThatTheLastOnesHad() {
    var tally = Tally(sampleChannels, latest: start)
    for id in ["AAAAAA1", "AAAAAA2"] {
      tally.feed(Array((LogFormat.rfc3339.line(.sent(id)) + "\n").utf8))
      #expect(tally.takeCounts(now: start).hosts == ["mx"])
    }
  }

  @Test func onlyRotatedFilesOfThisLogAreTaken() throws {
    for name in [
      "maillog", "maillog.1", "maillog.2.gz", "maillog-20261127", "maillog.20261128-180000.xz", "maillog.old",
      "maillog2", "maillog.1.pos", "other.1",
    ] { try directory.write(name, "x") }
    let found = Set(LogFinder.rotated(log).map { $0.path })
    #expect(
      found
        == Set(
          ["maillog.1", "maillog.2.gz", "maillog-20261127", "maillog.20261128-180000.xz"].map(directory.file))
    )
  }

  @Test func twoReportsOfOneLogAreRefused() throws {
    let first = try PositionFile(directory.file("a/b/position"))
    #expect(throws: LogError.self) {
      try PositionFile(directory.file("a/b/position"))
    }
    // Where others may write, nothing is made.
    try directory.makeDirectory("open")
    chmod(directory.file("open"), 0o777)
    for name in ["open/position", "open/c/position"] {
      #expect(throws: LogError.self) { try PositionFile(directory.file(name)) }
    }
    #expect(try namesIn(directory.file("open")).isEmpty)
    try first.keep(["1 2 3 61"]) {}
    #expect(first.lines == ["1 2 3 61"])
    #expect(LogPosition(text: first.lines[0])?.text == "1 2 3 61")
    for text in ["", "1", "1 2", "1 2 -3", "1 2 3 6", "1 2 3 zz", "a b c"] {
      #expect(LogPosition(text: text) == nil, "\(text)")
    }
  }
}
