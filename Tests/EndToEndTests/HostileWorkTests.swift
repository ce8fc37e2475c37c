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

  @Test func ofPlans() throws { try expectBounds(of: [["tick", "--dry-run"]], on: Self.ramps) }

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
