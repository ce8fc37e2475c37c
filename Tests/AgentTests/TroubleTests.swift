// What cannot be delivered: it waits, with a reason in the mail log, and nothing else suffers.
import Glibc
import PostfixFiles
import TestSupport
import TestTraits
import Testing
import Threads

@testable import Agent

@Suite(.waits) struct TroubleTests {
  @Test func whatCannotBeDeliveredWaitsWithAReason() throws {
    let sink = try SmtpSink()
    let outside = try TemporaryDirectory()
    try outside.write("pool", "smtp:\(sink.address)\n")
    let lab = try PostfixLab(
      main: """
        transport_maps = texthash:$config_directory/transport
        default_transport = randmap:!smtp:\(sink.address)
        my_pool = !smtp:\(sink.address)
        """,
      files: [
        "transport": """
        nosuch.example     randmap:!nosuch:[gw]!neither:
        empty.example      randmap:!
        emptyfile.example  randmap:$config_directory/none
        nofile.example     randmap:/etc/postfix/../nosuch/file
        name.example       randmap:no_such_pool
        bracket.example    randmap:!smtp:[gw!relay:a..b
        nested.example     randmap:|randmap:!smtp:[gw]
        rewrite.example    randmap:!rewrite:
        path.example       randmap:!../public/qmgr:
        half.example       randmap:!nosuch:[gw]!smtp:\(sink.address)
        named.example      randmap:my_pool

        """
      ])
    let agent = try RunningAgent(beside: lab)
    // Before 3.6 only delivery agents greet: who waits for the greeting of another service waits long.
    let allGreet = lab.version >= PostfixVersion(3, 6)
    let recipients =
      (["nosuch", "empty", "nofile", "name", "bracket", "nested", "path"] + (allGreet ? ["rewrite"] : []))
      .map { "user@\($0).example" }
    for recipient in recipients { try lab.sendOne(to: [recipient]) }
    for recipient in ["1@half.example", "2@half.example", "3@half.example", "1@named.example"] {
      try lab.sendOne(to: [recipient])
    }
    try lab.waitUntilSettled()
    #expect(sink.count == 4, "\(agent.log)")
    let reasons = Dictionary(
      lab.deliveries.filter { $0.status == .deferred }.map { ($0.recipient, $0.reason) }
    ) { first, _ in first }
    #expect(reasons.count == recipients.count, "\(lab.log)")
    func reason(_ name: String) -> String { reasons["user@\(name).example"] ?? "" }
    #expect(reason("nosuch").contains("no transport takes the mail: private/"))
    #expect(reason("nosuch").contains("private/nosuch: No such file or directory"))
    #expect(reason("empty").contains("pool ! is empty"))
    #expect(reason("nofile").contains("No such file or directory"))
    #expect(reason("name").contains("no pool is named \"no_such_pool\""))
    #expect(reason("bracket").contains("smtp(8) cannot parse \"[gw\""))
    #expect(reason("nested").contains("a pool within a pool"))
    // Those who look before say so too.
    let route = try runRandmap(["route", "user@nested.example", "-c", lab.configDirectory])
    #expect(route.standardOutput.contains("a pool within a pool"), "\(route.summary)")
    let check = try runRandmap(["--check", "-c", lab.configDirectory])
    #expect(check.standardOutput.contains("[RM128]"), "\(check.summary)")
    #expect(!allGreet || reason("rewrite").contains("it does not greet as a delivery agent"))
    #expect(reason("path").contains("is not the name of a transport"))
    #expect(lab.deliveries.filter { $0.status == .deferred }.allSatisfy { $0.dsn.hasPrefix("4.3.") })
    #expect(!lab.log.contains("malformed response"))
    #expect(!lab.log.contains("premature disconnect"))
  }

