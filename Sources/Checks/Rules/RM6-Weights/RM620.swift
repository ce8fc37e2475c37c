// RM620: The comment of a drained member cannot be read

import PostfixFiles
import Routing

extension Rule {
  static let rm620 = Rule(
    "RM620", .warning, "The comment of a drained member cannot be read",
    why: """
      `drain` keeps a member as a comment: `# randmap: drained MEMBER xWEIGHT`, with `until=2026-11-28T18:00Z` and
      `why="..."` after it where they are known. This comment begins so and goes on in another way. So it is a comment
      and no more: no view shows the member, `restore` does not find it, and it does not come back at the end of its drain.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw3.example]}
        «# randmap: drained smtp:[gw2.example] x2 until=tomorrow»
        smtp_fallback_relay = [gw4.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw3.example]}
        # randmap: drained smtp:[gw2.example] x2 until=2126-11-28T18:00Z why="a new disk"
        smtp_fallback_relay = [gw4.example]

        """),
    check: .directory { subject in
      subject.drainComments.filter { $0.item == nil }.map { comment in
        Finding(
          comment.line,
          "not a drained member: need \(DrainedItem.mark)MEMBER xWEIGHT, then until=2026-11-28T18:00Z and why=\"...\""
        )
      }
    })
}

extension Subject {
  /// The comments of drained members in every file that has pools; nil where one cannot be read.
  var drainComments: [(line: FileRange, item: DrainedItem?)] {
    var seen: Set<String> = []
    let paths = [config.main.document.path] + pools.compactMap { $0.anchor?.file }
    return paths.filter { seen.insert($0).inserted }.flatMap { path in
      config.document(path)?.drainComments ?? []
    }
  }
}
