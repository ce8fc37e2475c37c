// What can come next in a call that is being typed: the shells ask for it at each TAB. It says nothing where something
// fails, starts no program and connects to nothing.

import ArgumentParser
import FoundationEssentials
import PostfixFiles

/// A call up to the cursor.
struct Completion {
  enum Answer {
    case words([Candidate])
    case files
    case directories
  }

  struct Candidate: Hashable {
    let word: String
    var help = ""
  }

  /// The words before the one that is typed, the program's name left out.
  let before: [String]
  /// What is typed of that one.
  let current: String
  let command: (any ParsableCommand.Type)?
  /// The words that are neither the command, nor an option, nor a value.
  let positionals: [String]
  /// The option whose value is typed.
  private let pending: String?
  /// The first word, where it is no command.
  private let stray: String?

  init(before: [String], current: String) {
    self.before = before
    self.current = current
    let parsed = Arguments(before) { Randmap.command(named: $0) != nil }
    var rest = parsed.ordered[...]
    stray = parsed.stray
    command = stray == nil ? rest.first.flatMap { Randmap.command(named: $0) } : nil
    if command != nil { rest = rest.dropFirst() }
    var (positionals, pending) = ([String](), String?.none)
    for word in rest {
      if pending != nil {
        pending = nil
      } else if Arguments.valued.contains(word) {
        pending = word
      } else if !word.hasPrefix("-") || word == "-" {
        positionals.append(word)
      }
    }
    self.positionals = positionals
    self.pending = pending
  }

  /// What can be there; words begin with what is typed.
  var answer: Answer {
    if let pending { return beginning(with: current, values(of: pending)) }
    if current.hasPrefix("-") {
      guard let equals = current.firstIndex(of: "=") else { return beginning(with: current, .words(options)) }
      let option = String(current[..<equals])
      let values = beginning(with: String(current[current.index(after: equals)...]), values(of: option))
      guard case .words(let words) = values else { return values }
      return .words(words.map { Candidate(word: "\(option)=\($0.word)", help: $0.help) })
    }
    let answer = beginning(with: current, positional)
    if case .words(let words) = answer, words.isEmpty, current.isEmpty, stray == nil {
      return .words(options)
    }
    return answer
  }

  private func beginning(with text: String, _ answer: Answer) -> Answer {
    guard case .words(let words) = answer else { return answer }
    // A configuration may name what no terminal should get.
    return .words(
      words.filter { $0.word.hasPrefix(text) && printable($0.word) == $0.word }
        .map { Candidate(word: $0.word, help: printable($0.help)) })
  }

  private var positional: Answer {
    guard let command else { return stray == nil || stray == "help" ? .words(Self.commands) : .words([]) }
    return known(command, "positional")
  }

  private static var commands: [Candidate] {
    Randmap.configuration.subcommands.map {
      Candidate(word: $0.configuration.commandName ?? "", help: $0.configuration.abstract)
    } + [Candidate(word: "help", help: "Show what a command does.")]
  }

  // MARK: - What the parser knows

  private struct Tool: Decodable {
    struct Command: Decodable { let arguments: [Argument]? }
    struct Argument: Decodable {
      struct Name: Decodable {
        let kind, name: String
        var spelled: String { (kind == "long" ? "--" : "-") + name }
      }
      let kind: String
      let names: [Name]?
      let allValues: [String]?
      let abstract: String?
      let shouldDisplay, isRepeating: Bool
    }
    let command: Command
  }

  private var arguments: [Tool.Argument] {
    let text = (command ?? ConsoleCommand.self)._dumpHelp()
    return (try? JSONDecoder().decode(Tool.self, from: Data(text.utf8)))?.command.arguments ?? []
  }

  private var options: [Candidate] {
    var found = arguments.filter { argument in
      argument.kind != "positional" && argument.shouldDisplay
        && (argument.isRepeating || !(argument.names ?? []).contains { before.contains($0.spelled) })
    }
    .flatMap { argument in
      (argument.names ?? []).map { Candidate(word: $0.spelled, help: argument.abstract ?? "") }
    }
    if command == nil {
      found += ["check", "status"].compactMap { name in
        Randmap.command(named: name).map { Candidate(word: "--\(name)", help: $0.configuration.abstract) }
      }
    }
    return found
  }

  private func values(of option: String) -> Answer {
    let listed = arguments.first { ($0.names ?? []).contains { $0.spelled == option } }?.allValues
    if let listed, !listed.isEmpty { return .words(listed.map { Candidate(word: $0) }) }
    return known(command ?? ConsoleCommand.self, option)
  }
}
