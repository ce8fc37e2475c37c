// A stock Postfix with a pool in a database: for the tests of what is delivered by it.

import Glibc
import Store
import TestSupport
import Testing

/// A Postfix whose outbound mail goes by a database, and three gateways.
final class DatabaseScene {
  let gateways: [SmtpSink]
  let lab: PostfixLab
  let database: String

  /// - Parameters:
  ///   - isLMTP: whether the gateways speak LMTP.
  ///   - prepare: makes the directory of a database of its own, and says where that is to be.
  init(
    _ weights: [Int] = [70, 20, 10], isLMTP: Bool = false, prepare: ((PostfixLab) throws -> String)? = nil
  ) throws {
    gateways = try (0..<3).map { _ in try SmtpSink(options: isLMTP ? ["-L"] : []) }
    // A session that a failover has left in the cache would be used under the name of another gateway.
    lab = try PostfixLab(
      main:
        "relayhost = \(gateways[0].address)\nsmtp_connection_cache_on_demand = no\nlmtp_connection_cache_on_demand = no\n",
      logging: .ownProcess
    )
    let path = try prepare?(lab)
    database = path ?? lab.directory.file("data/randmap-pools.db")
    let members = zip(gateways, weights).map { "\(isLMTP ? "lmtp:inet" : "smtp"):\($0.address)=\($1)" }
    let place = path.map { ["--database", $0] } ?? []
    try randmap(["pool", "outbound"] + members + ["--notation", "database", "--write", "--force"] + place)
    try restart()
  }

  /// Its daemons read main.cf one after the other after a reload; after a start all have read it.
  func restart() throws {
    try lab.stop()
    try lab.start()
  }

  @discardableResult
  func randmap(_ arguments: [String]) throws -> FinishedProcess {
    let finished = try runRandmap(arguments + ["-c", lab.configDirectory])
    #expect(finished.status == .exited(0), "\(arguments): \(finished.summary)")
    return finished
  }

  /// What Postfix's query answers, so many times.
  func draw(_ count: Int) throws -> [String] {
    let route = try #require(try PoolDatabase.read(database).routes.first)
    let answers = try PoolDatabase.draw(map: route.map, key: route.key, from: database, times: count)
    #expect(answers.count == count)
    return answers
  }

  /// How many of these answers begin with a gateway.
  func firsts(_ gateway: Int, in answers: [String]) -> Int {
    let name = "\(gateways[gateway].address)"
    return answers.count { answer in
      answer.split(separator: ",").first.map { $0 == name || $0.hasSuffix(":" + name) } ?? false
    }
  }

  private var round = 0

  /// What each gateway gets of so many messages.
  @discardableResult
  func deliver(_ count: Int) throws -> [Int] {
    round += 1
    let before = gateways.map(\.count)
    try lab.send(count, to: "user@r\(round).elsewhere.example", sessions: 10)
    try lab.waitUntilDrained(limit: .seconds(180))
    return zip(gateways, before).map { $0.count - $1 }
  }

  /// A program that sends so many messages, each to a recipient of its own.
  func source(_ count: Int, _ user: String) throws -> ChildProcess {
    try ChildProcess(
      postfixTool("smtp-source"),
      [
        "-N", "-s", "5", "-m", "\(count)", "-f", "sender@lab.randmap.test", "-t",
        "\(user)@flow.elsewhere.example",
        "\(lab.address.host):\(lab.address.port)",
      ])
  }

  /// How often a delivery was put off.
  var deferred: Int { lab.deliveries.count { $0.status == .deferred } }

  /// What a daemon says of a database that it cannot read.
  var badLines: [Substring] {
    let words = ["fatal", "panic", "database is locked", "disk I/O error"]
    return lab.log.split(separator: "\n").filter { line in words.contains { line.contains($0) } }
  }

  func change(_ edit: (inout PoolRows) -> Void) throws {
    let before = try PoolDatabase.read(database)
    var after = before
    edit(&after)
    try PoolDatabase.apply(
      RowChange(from: before.text, to: after.text, author: "test", summary: "edit"), to: database,
      at: Int64(time(nil)))
  }
}

/// Whether a count is what a share of so many comes to, within five standard deviations.
func isNear(_ count: Int, _ share: Double, of total: Int) -> Bool {
  let deviation = (Double(total) * share * (1 - share)).squareRoot()
  return abs(Double(count) - Double(total) * share) <= 5 * deviation + 1
}
