// `randmap route` as a person calls it.
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct RouteTests {
  private func scene() throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      """
      compatibility_level = 3.6
      myhostname = mx.example
      mydestination = own.example
      queue_directory = \(directory.path)
      transport_maps = texthash:$config_directory/transport
      sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example], smtp:[gw2.example]}

      """)
    try directory.write("transport", "# routes\nexample.com smtp:[in1.example], [in2.example]\n")
    return directory
  }

  @Test func printsSharesAndTheTrail() throws {
    let directory = try scene()
    let random = try runRandmap(["route", "-c", directory.path, "--from", "a@b.example", "u@example.net"])
    #expect(random.status == .exited(0))
    #expect(random.standardOutput.contains("66.7%  smtp  [gw2.example]\n"))
    #expect(random.standardOutput.contains("33.3%  smtp  [gw1.example]\n"))
    let fixed = try runRandmap(["route", "-c", directory.path, "u@example.com"])
    #expect(fixed.standardOutput.contains("100.0%  smtp  [in1.example], [in2.example]\n"))
    #expect(fixed.standardOutput.contains("\(directory.path)/transport:2\n"))
  }

  @Test func printsTheContractsJSON() throws {
    let directory = try scene()
    let answer = try runRandmap([
      "route", "--format", "json", "-c", directory.path, "u@own.example", "u@example.com",
    ])
    #expect(answer.status == .exited(0))
    let text = answer.standardOutput.filter { !$0.isWhitespace }
    #expect(text.contains(#""recipient":"u@own.example","sender":"""#))
    #expect(text.contains(#""destinations":[{"nexthop":"mx.example","share":1,"transport":"local"}]"#))
    #expect(text.contains(#""complete":true"#))
    #expect(text.contains(#""file":"\#(directory.path)/transport","line":2,"what":"transport_maps""#))
  }

  @Test func mailThatWaitsIsAFinding() throws {
    let directory = try scene()
    try directory.write("main.cf", "transport_maps = hash:/nonexistent/transport\n")
    let answer = try runRandmap(["route", "-c", directory.path, "u@example.com"])
    #expect(answer.status == .exited(1))
    #expect(answer.standardOutput.contains("the mail waits: transport_maps lookup failure"))
    #expect(try runRandmap(["route", "-c", directory.path]).status == .exited(2))
  }
}