  /// A pool file is read only where the configuration names it, or lies under its directory.
  @Test func readsNoFileOutsideTheConfiguration() throws {
    let outside = try TemporaryDirectory()
    let path = try outside.write("pool", "smtp:[gw.example]\n")
    let inside = try TemporaryDirectory()
    try inside.write("master.cf", "smtp unix - - n - - smtp\n")
    try inside.write("pool", "smtp:[gw.example]\n")
    try inside.makeDirectory("empty")
    symlink(path, inside.file("link"))
    try inside.write("main.cf", "queue_directory = \(inside.file("empty"))\n")
    var said: [String] = []
    let store = PoolStore(
      try AgentSetup(directory: inside.path, environment: Environment()),
      on: SocketLoop()
    ) { said.append($0) }
    func read(_ text: String) throws -> AgentPool {
      var outcome: PoolStore.Answer?
      store.pool(PoolRequest(text: Bytes(text.utf8))) { outcome = $0 }
      return try #require(outcome).get()
    }
    #expect(try read(inside.file("pool")).members.count == 1)
    for bad in [path, inside.file("empty/../../") + path, inside.file("link"), inside.file("empty")] {
      #expect(throws: PoolError.self, "\(bad)") { try read(bad) }
    }
    try inside.write("main.cf", "default_transport = randmap:\(path)\n")
    store.update(try AgentSetup(directory: inside.path, environment: Environment()))
    #expect(try read(path).members.count == 1)
    #expect(said == [])
  }

  /// Whatever stands in the place of a pool file: none of it holds the agent up, and what was good goes on.
  @Test func strangePoolFilesHoldNothingUp() throws {
    let directory = try TemporaryDirectory()
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    try directory.write("main.cf", "")
    let path = directory.file("pool")
    let store = PoolStore(
      try AgentSetup(directory: directory.path, environment: Environment()), on: SocketLoop()
    ) { _ in }
    func members() -> Int? {
      var answer: PoolStore.Answer?
      store.pool(PoolRequest(text: Bytes(path.utf8))) { answer = $0 }
      return try? answer?.get().members.count
    }
    let strange: [(String, () throws -> Void)] = [
      ("nothing", {}), ("a FIFO", { mkfifo(path, 0o600) }), ("a device", { symlink("/dev/zero", path) }),
      ("a loop", { symlink(path, path) }), ("a directory", { mkdir(path, 0o700) }),
      ("a secret", { symlink("/etc/shadow", path) }),
      ("nothing in it", { try directory.write("pool", "# no\n") }),
      ("bytes", { try writeFile(path, "\u{0}\u{1}smtp:[\u{0}\n") }),
    ]
    func replace(by make: () throws -> Void) throws {
      _ = remove(path)
      try make()
    }
    for (what, make) in strange {
      try replace(by: make)
      #expect(members() == nil, "\(what)")
    }
    try replace { try directory.write("pool", "smtp:[127.0.0.2]:1\nsmtp:[127.0.0.3]:1\n") }
    #expect(members() == 2)
    for (what, make) in strange {
      try replace(by: make)
      #expect(members() == 2, "\(what)")
    }
    _ = remove(path)
  }

  /// Wherever somebody who writes a file has got to: a line counts once it has its end, and a file that was good is not
  /// taken without one. Each text is as long as no other, so that the files differ however coarse the clock of the disk is.
  @Test func aLineThatIsCutIsNotTaken() throws {
    let directory = try TemporaryDirectory()
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    try directory.write("main.cf", "")
    var said: [String] = []
    let store = PoolStore(
      try AgentSetup(directory: directory.path, environment: Environment()), on: SocketLoop()
    ) { said.append($0) }
    let lines = ["smtp:[127.0.0.2]:25\n", "smtp:[127.0.0.3]:2525\n"]
    let whole = lines.joined()
    func members(_ name: String = "pool") throws -> [String] {
      var answer: PoolStore.Answer?
      store.pool(PoolRequest(text: Bytes(directory.file(name).utf8))) { answer = $0 }
      return try #require(answer).get().members.map(\.result)
    }
    let both = lines.map { String($0.dropLast()) }
    for length in 0..<whole.count {
      try directory.write("pool", whole)
      #expect(try members() == both)
      try directory.write("pool", String(whole.prefix(length)))
      #expect(try members() == (length == lines[0].count ? [both[0]] : both), "\(length) bytes")
    }
    #expect(said.contains { $0.contains("its last line has no end") })
    // Who never ended the last line may go on so.
    for text in ["smtp:[127.0.0.4]", "smtp:[127.0.0.5]:1"] {
      try directory.write("open", text)
      #expect(try members("open") == [text])
    }

    func value(_ key: String) throws -> String? {
      var answer: Result<[String: String], PoolError>?
      store.table(at: directory.file("table")) { answer = $0 }
      return try #require(answer).get()[key]
    }
    let table = "a.example smtp:[127.0.0.2]\nb.example smtp:[127.0.0.3]\n"
    for length in 0..<table.count {
      try directory.write("table", table)
      #expect(try value("b.example") == "smtp:[127.0.0.3]")
      try directory.write("table", String(table.prefix(length)))
      #expect(try value("a.example") == "smtp:[127.0.0.2]", "\(length) bytes")
    }
  }

