// Edits of the last item of a pool, after which the pool ends on the same line.

import Editing
import PostfixFiles
import Testing

@Suite struct PoolEndTests {
  private let main = """
    sender_dependent_default_transport_maps =
        randmap:{
            smtp:[gw1.example],
            smtp:[gw2.example],
            smtp:[gw2.example]}
    smtp_fallback_relay = [gw3.example]

    """
  private let pool = "sender_dependent_default_transport_maps"

  @Test func whatClosesAPoolStaysOnALineWithAnItem() throws {
    let drained = try edited(main, .drain(pool: pool, member: "smtp:[gw2.example]"))
    #expect(!drained.contains("\n        }") && !drained.contains("\n    }"))
    #expect(try edited(main, .remove(pool: pool, member: "smtp:[gw2.example]")).contains("[gw1.example]}\n"))
    let single = main.replacing("        smtp:[gw2.example],\n", with: "")
    #expect(
      try edited(single, .drain(pool: pool, member: "smtp:[gw2.example]")).contains(
        "        smtp:[gw1.example]}\n# randmap: drained smtp:[gw2.example] x1\n"))
  }

  /// The items of a member need not stand together.
  @Test func whatClosesAPoolStaysWhereItemsAreMixed() throws {
    let mixed = main.replacing(
      "        smtp:[gw1.example],\n        smtp:[gw2.example],\n",
      with: "        smtp:[gw2.example],\n        smtp:[gw1.example],\n")
    try #require(mixed != main)
    for edit in [
      Edit.drain(pool: pool, member: "smtp:[gw2.example]"), .remove(pool: pool, member: "smtp:[gw2.example]"),
    ] {
      #expect(try edited(mixed, edit).contains("        smtp:[gw1.example]}\n"), "\(edit)")
    }
  }

  @Test(arguments: ["smtp:[gw1.example]", "smtp:[gw2.example]"])
  func aDrainedMemberComesBackAsItWas(member: String) throws {
    #expect(
      try edited(main, .drain(pool: pool, member: member), .restore(pool: pool, member: member)) == main)
  }

  @Test func theLastOfAPoolWithALineEachComesBackAsItWas() throws {
    let single = main.replacing("        smtp:[gw2.example],\n", with: "")
    #expect(
      try edited(
        single, .drain(pool: pool, member: "smtp:[gw2.example]"),
        .restore(pool: pool, member: "smtp:[gw2.example]")) == single)
  }

  @Test func aBraceThatHasALineOfItsOwnKeepsItWhereNothingIsDrained() throws {
    let own = main.replacing("[gw2.example]}", with: "[gw2.example]\n        }")
    #expect(
      try edited(own, .setWeight(pool: pool, member: "smtp:[gw1.example]", weight: 2)).contains("\n        }")
    )
  }

  @Test func aCommentBeforeTheLastItemStays() throws {
    let noted = main.replacing(
      "        smtp:[gw2.example],\n", with: "# the one in the cellar\n")
    #expect(
      try edited(noted, .remove(pool: pool, member: "smtp:[gw2.example]")).contains(
        "# the one in the cellar\n        }"))
  }
}
