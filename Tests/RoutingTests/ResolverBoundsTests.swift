// Configurations of a few bytes whose answers would take any amount of memory or time.

import PostfixFiles
import Routing
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct ResolverBoundsTests {
  private func answer(_ main: String) -> RouteAnswer {
    Resolver(MailConfig(directory: "/etc/postfix", main: "compatibility_level = 3.6\n" + main)).route(
      "u@x.test")
  }

  /// The answer is given, and what it lacks is said.
  private func expectIncomplete(_ answer: RouteAnswer, _ words: String) {
    #expect(!answer.isComplete)
    #expect(answer.unknown.contains { $0.contains(words) }, "\(answer.unknown)")
    #expect(abs(answer.outcomes.reduce(0) { $0 + $1.share } - 1) < 1e-6)
  }

  @Test(arguments: [
    String(repeating: "pipemap:{", count: 20_000) + "static:x" + String(repeating: "}", count: 20_000),
    String(repeating: "proxy:", count: 100_000) + "static:x",
  ])
  func tablesInTables(specification: String) {
    expectIncomplete(answer("transport_maps = \(specification)\n"), "nested deeper")
    expectIncomplete(answer("relay_domains = \(specification)\n"), "nested deeper")
  }

  /// A file takes any number; of a setting each entry is a place of its own.
  @Test func moreEntriesThanAnybodyWritesAreNotFollowed() {
    func table(_ count: Int) -> String {
      "transport_maps = inline:{" + (0..<count).map { "{k\($0).test=smtp:[h]}" }.joined(separator: ",")
        + "}\n"
    }
    expectIncomplete(answer(table(100_001)), "more than 100000 entries")
    #expect(MailConfig(directory: "/etc/postfix", main: table(100_001)).tableSites.isEmpty)
    #expect(MailConfig(directory: "/etc/postfix", main: table(100_000)).tableSites.count == 100_000)
  }

  /// 2^22, and then many more.
  @Test(arguments: [22, 2_000])
  func aProductOfChoicesIsNotListed(count: Int) {
    let pools = (0..<count).map { "randmap:{smtp:[a\($0)],smtp:[b\($0)]}" }.joined(separator: ",")
    expectIncomplete(answer("transport_maps = unionmap:{\(pools)}\n"), "different outcomes")
  }

  /// What can be listed is, share by share.
  @Test func aProductThatIsSmallIs() {
    let pools = (0..<10).map { "randmap:{a\($0),b\($0)}" }.joined(separator: ",")
    let answer = answer("transport_maps = unionmap:{static:smtp:,\(pools)}\n")
    #expect(answer.isComplete && answer.outcomes.count == 1_024)
    #expect(answer.outcomes.allSatisfy { abs($0.share - 1.0 / 1_024) < 1e-12 })
  }

  @Test func twoLargeChoicesThatMultiplyAreCut() {
    let lanes = (0..<5_000).map { "lane\($0):" }.joined(separator: ",")
    let hosts = (0..<5_000).map { "[h\($0)]" }.joined(separator: ",")
    let answer = answer(
      "sender_dependent_default_transport_maps = randmap:{\(lanes)}\n"
        + "sender_dependent_relayhost_maps = randmap:{\(hosts)}\n")
    expectIncomplete(answer, "different outcomes")
    #expect(answer.outcomes.count < 50_000)
  }

  /// The last stage does not care what it is asked for.
  @Test func aStageThatIgnoresItsKeyIsAskedOnce() {
    let keys = (0..<20_000).map { "k\($0)" }.joined(separator: ",")
    let hosts = (0..<20_000).map { "smtp:[h\($0)]" }.joined(separator: ",")
    let answer = answer("transport_maps = pipemap:{randmap:{\(keys)}, randmap:{\(hosts)}}\n")
    #expect(answer.isComplete && answer.outcomes.count == 20_000)
  }

  /// What is said of a transport is worked out once, not for each member.
  @Test func aPoolOfManyMembersTakesLittleTime() {
    let count = 200_000
    let members = (0..<count).map { "smtp:[127.\($0 >> 16).\($0 >> 8 & 255).\($0 & 255)]:26" }
    let config = MailConfig(
      directory: "/etc/postfix",
      main: "compatibility_level = 3.6\n# randmap: agent\npool = !\(members.joined(separator: "!"))\n"
        + "default_transport = randmap:pool\n",
      master: "smtp unix - - n - - smtp\nrandmap unix - - n - - randmap\n")
    let (answer, time) = processorTime {
      let answer = Resolver(config).route("u@x.test")
      let fates = DestinationFates(config)
      for case .destination(let transport, let nextHop) in answer.outcomes.map(\.value) {
        _ = fates.fate(transport: transport.text, nextHop: nextHop.text)
      }
      return answer
    }
    #expect(answer.isComplete && answer.outcomes.count == count)
    #expect(time < .seconds(15), "it took \(time)")
  }

  @Test func manyKeysOfOneTableAreSortedOnce() throws {
    let directory = try TemporaryDirectory()
    let count = 20_000
    let path = try directory.write(
      "t", (0..<count).map { "K\($0) smtp:[h\($0)]\nk\($0) smtp:[never]\n" }.joined())
    let keys = (0..<count).map { "k\($0)" }.joined(separator: ",")
    let inOne = answer("transport_maps = pipemap:{randmap:{\(keys)}, inline:{k0=smtp:[h0]}}\n")
    #expect(inOne.outcomes.count == 2)
    // A key that stands in it twice is no texthash, but it is an index that was built.
    let answer = answer("transport_maps = pipemap:{randmap:{\(keys)}, texthash:\(path)}\n")
    guard case .deferred = answer.outcomes.first?.value else {
      Issue.record("\(answer.outcomes.prefix(3))")
      return
    }
    try directory.write("t", (0..<count).map { "K\($0) smtp:[h\($0)]\n" }.joined())
    let whole = self.answer("transport_maps = pipemap:{randmap:{\(keys)}, texthash:\(path)}\n")
    #expect(whole.isComplete && whole.outcomes.count == count)
  }

  @Test(arguments: [1, 50])
  func listsThatNameThemselvesAndEachOther(times: Int) throws {
    let directory = try TemporaryDirectory()
    let (one, other) = (directory.file("one"), directory.file("other"))
    try directory.write("one", String(repeating: "\(other)\n", count: times))
    try directory.write("other", String(repeating: "\(one)\n", count: times))
    try directory.write("self", String(repeating: "\(directory.file("self"))\n", count: times))
    expectIncomplete(answer("relay_domains = \(one)\n"), "circle of files")
    expectIncomplete(answer("relay_domains = \(directory.file("self"))\n"), "circle of files")
    // A name before it still decides.
    #expect(answer("relay_domains = x.test, \(one)\n").isComplete)
  }
}
