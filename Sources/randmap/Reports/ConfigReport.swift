// What `randmap config` prints: each setting with its value, its default and where the value is from.

import Console
import PostfixFiles

struct ConfigReport {
  struct Entry: Encodable {
    let name: String
    let value: String
    @Explicit var standard: String?
    @Explicit var file: String?
    @Explicit var line: Int?
    let summary: String

    enum CodingKeys: String, CodingKey {
      case name, value, file, line, summary
      case standard = "default"
    }
  }

  struct Object: Encodable { let settings: [Entry] }

  let settings: [Entry]
  private let path: String

  init(_ file: SettingsFile) {
    path = file.path
    func entry(_ name: String, _ value: String, _ standard: String?, _ summary: String) -> Entry {
      let line = file.lines[name]
      return Entry(
        name: name, value: value, standard: standard, file: line.map { _ in file.path }, line: line,
        summary: summary)
    }
    let defaults = Settings()
    settings =
      Setting.allCases.map { entry($0.rawValue, file.settings[$0], defaults[$0], $0.summary) }
      + file.settings.boundKeys.map { entry($0.name, $0.command, nil, "what this key does") }
  }

  var text: [String] {
    var table = TextTable([.left, .left, .left])
    for entry in settings {
      let place = entry.line.map { "\(printable(path)):\($0)" } ?? "default"
      table.add("\(entry.name) = \(printable(entry.value))", place, entry.summary)
    }
    return table.lines
  }
}
