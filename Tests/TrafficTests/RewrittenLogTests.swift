// A log that is followed may be edited, shortened, emptied or put back: its old lines are not new ones, and its new ones are.

import Glibc
import TestSupport
import TestTraits
import Testing

@testable import Traffic

@Suite(.waits) struct RewrittenLogTests {
  private let directory: TemporaryDirectory
  private let log: String

  init() throws {
    directory = try TemporaryDirectory()
    log = directory.file("maillog")
  }

  /// How a log may come to hold lines again that were read.
  enum Rewriting: CaseIterable { case edited, trimmed, movedAndCopiedBack, copiedAndTruncated }

  /// `sed -i`, `tail > x; cat x > log`, `mv; cp`: what was written before the last look is not of now.
  @Test(arguments: Rewriting.allCases) func aLogThatIsRewrittenHasNoNewLines(rewriting: Rewriting) throws {
    let now = Int(time(nil))
    let follower = LogFollower(log, from: [])
    let channel = try #require(sampleChannels.all.firstIndex { $0.gateway.description == "[127.0.0.2]:25" })
    func line(_ number: Int, at time: Int) -> [UInt8] {
      Array((LogFormat.rfc3339.line(.sent("AAAAAA\(number)", at: time - start)) + "\n").utf8)
    }
    func look() throws -> Int {
      var tally = Tally(sampleChannels, since: now, latest: now)
      try follower.read(into: &tally)
      return tally.takeCounts(now: Int(time(nil))).sum(channel: channel).sent
    }
    let lines = (0..<9).map { line($0, at: now - 7_200 + $0 * 60) }
    try writeFile(log, Array(lines.joined()))
    #expect(try look() == 0)
    let copy = directory.file("copy")
    switch rewriting {
    case .edited:
      try writeFile(copy, Array(lines.joined()).map { $0 == UInt8(ascii: "F") ? UInt8(ascii: "x") : $0 })
      rename(copy, log)
    case .trimmed: try writeFile(log, Array(lines[4...].joined()))
    case .movedAndCopiedBack:
      rename(log, copy)
      #expect(try look() == 0)
      try writeFile(log, try readFile(copy))
    case .copiedAndTruncated:
      try writeFile(directory.file("maillog.1"), try readFile(log))
      try writeFile(log, Array(lines[8]))
    }
    let file = Glibc.open(log, O_WRONLY | O_APPEND | O_CREAT, 0o644)
    defer { close(file) }
    let new = line(10, at: Int(time(nil)))
    _ = Glibc.write(file, new, new.count)
    #expect(try look() == 1)
    let behind = line(11, at: now - 3_600)
    _ = Glibc.write(file, behind, behind.count)
    #expect(try look() == 1)
  }

  /// In one report too nothing of it counts twice.
  @Test(arguments: [Rewriting.edited, .trimmed, .copiedAndTruncated], [false, true])
  func aLogThatIsRewrittenIsNotCountedTwice(rewriting: Rewriting, isSeenEmpty: Bool) throws {
    let now = Int(time(nil))
    let follower = LogFollower(log, from: [])
    var tally = Tally(sampleChannels, since: now - 86_400, latest: now)
    func line(_ number: Int, at time: Int) -> [UInt8] {
      Array((LogFormat.rfc3339.line(.sent("AAAAAA\(number)", at: time - start)) + "\n").utf8)
    }
    let lines = (0..<9).map { line($0, at: now - 600 + $0 * 60) }
    try writeFile(log, Array(lines[..<8].joined()))
    try follower.read(into: &tally)
    // This one comes just before.
    try writeFile(log, Array(lines.joined()))
    let copy = directory.file(rewriting == .copiedAndTruncated ? "maillog.1" : "copy")
    try writeFile(copy, try readFile(log))
    if rewriting == .edited {
      if !isSeenEmpty { try writeFile(copy, [UInt8(ascii: "x")] + Array(lines.joined())) }
      rename(copy, log)
    } else {
      truncate(log, 0)
      if isSeenEmpty { try follower.read(into: &tally) }
      if rewriting == .trimmed { try writeFile(log, Array(lines[4...].joined())) }
    }
    try follower.read(into: &tally)
    try follower.read(into: &tally)
    let file = Glibc.open(log, O_WRONLY | O_APPEND | O_CREAT, 0o644)
    defer { close(file) }
    let new = line(10, at: Int(time(nil)))
    _ = Glibc.write(file, new, new.count)
    try follower.read(into: &tally)
    let channel = try #require(sampleChannels.all.firstIndex { $0.gateway.description == "[127.0.0.2]:25" })
    #expect(tally.takeCounts(now: Int(time(nil))).sum(channel: channel).attempts == 10)
  }

  /// A log that is emptied, or whose copy is somewhere else, has no old lines: those of the second of the last one are new.
  @Test func aLogThatIsEmptiedLosesNoLine() throws {
    let now = Int(time(nil))
    let follower = LogFollower(log, from: [])
    var tally = Tally(sampleChannels, since: now - 3_600, latest: now)
    let file = Glibc.open(log, O_WRONLY | O_APPEND | O_CREAT, 0o644)
    defer { close(file) }
    func write(_ numbers: ClosedRange<Int>) {
      for number in numbers {
        let sample = Sample.sent("AAAAAA\(number)", at: now - 60 - start)
        let line = Array((LogFormat.rfc3339.line(sample) + "\n").utf8)
        _ = Glibc.write(file, line, line.count)
      }
    }
    for step in 0..<3 {
      write(step * 3...step * 3 + 2)
      try follower.read(into: &tally)
      truncate(log, 0)
      if step == 1 { try follower.read(into: &tally) }
    }
    let channel = try #require(sampleChannels.all.firstIndex { $0.gateway.description == "[127.0.0.2]:25" })
    #expect(tally.takeCounts(now: now).sum(channel: channel).attempts == 9)
  }

  /// A host whose clock is behind loses nothing when its log is rotated: its new lines come after its own last one.
  @Test(arguments: [false, true]) func aClockThatIsBehindLosesNoLineOfANewLog(isCopied: Bool) throws {
    let now = Int(time(nil))
    let follower = LogFollower(log, from: [])
    let channel = try #require(sampleChannels.all.firstIndex { $0.gateway.description == "[127.0.0.2]:25" })
    var tally = Tally(sampleChannels, since: now, latest: now)
    func write(_ number: Int) throws {
      let sample = Sample.sent("AAAAAA\(number)", at: now - 3_600 + number * 10 - start)
      let line = Array((LogFormat.rfc3339.line(sample) + "\n").utf8)
      try writeFile(log, ((try? readFile(log)) ?? []) + line)
    }
    try write(1)
    try follower.read(into: &tally)
    try write(2)
    try follower.read(into: &tally)
    if isCopied {
      try writeFile(directory.file("maillog.1"), try readFile(log))
      truncate(log, 0)
    } else {
      rename(log, directory.file("maillog.1"))
    }
    try write(3)
    try follower.read(into: &tally)
    try write(4)
    try follower.read(into: &tally)
    #expect(tally.takeCounts(now: Int(time(nil))).sum(channel: channel).sent == 3)
  }
}
