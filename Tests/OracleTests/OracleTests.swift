// The resolver against trivial-rewrite(8) itself: every answer of Postfix is one of ours, and the frequencies fit our
// shares. RANDMAP_ORACLE_CONFIGURATIONS sets how many configurations (`make oracle`: thousands), RANDMAP_ORACLE_SEED
// runs a printed seed again, RANDMAP_ORACLE_CASES the configurations that a report of disagreements names.
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct OracleTests {
  private static let addresses = 40

  private static func setting(_ name: String) -> UInt64? {
    getenv(name).flatMap { UInt64(String(cString: $0)) }
  }

  private static let cases = (getenv("RANDMAP_ORACLE_CASES").map { String(cString: $0) } ?? "")
    .split(separator: " ").compactMap { UInt64($0) }

  private static let configurations = Int(setting("RANDMAP_ORACLE_CONFIGURATIONS") ?? 400)

  @Test(arguments: ["fixed", "fresh"])
  func answersAsPostfixDoes(seed kind: String) throws {
    let fresh = Self.setting("RANDMAP_ORACLE_SEED") ?? UInt64.random(in: 1...UInt64(UInt32.max))
    let seed = kind == "fixed" ? 20_140_618 : fresh
    var generator = SeededGenerator(seed: seed)
    let seeds = (0..<Self.configurations / 2).map { _ in generator.next() }
    let result = try Oracle().compare(seeds: seeds, addresses: Self.addresses)
    print(
      "oracle, \(kind) seed \(seed): \(result.configurations) configurations, \(result.questions) questions, "
        + "\(result.random) of them random, \(result.draws) draws, \(result.frequencies) frequencies, "
        + "\(result.incomplete) incomplete, \(result.standstills) standstills, \(result.disagreements.count) disagreements"
    )
    #expect(result.disagreements.isEmpty, "\(result.disagreements.prefix(3).joined(separator: "\n\n"))")
    // The comparison must be able to fail: it asked, and much of what it asked was random.
    #expect(result.questions > result.configurations * Self.addresses * 8 / 10)
    #expect(result.random * 10 > result.questions)
    #expect(result.incomplete * 20 < result.questions)
  }

  @Test(.enabled(if: !cases.isEmpty)) func answersTheseAsPostfixDoes() throws {
    let result = try Oracle().compare(seeds: Self.cases, addresses: Self.addresses)
    #expect(result.disagreements.isEmpty, "\(result.disagreements.joined(separator: "\n\n"))")
    #expect(result.configurations == Self.cases.count)
  }
}