  /// A file that takes time is read on another thread; deliveries that do not need it go on.
  @Test func readsALargePoolFileAsideAllOrNothing() throws {
    let directory = try TemporaryDirectory()
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    try directory.write("main.cf", "")
    let lines = (0..<5_000).map { "smtp:[gw\($0).example]\n" }
    try directory.write("pool", lines.joined())
    let setup = try AgentSetup(directory: directory.path, environment: Environment())
    let loop = SocketLoop()
    var said: [String] = []
    let store = PoolStore(setup, on: loop) { said.append($0) }
    /// The members of the pool, and whether they were there at once.
    func ask(_ text: String) throws -> (count: Int, atOnce: Bool) {
      var answer: PoolStore.Answer?
      store.pool(PoolRequest(text: Bytes(text.utf8))) { answer = $0 }
      let atOnce = answer != nil
      var isLate = false
      loop.after(.seconds(60)) { isLate = true }
      while answer == nil, !isLate { loop.turn() }
      return (try #require(answer).get().members.count, atOnce)
    }
    let first = try ask(directory.file("pool"))
    #expect(first == (5_000, false))
    #expect(try ask(directory.file("pool")) == (5_000, true))
    #expect(try ask("!smtp:[a]!smtp:[b]") == (2, true))
    // One bad line spoils it: the file as it was goes on, and what is wrong is said once.
    try directory.write("pool", lines.joined() + "smtp:[broken\n")
    #expect(try ask(directory.file("pool")) == (5_000, false))
    #expect(try ask(directory.file("pool")) == (5_000, true))
    #expect(said.count == 1)
    #expect(said.first?.contains("going on with what it was before") == true)
    try directory.write("pool", lines.dropLast(1_000).joined())
    #expect(try ask(directory.file("pool")) == (4_000, false))
  }

  @Test func aBrokenRequestHarmsNobody() throws {
    let sink = try SmtpSink()
    let lab = try PostfixLab(main: "default_transport = randmap:!smtp:\(sink.address)")
    let agent = try RunningAgent(beside: lab)
    let socket = lab.queueDirectory + "/private/randmap"
    func answer(to bytes: Bytes) throws -> Bytes {
      let client = try RawClient(socket)
      #expect(client.readList() == Greeting.of(lab.version))
      client.send(bytes)
      return client.readList()
    }
    let whole = requestBytes(nextHop: "!smtp:[x]", recipients: ["a@b.example"])
    #expect(try answer(to: Bytes("nonsense\0\0\0".utf8)).text.contains("cannot read the delivery request"))
    #expect(try answer(to: Bytes(repeating: 65, count: 100_000)).text.contains("an attribute is longer"))
    #expect(try answer(to: whole + whole).text.contains("bytes after its end"))
    let short = try RawClient(socket)
    short.send(Bytes(whole.dropLast(10)))
    short.finish()
    #expect(short.readList() == Greeting.of(lab.version))
    #expect(short.readList() == [])
    try agent.waitUntilItSays("it ends in the middle")
    // A queue manager that changes its mind, and one that sends nothing.
    let idle = try RawClient(socket)
    for _ in 0..<300 { _ = try RawClient(socket).readList() }
    // A request for a queue file that is not there: smtp(8) does not take it, and it is not reported as delivered.
    let answer = try answer(to: requestBytes(nextHop: "!smtp:\(sink.address)", recipients: ["a@b.example"]))
    var reader = DeliveryReport.Reader()
    #expect(try reader.receive(answer)?.isDone == false)
    try lab.sendOne(to: ["user@example.net"])
    try lab.waitUntilDrained()
    #expect(sink.count == 1)
    _ = idle.readList()
    try agent.stop()
  }
}
