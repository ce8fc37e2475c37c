// Two customers, each with a pool of their own: what one has does not come to the other.

import Foundation
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct SecondCustomerTests {
  /// A drain with an end, a second customer without --force, and the tick after the end.
  @Test func aDrainedGatewayComesBackToItsCustomer() throws {
    let root = try TemporaryDirectory()
    let state = try TemporaryDirectory()
    defer { _ = try? run("rm", ["-rf", "/var/lib/randmap" + root.path]) }
    try root.write("main.cf", "myhostname = mx.here.example\ncompatibility_level = 3.6\nmydestination =\n")
    try root.write("master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
    func randmap(_ arguments: String...) throws -> FinishedProcess {
      try runRandmap(
        arguments + ["-c", root.path, "--postfix-version", "3.7"],
        environment: ["XDG_STATE_HOME": state.path])
    }
    func done(_ finished: FinishedProcess) {
      #expect(finished.status == .exited(0), "\(finished.summary)")
    }
    done(try randmap("pool", "from:customer-a.example", "[127.0.0.11]", "[127.0.0.12]", "--write"))
    done(try randmap("drain", "[127.0.0.12]", "--for", "2s", "--write"))
    let second = try randmap("pool", "from:customer-b.example", "[127.0.0.13]", "[127.0.0.11]", "--write")
    done(second)
    #expect(!second.standardError.contains("->  -") && !second.standardError.contains("[127.0.0.12]"))
    try waitUntil("the drain to end") {
      _ = try? randmap("tick")
      return (try? readText(root.file("main.cf")).contains("drained")) == false
    }
    let pools = try randmap("pools")
    let texts = pools.standardOutput.split(separator: "\n\n")
    let own = try #require(texts.first { $0.contains("  from:customer-a.example") })
    #expect(own.contains("50.0%  x1  smtp:[127.0.0.11]") && own.contains("50.0%  x1  smtp:[127.0.0.12]"))
    let other = try #require(texts.first { $0.contains("  from:customer-b.example") })
    #expect(!other.contains("[127.0.0.12]") && other.contains("50.0%  x1  smtp:[127.0.0.13]"))
    let json = try randmap("pools", "--format", "json").standardOutput
    #expect(json.filter { !$0.isWhitespace }.contains("\"keys\":[\"@customer-a.example\"]"))
    done(try randmap("set", "from:customer-a.example", "[127.0.0.12]", "3", "--write"))
    #expect(try randmap("pools").standardOutput.contains("75.0%  x3  smtp:[127.0.0.12]"))
  }
}
