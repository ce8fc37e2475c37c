// A gateway that is drained in many pools at once: the same as one by one. HostileEditTests holds the growth of the work.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

@Suite struct EditsAtOnceTests {
  private func config(_ main: String, transport: String = "") -> MailConfig {
    var config = MailConfig(
      directory: "/d", environment: Environment(hostName: "mx.here.example", version: .assumed),
      main: "# randmap: agent\n" + main, master: "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
    config.files["/d/transport"] = .read(Document(path: "/d/transport", bytes: Bytes(transport.utf8)))
    return config
  }

  private func texts(_ config: MailConfig) -> [String] {
    [config.main.document.bytes.text, config.files["/d/transport"]?.document?.bytes.text ?? ""]
  }

  private func table(_ count: Int) -> String {
    (0..<count).map { "d\($0).example randmap:!smtp:[a]:25!smtp:[b\($0)]!smtp:[c]\n" }.joined()
  }

  /// Also where several pools are in one line, and where a pool is left out.
  @Test(arguments: [
    ("transport_maps = hash:/d/transport\n", 5),
    ("default_transport = randmap:!smtp:[a]:25!smtp:[b]\nrelay_transport = randmap:!smtp:[a]!smtp:[c]\n", 0),
    (
      "transport_maps = inline:{{x.example = randmap:!smtp:[a]!smtp:[b]}, {y.example = randmap:!smtp:[c]!smtp:[a]}}\n",
      0
    ),
    ("transport_maps = hash:/d/transport\ndefault_transport = randmap:!smtp:[a]!smtp:[b]!smtp:[b]\n", 3),
    (
      "transport_maps = pipemap:{inline:{{x.example=k}},randmap:{smtp:[a],smtp:[b]}}, "
        + "pipemap:{inline:{{y.example=k}},randmap:{smtp:[c],smtp:[a],smtp:[d]}},\n"
        + " pipemap:{inline:{{z.example=k}},randmap:{smtp:[a],smtp:[a],smtp:[d]}}\n",
      0
    ),
  ])
  func allAtOnceIsTheSameAsOneByOne(main: String, pools: Int) throws {
    let before = config(main, transport: table(pools))
    let drains = try DrainWish(why: "#4711").edits(of: "[a]", in: nil, before)
    #expect(drains.count > 1)
    var oneByOne = before
    for edit in drains { oneByOne = try oneByOne.applying(edit) }
    let drained = try before.applying(drains)
    #expect(texts(drained) == texts(oneByOne))
    let restores = try drained.memberships(of: "[a]", in: nil, drained: true).map {
      Edit.restore(pool: $0.pool, member: $0.member)
    }
    #expect(restores.count == drains.count)
    var restored = drained
    for edit in restores { restored = try restored.applying(edit) }
    #expect(texts(try drained.applying(restores)) == texts(restored))
  }

  /// Plans that begin in several pools of one setting.
  @Test func plansAtOnceAreTheSameAsOneByOne() throws {
    let before = config(
      "transport_maps = inline:{{x.example = randmap:!smtp:[a]!smtp:[b]}, {y.example = randmap:!smtp:[c]!smtp:[a]}}\n"
    )
    var wish = RampWish()
    (wish.to, wish.over) = ("25%", "4w")
    let plans = try wish.edits(of: "[a]", in: nil, before)
    #expect(plans.count == 2)
    var oneByOne = before
    for edit in plans { oneByOne = try oneByOne.applying(edit) }
    #expect(texts(try before.applying(plans)) == texts(oneByOne))
  }

  @Test func anEditThatCannotBeMadeIsRefusedAsAlone() throws {
    let before = config("transport_maps = hash:/d/transport\n", transport: table(3) + "e randmap:!smtp:[a]\n")
    let drains = before.pools().map { Edit.drain(pool: $0.id, member: "smtp:[a]:25") }
    let refusal = #expect(throws: EditError.self) { try before.applying(drains) }
    #expect(refusal?.message.contains("e") == true)
  }
}
