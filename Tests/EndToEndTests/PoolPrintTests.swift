// What `randmap pool` prints of pools with more members than a person reads.

import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct PoolPrintTests {
  @Test func theMembersThatKeepTheirWeightsAreCounted() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "myhostname = mx.here.example\nrelayhost = [127.0.0.2]:2525\n")
    try directory.write("master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
    func printed(_ weights: [Int]) throws -> String {
      let members = weights.enumerated().map { "[127.0.1.\($0 + 1)]:2525=\($1)" }
      let finished = try runRandmap(
        ["pool", "outbound"] + members + ["--write", "--force", "-c", directory.path],
        environment: ["XDG_STATE_HOME": directory.file("state")])
      #expect(finished.status == .exited(0), "\(finished.summary)")
      return finished.standardError
    }
    let one = Array(repeating: 1, count: 42)
    #expect(try !printed(one).contains("keep"))
    #expect(try printed(one.dropLast() + [2]).contains("  the other 41 members keep their weights\n"))
    #expect(try printed(one.dropLast().map { $0 + 2 } + [2]).contains("-> "))
    #expect(
      try printed(one.dropLast().map { $0 + 4 } + [2]).contains("  the other member keeps its weight\n"))
  }
}
