// RM622: The plan of a share belongs to no member, or cannot be read

import PostfixFiles
import Routing

extension Rule {
  static let rm622 = Rule(
    "RM622", .warning, "The plan of a share belongs to no member, or cannot be read",
    why: """
      `ramp` keeps its plan as a comment beside the pool: `# randmap: ramp MEMBER from=1% to=25% start=TIME over=4w
      steps=daily`. This comment begins so, and it either goes on in another way or names a member that the pool does not
      have. So nothing follows it: the share stays as it is.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw3.example]}
        «# randmap: ramp smtp:[gw2.example] from=1% to=25% start=2126-11-28T18:00Z over=4w steps=daily»
        smtp_fallback_relay = [gw4.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw3.example]}
        # randmap: ramp smtp:[gw3.example] from=50% to=75% start=2126-11-28T18:00Z over=4w steps=daily
        smtp_fallback_relay = [gw4.example]

        """),
    check: .directory { subject in
      let owned = subject.ownedRampLines
      return subject.rampComments.compactMap { comment in
        guard let item = comment.item else {
          return Finding(
            comment.line,
            "not a plan: need \(RampItem.mark)MEMBER from=1% to=25% start=2026-11-28T18:00Z over=4w steps=daily"
          )
        }
        if owned.contains(comment.line) { return nil }
        return Finding(
          comment.line, "the pool has no member \(excerpt(item.result)); need one of its members, or no plan")
      }
    })
}

extension Subject {
  /// The comments of plans in every file that has pools; nil where one cannot be read.
  fileprivate var rampComments: [(line: FileRange, item: RampItem?)] {
    var seen: Set<String> = []
    let paths = [config.main.document.path] + pools.compactMap { $0.anchor?.file }
    return paths.filter { seen.insert($0).inserted }.flatMap { path in
      config.document(path)?.rampComments ?? []
    }
  }

  /// The lines of the plans that a pool follows.
  fileprivate var ownedRampLines: Set<FileRange> {
    var lines: Set<FileRange> = []
    var plans = PoolComments(ordinal: \.pool, read: config.rampItems)
    for pool in pools {
      let members = Set(pool.members.filter { $0.ramp != nil }.map(\.result))
      guard !members.isEmpty else { continue }
      for item in plans.items(of: pool) where members.contains(item.result) { lines.insert(item.line) }
    }
    return lines
  }
}
