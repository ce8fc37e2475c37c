// Files that somebody writes while the agent reads them: pools under each of their names, and the configuration at the start.
import Glibc
import PostfixFiles
import TestSupport
import TestTraits
import Testing
import Threads

@testable import Agent

@Suite(.waits) struct TornFileTests {
  private let directory: TemporaryDirectory
  private let lines = ["smtp:[127.0.0.2]:25\n", "relay:[127.0.0.3]:2525\n", "smtp:[127.0.0.4]:2525\n"]
  private static let master = "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n"

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write("master.cf", Self.master)
  }

  private func store() throws -> PoolStore {
    let names = ["a", "b", "c", "d"].map { "\($0) = randmap:\(directory.path)/pool\n" }.joined()
    try directory.write("main.cf", names)
    return PoolStore(
      try AgentSetup(directory: directory.path, environment: Environment()), on: SocketLoop(), say: { _ in })
  }

  private func members(_ store: PoolStore, _ request: PoolRequest) throws -> [String] {
    var answer: PoolStore.Answer?
    store.pool(request) { answer = $0 }
    return try #require(answer).get().members.map { $0.result + "\n" }
  }

  /// Each way to ask for the same file.
  private var requests: [PoolRequest] {
    let names = ["a", "b", "c", "d", directory.file("pool")].map { Bytes($0.utf8) }
    return names.map { PoolRequest(text: $0) } + names.map { PoolRequest(text: $0, kind: .nextHop) }
  }

  /// Each text is as long as no other, so that the files differ however coarse the clock of the disk is.
  @Test func whatWasGoodOfAFileIsSoUnderEachOfItsNames() throws {
    let whole = lines.joined()
    for torn in [String(whole.dropLast(3)), String(whole.dropLast(4)), "", "0.0.2]:25\nsmtp:[127.0.0.3]\n"] {
      for first in requests {
        let store = try store()
        try directory.write("pool", whole)
        #expect(try members(store, first) == lines)
        try directory.write("pool", torn)
        for request in requests {
          #expect(
            try members(store, request) == lines, "\(torn) as \(request.text.text) after \(first.text.text)")
        }
        try directory.write("pool", lines[1])
        #expect(try requests.allSatisfy { try members(store, $0) == [lines[1]] })
        // The last good one, and not the one that this name had.
        try directory.write("pool", "smtp:[127")
        #expect(try requests.allSatisfy { try members(store, $0) == [lines[1]] })
      }
    }
  }

  /// Where the last line had no end from the beginning, a text that the good one begins with is a cut one.
  @Test func aTextThatTheGoodOneBeginsWithIsNotTaken() throws {
    let store = try store()
    let whole = String(lines.joined().dropLast())
    let pool = PoolRequest(text: Bytes("a".utf8))
    try directory.write("pool", whole)
    #expect(try members(store, pool) == lines)
    for length in 0..<whole.count where !whole.prefix(length).hasSuffix("\n") {
      try directory.write("pool", String(whole.prefix(length)))
      #expect(try members(store, pool) == lines, "\(length) bytes")
    }
    // Who removes a line removes all of it, and who writes another text may end it as the one before.
    try directory.write("pool", lines[0])
    #expect(try members(store, pool) == [lines[0]])
    try directory.write("pool", "smtp:[127.0.0.5]")
    #expect(try members(store, pool) == [lines[0]])
  }

  /// A member that no transport takes is wrong where a good text is known; at first it stays, since its transport may come.
  @Test func aTransportThatMasterCfHasNotIsNotTakenOver() throws {
    let store = try store()
    let pool = PoolRequest(text: Bytes("a".utf8))
    let whole = lines.joined()
    for cut in 1..<lines[0].count - 1 {
      try directory.write("pool", whole)
      #expect(try members(store, pool) == lines)
      try directory.write("pool", String(whole.dropFirst(cut)))
      #expect(try members(store, pool) == lines, "without \(cut) bytes")
    }
    for bad in ["nosuch:[127.0.0.2]\n", "nosuch:\n", "root:x:0:0:root:/root:/bin/bash\n"] {
      try directory.write("pool", whole + bad)
      #expect(try members(store, pool) == lines, "\(bad)")
    }
    try directory.write("master.cf", Self.master + "nosuch unix - - n - - smtp\n")
    try directory.write("pool", whole + "nosuch:[127.0.0.2]\n")
    store.update(try AgentSetup(directory: directory.path, environment: Environment()))
    #expect(try members(store, pool).count == 4)

    // Where it was so at first, the other lines can be changed.
    try directory.write("pool", "lane:[127.0.0.2]\n" + lines[0])
    let later = try self.store()
    #expect(try members(later, pool) == ["lane:[127.0.0.2]\n", lines[0]])
    try directory.write("pool", "lane:[127.0.0.2]\n" + lines[0] + lines[1])
    #expect(try members(later, pool).count == 3)
  }

  /// A named file that becomes wrong between the start and the first mail is none either.
  @Test func whatIsWrongBeforeTheFirstMailIsNotTaken() throws {
    let whole = lines.joined()
    for bad in ["me:x@x y\n", "nosuch:[127.0.0.2]\n", "", "smtp:[127"] {
      for request in requests.filter({ $0.kind == .destination }) {
        try directory.write("pool", whole)
        let store = try store()
        try directory.write("pool", bad)
        #expect(try members(store, request) == lines, "\(bad) as \(request.text.text)")
      }
    }
    // What was wrong at the start stays what it is.
    try directory.write("pool", "nosuch:[127.0.0.2]\n")
    let store = try store()
    try directory.write("pool", "nosuch:[127.0.0.2]\n" + lines[0])
    #expect(try members(store, PoolRequest(text: Bytes("a".utf8))).count == 2)
  }

  // MARK: - At the start

  private func start(limit: Duration = .long, pause: () throws -> Void) throws -> String {
    try AgentSetup(whenWritten: directory.path, Environment(), limit: limit) {
      do { try pause() } catch { Issue.record(error) }
    }.queueDirectory
  }

  /// As if nobody had written it for an hour.
  private func age(_ name: String) {
    var times = [
      timeval(tv_sec: time(nil) - 3_600, tv_usec: 0), timeval(tv_sec: time(nil) - 3_600, tv_usec: 0),
    ]
    utimes(directory.file(name), &times)
  }

  /// Wherever the writer of main.cf or master.cf has got to: the agent takes the queue directory that will be there.
  @Test func theStartWaitsForAConfigurationThatIsBeingWritten() throws {
    let main = "myhostname = a.example\nmy_pool = !smtp:[127.0.0.2]\nqueue_directory = \(directory.path)/q\n"
    age("master.cf")
    for length in 0..<main.count {
      try directory.write("main.cf", String(main.prefix(length)))
      var pauses = 0
      let queue = try start {
        pauses += 1
        // Somebody who takes two looks' time for it.
        if pauses == 2 { try directory.write("main.cf", main) }
      }
      #expect(queue == directory.path + "/q" && pauses == 2, "\(length) bytes")
    }
    #expect(try start { Issue.record("it waits for what is whole") } == directory.path + "/q")
    for torn in ["", "smtp unix - - n - - smtp\nrelay un"] {
      try directory.write("master.cf", torn)
      var pauses = 0
      _ = try start {
        pauses += 1
        try directory.write("master.cf", Self.master)
      }
      #expect(pauses == 1)
    }
  }

  /// An administrator may leave the last line without its end: what rests is taken as it is, unless it sets nothing at all.
  @Test func theStartTakesWhatRests() throws {
    let main = "queue_directory = \(directory.path)/q"
    try directory.write("main.cf", main)
    age("master.cf")
    var pauses = 0
    let queue = try start {
      pauses += 1
      age("main.cf")
    }
    #expect(queue == directory.path + "/q" && pauses == 1)
    #expect(try start { Issue.record("it waits for what is old") } == directory.path + "/q")
    // It never rests.
    #expect(try start(limit: .zero) { try directory.write("main.cf", main) } == directory.path + "/q")

    try directory.write("main.cf", "# nothing\n")
    age("main.cf")
    let refused = try runRandmap(["agent", "-c", directory.path])
    #expect(
      refused.status == .exited(1) && refused.standardError.contains("it sets nothing"), "\(refused.summary)")
  }
}
