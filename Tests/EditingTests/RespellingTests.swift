// A member written in another way: in the console, one that is added in the place of itself.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct RespellingTests {
  private static let id = "relay_transport"

  private func config(_ pool: String) -> MailConfig {
    configToPlan("# randmap: agent\nrelay_domains = a.example\nrelay_transport = randmap:\(pool)\n")
  }

  private func renaming(
    _ pool: String, _ old: String, _ new: String, weight: Int = 1
  ) throws(EditError) -> [String]? {
    try config(pool).applying([
      .add(pool: Self.id, member: new, weight: weight), .remove(pool: Self.id, member: old),
    ]).pool(Self.id)?.members.map { "\($0.result) x\($0.weight)" }
  }

  private func words(_ pool: String, _ edit: Edit) -> String {
    do throws(EditError) { _ = try config(pool).applying(edit) } catch { return error.message }
    return ""
  }

  @Test func aMemberTakesAnotherSpellingInItsPlace() throws {
    let pool = "!smtp:[gw1]:25!smtp:[gw1]:25!smtp:[gw2]"
    #expect(
      try renaming(pool, "smtp:[gw1]:25", "smtp:[gw1]", weight: 2) == ["smtp:[gw1] x2", "smtp:[gw2] x1"])
    #expect(try renaming(pool, "smtp:[gw2]", "smtp:[GW2]") == ["smtp:[gw1]:25 x2", "smtp:[GW2] x1"])
    // The only one too: it does not go.
    #expect(try renaming("!smtp:[gw1]:25", "smtp:[gw1]:25", "smtp:[gw1]") == ["smtp:[gw1] x1"])
    // Another gateway comes at the end.
    #expect(
      try renaming(pool, "smtp:[gw1]:25", "smtp:[gw3]", weight: 2) == ["smtp:[gw2] x1", "smtp:[gw3] x2"])
  }

  @Test func aThirdSpellingIsStillRefused() {
    #expect(throws: EditError.self) {
      try renaming("!smtp:[gw1]!smtp:[gw2]", "smtp:[gw2]", "smtp:[gw1]:25")
    }
  }

  /// Its plan names it as it was.
  @Test func aMemberWithAPlanKeepsItsSpelling() throws {
    let ramp = Ramp(from: 0.1, to: 0.5, start: 0, over: 86_400, step: .daily)
    let planned = try config("!smtp:[gw1]!smtp:[gw2]").applying(
      .ramp(pool: Self.id, member: "smtp:[gw1]", ramp))
    #expect(throws: EditError.isRamped("smtp:[gw1]")) {
      let weight = planned.pool(Self.id)?.members.first { $0.result == "smtp:[gw1]" }?.weight ?? 0
      _ = try planned.applying([
        Edit.add(pool: Self.id, member: "smtp:[gw1]:25", weight: weight),
        .remove(pool: Self.id, member: "smtp:[gw1]"),
      ])
    }
  }

  @Test func addSaysWhatToWriteInstead() throws {
    #expect(
      words("!smtp:[gw1]!smtp:[gw2]", .add(pool: Self.id, member: "smtp:[gw1]:25", weight: 2))
        == "\"smtp:[gw1]:25\" is the gateway of the member \"smtp:[gw1]\". To give it more mail: randmap set relay_transport 'smtp:[gw1]' 3"
    )
    let drained = try config("!smtp:[gw1]!smtp:[gw2]").applying(
      .drain(pool: Self.id, member: "smtp:[gw1]"))
    #expect(throws: EditError.isDrained("smtp:[gw1]")) {
      try drained.applying(.add(pool: Self.id, member: "smtp:[gw1]:25", weight: 1))
    }
  }
}
