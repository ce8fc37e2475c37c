// Many copies of a member get a line each, as in a pool that is made: a line of a hundred members is read by nobody.

import Editing
import PostfixFiles
import Routing
import Testing

@Suite struct ManyCopiesTests {
  private static let pools = [
    "relay_transport = randmap:!smtp:[gw1.example]!smtp:[gw2.example]\n",
    "transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}\n",
    "sender_dependent_default_transport_maps =\n    randmap:{smtp:[gw1.example], smtp:[gw2.example]}\nmyorigin = a\n",
  ]

  private func config(_ main: String) -> MailConfig { MailConfig(directory: "/etc/postfix", main: main) }

  @Test(arguments: pools)
  func aShareOfManyPartsIsBrokenIntoLines(main: String) throws {
    let first = config(main)
    let id = try #require(first.pools().first { $0.notation != .single }).id
    let changed = try first.applying(
      .setShare(pool: id, member: "smtp:[gw2.example]", share: 0.01, tolerance: 0.001))
    let pool = try #require(changed.pool(id))
    #expect(pool.members.map(\.weight) == [99, 1])
    let lines = changed.main.document.bytes.text.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 110 }, "\(lines)")
    #expect(lines.count > 90)
    // The way back.
    let back = try changed.applying(.setWeight(pool: id, member: "smtp:[gw1.example]", weight: 1))
    #expect(back.pool(id)?.members.map(\.weight) == [1, 1])
    #expect(
      back.main.document.bytes.text.split(separator: "\n").count <= main.split(separator: "\n").count + 1)
  }

  @Test func aNewMemberOfManyPartsIsToo() throws {
    let added = try config(Self.pools[1]).applying(
      .add(pool: "transport_maps", member: "smtp:[gw3.example]", weight: 60))
    #expect(added.main.document.bytes.text.split(separator: "\n").count > 50)
    #expect(added.pool("transport_maps")?.members.map(\.weight) == [1, 1, 60])
  }

  /// A table takes lines that go on as main.cf does.
  @Test func anEntryOfATableIsToo() throws {
    var config = config("transport_maps = hash:/etc/postfix/transport\n# randmap: agent\n")
    config.files["/etc/postfix/transport"] = .read(
      Document(
        path: "/etc/postfix/transport",
        bytes: Bytes("a.example randmap:!smtp:[gw1.example]!smtp:[gw2.example]\nb.example smtp:[x]\n".utf8)))
    let changed = try config.applying(
      .setWeight(pool: "transport:a.example", member: "smtp:[gw1.example]", weight: 40))
    #expect(changed.pool("transport:a.example")?.members.map(\.weight) == [40, 1])
    #expect(
      changed.files["/etc/postfix/transport"]?.document.map { Table($0).first("b.example") != nil } == true)
  }

  /// A few stay on the line that a person chose.
  @Test func fewStayOnTheLine() throws {
    let changed = try config(Self.pools[0]).applying(
      .setWeight(pool: "relay_transport", member: "smtp:[gw2.example]", weight: 3))
    #expect(
      changed.main.document.bytes.text
        == "relay_transport = randmap:!smtp:[gw1.example]!smtp:[gw2.example]!smtp:[gw2.example]!smtp:[gw2.example]\n"
    )
  }
}
