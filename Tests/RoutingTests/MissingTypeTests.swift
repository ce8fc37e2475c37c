// Tables of a type that this Postfix has not.

import PostfixFiles
import Testing

@testable import Routing

@Suite struct MissingTypeTests {
  private func outcome(_ table: String, types: Set<String>?) throws -> RouteOutcome {
    let environment = Environment(hostName: "mx1.example").askingTableTypes { types }
    let config = MailConfig(
      directory: "/etc/postfix", environment: environment, main: "transport_maps = \(table)\n",
      master: "smtp unix - - n - - smtp\n")
    return try #require(Resolver(config).route("u@example.com").outcomes.first?.value)
  }

  @Test(arguments: [
    "mysql:/etc/postfix/x.cf", "sdbm:/etc/postfix/x", "pcre:{{/x/ y:}}", "proxy:pgsql:/etc/postfix/x.cf",
  ])
  func mailWaitsWhereTheTypeIsMissing(table: String) throws {
    let found = try outcome(table, types: ["hash", "texthash"])
    #expect(found.reason?.isEmpty == false && !found.isDestination, "\(found)")
  }

  @Test func typesOfEveryPostfixAreNotMissing() throws {
    let sent = RouteOutcome.destination(transport: Bytes("smtp".utf8), nextHop: Bytes("example.com".utf8))
    for table in ["inline:{x=y:}", "regexp:{{/zz/ y:}}", "cidr:{{192.0.2.1 y:}}"] {
      #expect(try outcome(table, types: ["hash"]) == sent)
    }
    #expect(try outcome("pcre:{{/x/ y:}}", types: nil) == sent)
  }
}
