// A table whose text somebody changed without postmap(1): a write makes its index anew, and what was changed comes into force.

import Glibc
import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

@Suite struct OldIndexTests {
  private let directory: TemporaryDirectory
  private let config: MailConfig

  init() throws {
    directory = try TemporaryDirectory()
    let path = try directory.write(
      "t", "a.example randmap:!smtp:[a1]!smtp:[a2]\nb.example smtp:[b]\nc.example smtp:[c]\n")
    try directory.write("t.db", "")
    var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
    #expect(utimensat(AT_FDCWD, "\(path).db", &times, 0) == 0)
    try directory.write("main.cf", "relayhost = [gw]\ntransport_maps = hash:\(path)\n")
    try directory.write("master.cf", plannedServices + "randmap unix - - n - - randmap\n")
    config = try MailConfig(
      directory: directory.path, environment: Environment(hostName: "mx.here.example")
    ).readingFiles()
  }

  /// The index has two of the three entries.
  private var index: RouteContext {
    RouteContext(ask: { _, key in
      switch key.text {
      case "a.example": .found(Bytes("randmap:!smtp:[a1]!smtp:[a2]".utf8))
      case "c.example": .found(Bytes("smtp:[c]".utf8))
      default: .notFound
      }
    })
  }

  private static let edits: [Edit] = [
    .setRoute(key: "d.example", value: "smtp:[d]", table: "t"), .removeRoute(key: "c.example", table: "t"),
    .drain(pool: "t:a.example", member: "smtp:[a1]"),
    .setWeight(pool: "t:a.example", member: "smtp:[a1]", weight: 2),
  ]

  @Test(arguments: edits) func eachEditAsksForOthersMail(edit: Edit) throws {
    let words = config.guards(against: try config.applying(edit), states: [:], context: index).compactMap {
      if case .changesOtherMail = $0 { $0.message } else { nil as String? }
    }
    #expect(
      words == [
        "changes other mail: mail for b.example (someone@b.example) goes to smtp:[gw], and would go to smtp:[b]"
      ], "\(edit)")
  }

  /// Where nobody can be asked what the index has.
  @Test(arguments: edits) func anIndexThatIsNotKnownIsSaid(edit: Edit) throws {
    let words = config.guards(against: try config.applying(edit), states: [:]).map(\.message)
    #expect(
      words.contains(
        "\(directory.file("t")) was changed after its index was made, and this edit makes the index anew: what else was changed there would come into force too; to bring that into force first: postmap hash:\(directory.file("t"))"
      ), "\(words)")
  }

  /// An edit of the entry that somebody else wrote means just that, and an edit of main.cf makes no index.
  @Test(arguments: [
    Edit.setRoute(key: "b.example", value: "smtp:[other]", table: "t"),
    .removeRoute(key: "b.example", table: "t"),
    .setRoute(key: "relayhost", value: "[gw2]", table: nil),
  ]) func nothingElseIsAsked(edit: Edit) throws {
    let guards = config.guards(against: try config.applying(edit), states: [:], context: index)
    #expect(
      !guards.contains {
        switch $0 {
        case .changesOtherMail, .oldIndex: true
        default: false
        }
      }, "\(guards)")
  }
}
