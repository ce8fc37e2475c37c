// Bounds on what is done for each of many: drains that have ended, plans, tables that are named again and again, logins.

import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(30))) struct HostileWorkTests {
  private static let over = "until=2020-01-01T00:00Z"

  private static let drains = [
    Hostile("drains of one pool that have ended") { size in
      "# randmap: agent\ndefault_transport = randmap:!smtp:[a]!smtp:[b]\n"
        + (0..<size / 64).map { "# randmap: drained smtp:[g\($0)] x2 \(over)\n" }.joined()
    },
    Hostile("the same in a file") { size, directory in
      [
        "main.cf": "# randmap: agent\ndefault_transport = randmap:\(directory)/p\n",
        "p": "smtp:[a]\n" + (0..<size / 64).map { "# randmap: drained smtp:[g\($0)] x2 \(over)\n" }.joined(),
      ]
    },
    Hostile("drains of many pools that have ended") { size, directory in
      [
        "main.cf": "# randmap: agent\ntransport_maps = texthash:\(directory)/t\n",
        "t": (0..<size / 128).map {
          "d\($0).example randmap:{smtp:[127.0.0.2],smtp:[127.0.0.3]}\n# randmap: drained smtp:[127.0.0.9] x2 \(over)\n"
        }.joined(),
      ]
    },
  ]

  private static let ramps = Hostile("plans of many pools") { size, directory in
    let plan = "from=1% to=25% start=2026-01-01T00:00Z over=4w steps=daily"
    return [
      "main.cf": "# randmap: agent\ntransport_maps = texthash:\(directory)/t\n",
      "t": (0..<size / 250).map {
        "d\($0).example randmap:{smtp:[127.0.0.2],smtp:[127.0.0.3]}\n# randmap: ramp smtp:[127.0.0.2] \(plan)\n"
      }.joined(),
    ]
  }

  /// Five hundred weeks: none of them ends. Their number grows with the pool, and their shares come to a third of it.
  private static func plan(_ member: String, of count: Int) -> String {
    "# randmap: ramp \(member) from=\(Double(33_000 / count) / 1_000)% to=\(Double(34_000 / count) / 1_000)% start=2026-01-01T00:00Z over=500w steps=weekly\n"
  }

  private static let rampsOfAPool = [
    Hostile("plans of one pool") { size in
      let count = size / 250
      return "# randmap: agent\nrelay_transport = randmap:"
        + (0..<2 * count).map { "!smtp:[127.0.1.1]:\(1_000 + $0)" }.joined() + "\n"
        + (0..<count).map { plan("smtp:[127.0.1.1]:\(1_000 + $0)", of: count) }.joined()
    },
    Hostile("the same in stock notation with a net") { size in
      let hops = (0..<2 * (size / 250)).map { "[127.0.1.1]:\(1_000 + $0)" }
      return
        "sender_dependent_default_transport_maps =\n  unionmap:{randmap:{\(hops.map { "smtp:\($0)" }.joined(separator: ", "))}, static:{\(hops.joined(separator: ","))}}\n"
        + hops.prefix(size / 250).map { plan("smtp:\($0)", of: size / 250) }.joined()
    },
    Hostile("drains of one stock pool with a net that have ended") { size in
      "sender_dependent_default_transport_maps =\n  unionmap:{randmap:{smtp:[a], smtp:[b]}, static:{[a],[b]}}\n"
        + (0..<size / 64).map { "# randmap: drained smtp:[g\($0)] x2 \(over)\n" }.joined()
    },
    Hostile("plans of many pools of one parameter") { size in
      "# randmap: agent\nsender_dependent_default_transport_maps = "
        + (0..<size / 250).map { _ in "randmap:{smtp:[127.0.0.2], smtp:[127.0.0.3]}" }.joined(separator: ", ")
        + "\n"
        + (0..<size / 250).map { number in
          "# randmap: ramp smtp:[127.0.0.2] \(number == 0 ? "" : "#\(number + 1) ")from=1% to=25% start=2026-01-01T00:00Z over=500w steps=weekly\n"
        }.joined()
    },
  ]

  @Test(arguments: [ramps] + rampsOfAPool)
  func ofPlans(hostile: Hostile) throws { try expectBounds(of: [["tick", "--dry-run"]], on: hostile) }

  /// None of them may be changed, as they are in a directory that no Postfix of this machine uses.
  @Test func ofDrainsElsewhere() throws {
    let elsewhere = try TemporaryDirectory()
    let hostile = Hostile("drains of a pool elsewhere") { size, _ in
      _ = try? elsewhere.write(
        "p",
        "smtp:[a]\n" + (0..<size / 64).map { "# randmap: drained smtp:[g\($0)] x2 \(Self.over)\n" }.joined())
      return ["main.cf": "# randmap: agent\ndefault_transport = randmap:\(elsewhere.path)/p\n"]
    }
    try expectBounds(of: [["tick", "--dry-run"]], on: hostile)
  }

  @Test(arguments: drains)
  func ofDrains(hostile: Hostile) throws { try expectBounds(of: [["tick", "--dry-run"]], on: hostile) }

  /// Named once, and 160 times: the file is read once.
  private static let onceAndOften = (small: 500, large: 80_000)

  private static func tables(_ count: Int, named setting: String, of line: String) -> Hostile {
    Hostile("\(setting), one table again and again") { size, directory in
      [
        "main.cf": "\(setting) = "
          + (0..<size / 500).map { _ in
            "\(setting == "transport_maps" ? "" : "check_recipient_access ")texthash:\(directory)/t"
          }
          .joined(separator: ", ") + "\n",
        "t": (0..<count).map { "d\($0).example \(line)\n" }.joined(),
      ]
    }
  }

  @Test func ofAccessTables() throws {
    let hostile = Self.tables(2_000, named: "smtpd_recipient_restrictions", of: "FILTER smtp:[127.0.0.2]:25")
    try expectBounds(of: [["check"], ["convert", "--to", "agent"]], on: hostile, sizes: Self.onceAndOften)
  }

  @Test func ofTransportTables() throws {
    let hostile = Self.tables(2_000, named: "transport_maps", of: "smtp:[127.0.0.2]:25")
    let pool = ["pool", "to:d5.example", "[127.0.0.3]:25", "[127.0.0.4]:25"]
    try expectBounds(
      of: [["check"], ["route", "u@d5.example"], pool], on: hostile, sizes: Self.onceAndOften)
  }

  @Test func ofLogins() throws {
    let hostile = Hostile("logins", table: "texthash") {
      "d\($0).example randmap:{smtp:joe:geheim@[127.0.0.2]:25,smtp:joe:geheim@[127.0.0.3]:25}"
    }
    try expectBounds(
      of: [["pools"], ["pools", "--format", "json"], ["check", "--format", "json"]], on: hostile)
  }
}
