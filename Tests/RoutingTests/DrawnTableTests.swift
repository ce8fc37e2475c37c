// Tables that answer at random, and only draws show it: how often they are asked.

import PostfixFiles
import Testing

@testable import Routing

@Suite struct DrawnTableTests {
  private static let config = MailConfig(
    directory: "/etc/postfix", environment: Environment(hostName: "mx.test.example"),
    main:
      "transport_maps = pgsql:/etc/postfix/x.cf\nmydestination =\nrelay_domains = pgsql:/etc/postfix/d.cf\n"
  )

  private final class Server {
    var asked: [String] = []
    var drawn: [(table: String, key: String, count: Int)] = []
    let answers: (Int) -> TableDraws?
    /// The one that it has.
    let known: String

    init(known: String = "example.com", _ answers: @escaping (Int) -> TableDraws?) {
      self.answers = answers
      self.known = known
    }

    var context: RouteContext {
      RouteContext(
        ask: { table, key in
          self.asked.append("\(table) \(key.text)")
          return key.text == self.known ? .found(Bytes("smtp:[gw1]".utf8)) : .notFound
        },
        draw: { table, key, count in
          self.drawn.append((table, key.text, count))
          return key.text == self.known ? self.answers(count) : TableDraws([nil: count])
        })
    }
  }

  private static let (first, second) = (Bytes("smtp:[gw1]".utf8), Bytes("smtp:[gw2]".utf8))

  @Test func oneThatIsRandomIsAskedOftenAndSaysSo() {
    let server = Server { TableDraws([Self.first: $0 * 3 / 4, Self.second: $0 / 4]) }
    let answer = Resolver(Self.config, context: server.context).route("u@example.com")
    #expect(answer.outcomes.map(\.share) == [0.75, 0.25])
    #expect(
      answer.drawn == [DrawnTable(table: "pgsql:/etc/postfix/x.cf", key: "example.com", times: 2_000)])
    #expect(!answer.isComplete && answer.unknown == [])
    #expect(server.drawn.filter { $0.key == "example.com" }.map(\.count) == [100, 1_900])
    // A domain list is no pool.
    #expect(!server.drawn.contains { $0.table == "pgsql:/etc/postfix/d.cf" })
  }

  /// A program behind a socket chooses as a query does. What it is, nothing here can list.
  @Test func aSocketmapIsDrawnToo() {
    let config = MailConfig(
      directory: "/etc/postfix", environment: Environment(hostName: "mx.test.example"),
      main:
        "transport_maps = socketmap:unix:/run/pool:name, socketmap:unix:private/randmap-lookup:pool\nmydestination =\n"
    )
    // Postfix asks such a table for the whole address only.
    let server = Server(known: "u@example.com") { TableDraws([Self.first: $0 * 3 / 4, Self.second: $0 / 4]) }
    let answer = Resolver(config, context: server.context).route("u@example.com")
    #expect(answer.outcomes.map(\.share) == [0.75, 0.25])
    #expect(answer.drawn.map(\.table) == ["socketmap:unix:/run/pool:name"])
    #expect(config.tablesOfOtherPrograms.map(\.table) == ["socketmap:unix:/run/pool:name"])
    #expect(Self.config.tablesOfOtherPrograms.map(\.table) == ["pgsql:/etc/postfix/x.cf"])
  }

  @Test func oneThatAnswersAlikeIsAskedAHundredTimes() {
    let server = Server { TableDraws([Self.first: $0]) }
    let answer = Resolver(Self.config, context: server.context).route("u@example.com")
    #expect(answer.outcomes.map(\.share) == [1] && answer.isComplete)
    #expect(server.drawn.map(\.count).allSatisfy { $0 == 100 })
    #expect(Set(server.asked).count == server.asked.count)
  }

  @Test func oneThatCannotBeDrawnHasItsOneAnswer() {
    let server = Server { _ in nil }
    let answer = Resolver(Self.config, context: server.context).route("u@example.com")
    #expect(answer.outcomes.map(\.share) == [1] && !answer.isComplete)
    #expect(
      answer.unknown == [
        "pgsql:/etc/postfix/x.cf was asked for example.com only once: 100 lookups failed or took too long, so a choice at random would not show"
      ])
  }
}
