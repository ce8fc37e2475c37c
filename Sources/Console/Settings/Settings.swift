// How a person wants the console: the values of all settings, read from `name = value` lines.

import PostfixFiles
import Traffic

package struct Settings: Hashable, Sendable {
  package var theme = "default"
  package var ascii = false
  package var mouse = true
  package var title = true
  var tour = true
  package var slowLine = SlowLine.auto
  var window = RecentTraffic.Window.quarter
  var confirmsRemoval = true
  var production = Production.nowhere
  /// The commands of keys that a person has given another meaning.
  var bindings: [Key: String] = [:]

  /// Whether what is drawn takes long to arrive.
  package enum SlowLine: String, Hashable, Sendable, CaseIterable {
    /// The terminal says so: see `Terminal`.
    case auto
    case yes, no
  }

  /// Where a write asks for the name of the host.
  enum Production: Hashable, Sendable {
    case nowhere, everywhere
    case hosts([String])

    func includes(_ host: String) -> Bool {
      switch self {
      case .nowhere: false
      case .everywhere: true
      case .hosts(let names): names.contains(host.lowercased())
      }
    }
  }

  /// What a key does that is to do nothing.
  static let noCommand = "none"

  package init() {}

  /// The value of a setting, as it is written.
  package subscript(setting: Setting) -> String {
    func word(_ value: Bool) -> String { value ? "yes" : "no" }
    switch setting {
    case .theme: return theme
    case .ascii: return word(ascii)
    case .mouse: return word(mouse)
    case .title: return word(title)
    case .tour: return word(tour)
    case .slowLine: return slowLine.rawValue
    case .window: return window.name
    case .confirmRemove: return word(confirmsRemoval)
    case .production:
      switch production {
      case .nowhere: return "no"
      case .everywhere: return "yes"
      case .hosts(let names): return names.joined(separator: " ")
      }
    }
  }

  /// The keys with another meaning, by name: `bind.F5`, `probe-all`.
  package var boundKeys: [(name: String, command: String)] {
    bindings.map { (Setting.bind + $0.key.label, $0.value) }.sorted { $0.0 < $1.0 }
  }

  /// A name in the one way that it is listed: a key has several names (`bind.f5`, `bind.F5`). Others are as they are.
  package static func listedName(_ name: String) -> String {
    guard name.hasPrefix(Setting.bind), let key = Key(label: String(name.dropFirst(Setting.bind.count)))
    else {
      return name
    }
    return Setting.bind + key.label
  }

  /// Takes `name = value`.
  package mutating func set(_ name: String, to value: String) throws(SettingError) {
    guard (name + value).unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
      throw SettingError(
        description: "\(printable(name)): need a value in one line, without control characters")
    }
    if name.hasPrefix(Setting.bind) {
      let (key, command) = try Self.binding(String(name.dropFirst(Setting.bind.count)), to: value)
      bindings[key] = command
      return
    }
    guard let setting = Setting(rawValue: name) else { throw Self.unknown(name) }
    func yes() throws(SettingError) -> Bool {
      guard ["yes", "no"].contains(value) else { throw setting.refusing(value) }
      return value == "yes"
    }
    switch setting {
    case .theme:
      guard !value.isEmpty else { throw setting.refusing(value) }
      theme = value
    case .ascii: ascii = try yes()
    case .mouse: mouse = try yes()
    case .title: title = try yes()
    case .tour: tour = try yes()
    case .confirmRemove: confirmsRemoval = try yes()
    case .slowLine:
      guard let found = SlowLine(rawValue: value) else { throw setting.refusing(value) }
      slowLine = found
    case .window:
      guard let found = RecentTraffic.Window.allCases.first(where: { $0.name == value }) else {
        throw setting.refusing(value)
      }
      window = found
    case .production:
      let words = value.lowercased().split { $0 == " " || $0 == "," || $0 == "\t" }.map(String.init)
      guard let first = words.first, words.allSatisfy({ HostName.isValid($0) }) else {
        throw setting.refusing(value)
      }
      guard !["yes", "no"].contains(first) || words.count == 1 else { throw setting.refusing(value) }
      production = first == "no" ? .nowhere : first == "yes" ? .everywhere : .hosts(words)
    }
  }

  private static func unknown(_ name: String) -> SettingError {
    let known = Setting.allCases.map(\.rawValue) + ["\(Setting.bind)KEY"]
    return SettingError(
      description: "no setting \"\(printable(name))\"; the settings are \(known.joined(separator: ", "))")
  }

  private static func binding(
    _ label: String, to command: String
  ) throws(SettingError) -> (Key, String) {
    let name = printable("\(Setting.bind)\(label)")
    guard let key = Key(label: label) else {
      throw SettingError(
        description: "\(name): no such key; need one character, or a name such as F5, Ctrl-R or PgDn")
    }
    guard key.canBeBound else {
      throw SettingError(description: "\(name): this key cannot be changed; need another key")
    }
    guard command == noCommand || Binding.all.contains(where: { $0.command == command }) else {
      throw SettingError(
        description:
          "\(name): no command \"\(printable(command))\"; need none, or one that ? shows, such as probe-all")
    }
    return (key, command)
  }
}

extension Setting {
  fileprivate func refusing(_ value: String) -> SettingError {
    SettingError(description: "\(rawValue): need \(need), not \"\(printable(value))\"")
  }
}

extension Settings {
  /// The bindings with the keys that the person has given them.
  func giving(_ all: [Binding]) -> [Binding] {
    if bindings.isEmpty { return all }
    let taken = Set(bindings.keys)
    return all.map { binding in
      let more = bindings.filter { $0.value == binding.command }.map(\.key).sorted { $0.label < $1.label }
      return binding.without(taken, with: more)
    }
  }
}
