// The order of arguments: options may come before the command, and --check, --status and --demo anywhere.

import ArgumentParser
import FoundationEssentials

/// The arguments of a call, brought into the order that the parser wants: the command first.
struct Arguments {
  let ordered: [String]
  /// Those before `--`.
  private let words: [String]
  private let isCommand: (String) -> Bool
  private let hasCommand: Bool

  /// - Parameter isCommand: whether there is a command of that name.
  init(_ given: [String], isCommand: @escaping (String) -> Bool) {
    let end = given.firstIndex(of: "--") ?? given.count
    // The parser takes no empty value after "=", and the null sender is one.
    words = given[..<end].flatMap { $0 == "--from=" ? ["--from", ""] : [$0] }
    self.isCommand = isCommand
    var options = words
    var command: String?
    if let place = options.firstIndex(where: { $0 == "--check" || $0 == "--status" }) {
      command = String(options.remove(at: place).dropFirst(2))
    } else if let place = Self.place(in: options, isCommand) {
      command = options.remove(at: place)
    }
    hasCommand = command != nil
    ordered = (command.map { [$0] } ?? []) + options + given[end...]
  }

  /// Where the command is: the first word that is neither an option nor the value of one, if that is a command. What comes right
  /// after an option may be its value: the parser knows, and is asked only where a command may follow.
  private static func place(in options: [String], _ isCommand: (String) -> Bool) -> Int? {
    let words = options.indices.filter { !options[$0].hasPrefix("-") }
    guard words.contains(where: { isCommand(options[$0]) }) else { return nil }
    let first = words.first { index in
      let isAfterOption = index > 0 && options[index - 1].hasPrefix("-")
      return !isAfterOption || !values(in: options).contains(index)
    }
    return first.flatMap { isCommand(options[$0]) ? $0 : nil }
  }

  /// The word in the place of a command that is no command.
  var stray: String? {
    if hasCommand { return nil }
    let values = Self.values(in: words)
    let place = words.indices.first { !values.contains($0) && !words[$0].hasPrefix("-") }
    return place.map { words[$0] }.flatMap { isCommand($0) ? nil : $0 }
  }

  /// The places of the words that are values of options. A value is never taken for a command: `-c check` names a directory.
  private static func values(in options: [String]) -> Set<Int> {
    var values: Set<Int> = []
    for index in options.indices.dropFirst()
    where valued.contains(options[index - 1]) && !values.contains(index - 1) {
      values.insert(index)
    }
    return values
  }

  // MARK: - What the parser knows

  /// The options that take a value, of every command, as the parser lists them. It builds the tree of all commands for that,
  /// which takes some milliseconds: only few calls need it.
  static let valued: Set<String> = {
    let tool = try? JSONDecoder().decode(Tool.self, from: Data(Randmap._dumpHelp().utf8))
    return Set(tool?.command.valuedOptions ?? [])
  }()

  private struct Tool: Decodable {
    struct Command: Decodable {
      let arguments: [Argument]?
      let subcommands: [Command]?

      var valuedOptions: [String] {
        (arguments ?? []).filter { $0.kind == "option" }.flatMap { $0.names ?? [] }.map(\.spelled)
          + (subcommands ?? []).flatMap(\.valuedOptions)
      }
    }
    struct Argument: Decodable {
      let kind: String
      let names: [Name]?
    }
    struct Name: Decodable {
      let kind, name: String
      var spelled: String { (kind == "long" ? "--" : "-") + name }
    }
    let command: Command
  }
}
