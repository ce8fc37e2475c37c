// Every setting of the console: its name, what it does, and which values it takes. The file, `randmap config`, the line
// `:config` and the manual all come from this table.

import PostfixFiles
import Traffic

/// The name of a setting, as it is in the file. Keys have names of their own: `bind.KEY`.
package enum Setting: String, Hashable, Sendable, CaseIterable {
  case theme, ascii, mouse, title, tour, window
  case slowLine = "slow-line"
  case confirmRemove = "confirm.remove"
  case production

  /// What `bind.KEY` begins with.
  static let bind = "bind."

  package var summary: String {
    switch self {
    case .theme: "the colours; --theme takes the same for one call"
    case .ascii: "draw with ASCII only"
    case .mouse: "let the mouse choose and scroll; without it the terminal selects text"
    case .title: "show host, directory and what is wrong in the title of the terminal's window"
    case .tour:
      "explain the demonstration (--demo) in a line above its keys; . ends it for good, and begins it again"
    case .slowLine: "draw little, in ASCII and without colours; auto: on a serial line of 9600 bit/s or less"
    case .window: "how far back the observed shares (REAL) go at the start"
    case .confirmRemove: "ask before a member or a route is removed; u brings it back either way"
    case .production: "for these hosts: colour the header, and ask for the host's name before a write"
    }
  }

  /// What is needed, for people.
  package var need: String {
    switch self {
    case .theme: "a name such as dark, or a path"
    case .ascii, .mouse, .title, .tour, .confirmRemove: "yes or no"
    case .slowLine: "auto, yes or no"
    case .window: "15m, 1h or 1d"
    case .production: "no, yes, or names of hosts"
    }
  }

  /// The values that completion offers.
  var choices: [String] {
    switch self {
    case .theme: ["default", "dark", "light", "high-contrast", "colour-blind"]
    case .ascii, .mouse, .title, .tour, .confirmRemove: ["yes", "no"]
    case .slowLine: ["auto", "yes", "no"]
    case .window: ["15m", "1h", "1d"]
    case .production: ["no", "yes"]
    }
  }

  /// The same as the rows of a table, for the manual.
  static var rows: [String] {
    let standard = Settings()
    return allCases.map { "| `\($0.rawValue)` | `\(standard[$0])` | \($0.need) | \($0.summary) |" }
  }

  /// Every setting with its default, for the help.
  package static var listing: String {
    let standard = Settings()
    return
      (allCases.map { "  \($0.rawValue) = \(standard[$0]) (\($0.need)): \($0.summary)" } + [
        "  bind.KEY = COMMAND: what a key does; ? shows the keys and the commands, none switches the key off"
      ]).joined(separator: "\n")
  }
}

/// What is wrong with a setting, and what is needed.
package struct SettingError: Error, Hashable, Sendable, CustomStringConvertible {
  package var description: String
}

extension RecentTraffic.Window {
  /// As it is written in settings.
  var name: String {
    switch self {
    case .quarter: "15m"
    case .hour: "1h"
    case .day: "1d"
    }
  }
}
