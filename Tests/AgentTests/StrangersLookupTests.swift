// What a lookup of any local user is answered: the pools and tables that the configuration uses, and no text of a file that
// is no pool.
import Glibc
import PostfixFiles
import Routing
import TestSupport
import TestTraits
import Testing
import Threads

@testable import Agent

@Suite(.waits) struct StrangersLookupTests {
  private let directory: TemporaryDirectory
  private let log = Mailbox<String>()

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write(
      "master.cf",
      "smtp unix - - n - - smtp\nsubmission inet n - n - - smtpd -o relay_transport=randmap:by_service\n"
    )
  }

  private func dispatcher(main: String) throws -> Dispatcher {
    try directory.write("main.cf", main)
    let log = log
    let setup = try AgentSetup(directory: directory.path, environment: Environment())
    return Dispatcher(setup, stickiness: .none, on: SocketLoop()) { log.post($0) }
  }

  /// The answer to a lookup of a file that is read at once.
  private func ask(
    _ dispatcher: Dispatcher, _ name: String, _ key: String = "u@x.example", from asker: Asker = .anybody
  ) throws -> String {
    var answer: SocketmapAnswer?
    dispatcher.lookup(Bytes("\(name) \(key)".utf8), from: asker) { answer = $0 }
    return try #require(answer).payload
  }

  /// Passwords and keys are values of parameters, and lines of files that parameters name: for the rest of main.cf and of its
  /// directory, a name is no more than a path.
  @Test func aStrangerLearnsOfWhatIsUsedAsAPoolOnly() throws {
    let path = directory.path
    for name in ["sasl", "key", "pg.cf", "lite.cf", "list"] {
      try directory.write(name, "[127.0.0.9]:25 HUNTER:x\ndbpath = HUNTER\n!HUNTER!x\n")
    }
    try directory.write("pool", "smtp:[127.0.0.2]:1\n")
    try directory.write("other", "smtp:[127.0.0.2]:1\n")
    try directory.write("transport", "x.example randmap:by_entry\ny.example lmtp:randmap:by_lmtp_entry\n")
    let pool = "!smtp:[127.0.0.2]:1"
    let used = [
      "by_entry", "by_lmtp_entry", "by_inline_entry", "by_service", "by_value", "by_braces", "by_name",
      "by_other_value",
    ]
    let dispatcher = try dispatcher(
      main: """
        sasl_file = \(path)/sasl
        smtp_sasl_password_maps = texthash:$sasl_file
        smtpd_tls_key_file = \(path)/key
        transport_maps = texthash:\(path)/transport, pgsql:\(path)/pg.cf, sqlite:\(path)/lite.cf,
          inline:{ { z.example = randmap:by_inline_entry } }
        sender_dependent_relayhost_maps = socketmap:unix:private/randmap-lookup:nexthop=by_socketmap
        sender_dependent_default_transport_maps = socketmap:unix:private/randmap-lookup:table=\(path)/by_table
        default_transport = randmap:$by_value
        relay_transport = randmap:\(path)/pool
        local_transport = randmap:by_name
        mailbox_transport = randmap:${by_braces}
        fallback_transport = randmap:by_other_value
        relayhost = [127.0.0.9]:2525, [127.0.0.9]:2526
        own = randmap:\(pool)
        own_file = randmap:\(path)/other
        bind_pw = !HUNTER!x
        bind_pw2 = xHUNTER:xHUNTER:x
        bind_pw3 = randmap:HUNTER
        some_list = \(path)/list
        by_socketmap = \(pool)

        """ + used.map { "\($0) = \(pool)\n" }.joined())
    try directory.write("by_table", "x.example smtp:[127.0.0.3]\n")
    let hidden = [
      "sasl_file", "smtpd_tls_key_file", "some_list", "bind_pw", "bind_pw2", "bind_pw3",
      "smtp_sasl_password_maps",
      "transport_maps", "\(path)/sasl", "\(path)/key", "\(path)/pg.cf", "\(path)/lite.cf", "\(path)/list",
      "\(path)/transport", "\(path)/by_table", "\(path)/main.cf",
    ]
    for name in hidden + hidden.map({ "nexthop=" + $0 })
      + hidden.filter({ $0 != "\(path)/transport" && $0 != "\(path)/by_table" }).map({ "table=" + $0 })
    {
      let answer = try ask(dispatcher, name)
      #expect(answer.hasPrefix("TEMP ") && !answer.contains("HUNTER"), "\(name): \(answer)")
    }
    // One destination, or a list of them, is no pool: a bracket separates nothing.
    #expect(try ask(dispatcher, "relayhost").hasPrefix("TEMP "))
    #expect(!dispatcher.watchList.watched.contains { "\($0)".contains("127.0.0.9") })
    #expect(!log.empty().joined().contains("HUNTER"))
    for name in used + [
      "own", "own_file", "by_socketmap", "default_transport", "relay_transport", "\(path)/pool",
      "\(path)/other",
    ] {
      #expect(try ask(dispatcher, name) == "OK smtp:[127.0.0.2]:1", "\(name)")
      #expect(try ask(dispatcher, "nexthop=" + name) == "OK [127.0.0.2]:1", "\(name)")
    }
    #expect(try ask(dispatcher, "table=\(path)/transport") == "OK smtp:[127.0.0.2]:1")
    #expect(try ask(dispatcher, "table=\(path)/by_table") == "OK smtp:[127.0.0.3]")
  }

  /// What stands in a file that cannot be used is said where Postfix asks, and not on a stranger's account.
  @Test func noErrorThatAStrangerCausesQuotesAFile() throws {
    try directory.write("pool", "smtp:[HUNTER2\nsmtp:[127.0.0.2]:1\n")
    try directory.write("bad", "smtp:[HUNTER3\n")
    try directory.write(
      "table", "x.example randmap:HUNTER4\ny.example randmap:!smtp:[HUNTER5\nz.example randmap:/HUNTER6\n")
    let dispatcher = try dispatcher(
      main: """
        good = randmap:\(directory.path)/pool
        bad = randmap:\(directory.path)/bad
        inline = randmap:!smtp:[HUNTER1!smtp:[127.0.0.2]:1
        empty_hop = randmap:!smtp:
        transport_maps = texthash:\(directory.path)/table

        """)
    func askAll(_ asker: Asker) throws -> String {
      let table = "table=\(directory.path)/table"
      return try [
        ask(dispatcher, "good", from: asker), ask(dispatcher, "bad", from: asker),
        ask(dispatcher, "inline", from: asker),
        ask(dispatcher, "nexthop=empty_hop", from: asker), ask(dispatcher, table, from: asker),
        ask(dispatcher, table, "u@y.example", from: asker),
        ask(dispatcher, table, "u@z.example", from: asker),
      ].joined(separator: "\n")
    }
    let toStranger = try askAll(.anybody)
    #expect(
      toStranger.split(separator: "\n").map { $0.prefix(4) } == [
        "OK s", "TEMP", "OK s", "TEMP", "TEMP", "TEMP", "TEMP",
      ])
    #expect(!toStranger.contains("HUNTER") && !toStranger.contains("smtp: has"), "\(toStranger)")
    #expect(!log.empty().joined().contains("HUNTER"))
    let toPostfix = try askAll(.postfix)
    #expect([3, 4, 5, 6].allSatisfy { toPostfix.contains("HUNTER\($0)") }, "\(toPostfix)")
    let said = log.empty().joined(separator: "\n")
    #expect((1...6).allSatisfy { said.contains("HUNTER\($0)") }, "\(said)")

    // A text that takes the place of a good one.
    try directory.write("pool", "smtp:[127.0.0.2]:1\nHUNTER7:[127.0.0.3]:1\n")
    #expect(try ask(dispatcher, "good") == "OK smtp:[127.0.0.2]:1")
    let before = log.empty().joined(separator: "\n")
    #expect(before.contains("going on with what it was before") && !before.contains("HUNTER"), "\(before)")
    // A request of Postfix under another name.
    #expect(try ask(dispatcher, directory.file("pool"), from: .postfix) == "OK smtp:[127.0.0.2]:1")
    #expect(log.empty().joined().contains("HUNTER7"))
  }
}
