// What Postfix itself makes of the samples: they are held to what they say of themselves.
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct SampleTests {
  @Test(arguments: ["outbound", "outbound-weighted", "inbound", "stock"])
  func isReadWithoutAWarning(name: String) throws {
    let finished = try run(postfixTool("postconf"), ["-c", sampleDirectory(name), "-n"])
    #expect(finished.status == .exited(0))
    #expect(finished.standardError == "")
    let services = try run(postfixTool("postconf"), ["-c", sampleDirectory(name), "-M"])
    #expect(services.standardError == "")
  }

  @Test func mistakesPassTheToolsOfPostfix() throws {
    let directory = sampleDirectory("mistakes")
    #expect(try run(postfixTool("postconf"), ["-c", directory, "-n"]).status == .exited(0))
    #expect(try run(postfixTool("postconf"), ["-c", directory, "-M"]).status == .exited(0))
    let table = try run(postfixTool("postmap"), ["-c", directory, "-s", "texthash:\(directory)/transport"])
    #expect(table.status == .exited(0))
    #expect(table.standardError.split(separator: "\n").filter { $0.contains("/transport, line") }.count == 3)
  }

  @Test func stockSampleDrawsAsItSays() throws {
    let directory = sampleDirectory("stock")
    let lab = try PostfixLab(
      main: readText(directory + "/main.cf"),
      files: ["inbound_domains": readText(directory + "/inbound_domains")])
    let resolver = try lab.resolver()
    let draws = 900

    func share(of nexthop: String, for recipient: String) throws -> Double {
      let answers = try (0..<draws).map { _ in try resolver.resolve(recipient) }
      return Double(answers.filter { $0.nexthop == nexthop }.count) / Double(draws)
    }
    // Six standard deviations: a test run fails by bad luck once in hundreds of millions.
    #expect(abs(try share(of: "[out-gw2.example]", for: "u@elsewhere.example") - 2.0 / 3) < 0.095)
    #expect(abs(try share(of: "[in-gw1.example]", for: "u@example.com") - 0.5) < 0.1)
    #expect(
      abs(try share(of: "[in-gw1.example],[in-gw1.example],[in-gw2.example]", for: "u@example.org") - 0.5)
        < 0.1)
    #expect(try resolver.resolve("root@mx1.example").flags == [.localClass])
    #expect(try resolver.resolve("u@example.net").transport == "relay")
  }

  @Test func separatorNotationNeedsTheAgent() throws {
    let directory = sampleDirectory("inbound")
    let lab = try PostfixLab(
      main: readText(directory + "/main.cf"), files: ["transport": readText(directory + "/transport")])
    let answer = try lab.resolver().resolve("u@example.com")
    #expect(answer.transport == "randmap")
    #expect(answer.nexthop == "!smtp:[in-gw1.example]!smtp:[in-gw2.example]")
    #expect(try lab.resolver().resolve("u@example.org").nexthop == "[in-gw1.example],[in-gw2.example]")
  }
}
