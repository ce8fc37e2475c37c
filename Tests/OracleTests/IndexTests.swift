// Indexed tables: the source text counts only where the index is not older.
import PostfixFiles
import PostfixTools
import Routing
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct IndexTests {
  private let directory = Result(catching: { () throws(TestFailure) in try TemporaryDirectory() })

  private func route(asking: Bool) throws -> RouteAnswer {
    let place = try directory.get().path
    let config = try MailConfig(directory: place, environment: Environment(hostName: "mx.example"))
    let context = RouteContext { table, key in
      asking
        ? PostfixCommands().answer(table: table, key: key, configDirectory: place)
        : .unknown("\(table) is not asked")
    }
    return Resolver(config, context: context).route("u@x.test")
  }

  @Test(arguments: ["hash", "lmdb"])
  func postfixGoesOnWithAnOutdatedIndex(type: String) throws {
    let directory = try directory.get()
    try directory.write("main.cf", "myhostname = mx.example\ntransport_maps = \(type):$config_directory/t\n")
    let source = try directory.write("t", "x.test smtp:[old]\n")
    try age(directory.file("main.cf"), seconds: 3600)

    // Without an index the table is unavailable.
    guard case .deferred = try route(asking: false).outcomes.first?.value else {
      Issue.record("no index, and yet an answer")
      return
    }

    try runSuccessfully(postfixTool("postmap"), ["-c", directory.path, "\(type):\(source)"])
    #expect(try route(asking: false).isComplete)
    #expect(try nextHop(route(asking: false)) == "[old]")

    try directory.write("t", "x.test smtp:[new]\n")
    try age(TableIndex(type: type, source: source).path, seconds: 3600)
    #expect(try !route(asking: false).isComplete)
    #expect(try route(asking: true).isComplete)
    #expect(try nextHop(route(asking: true)) == "[old]")
  }

  private func nextHop(_ answer: RouteAnswer) -> String? {
    guard case .destination(_, let nextHop)? = answer.outcomes.first?.value else { return nil }
    return nextHop.text
  }
}
