// The commands of the line after `:` that take words: the same words as in a call of the program.

import Editing
import Gateways
import PostfixFiles
import Routing

/// A command with words after it, as data: completion, help and the line below the prompt come from it.
struct LineCommand: Sendable {
  let name: String
  /// What each word is, in order; the last one takes all that follow where `isOpen`.
  let words: [Word]
  var isOpen = false
  var options: [String: Word] = [:]
  /// Options without a value.
  var flags: Set<String> = []
  /// What the words come to. Called at each key: it goes over no table.
  let plan: @Sendable (Call, Model) throws(EditError) -> Plan

  /// What a word is: how it is shown, and what completes it.
  struct Word: Sendable {
    /// What of the words after it belongs to it.
    enum Extent: Hashable, Sendable {
      case word
      /// `tomorrow 8:00`
      case time
      /// All of them, once the command has the words that it needs: a reason needs no quotes.
      case text
    }

    let label: String
    var isOptional = false
    var extent = Extent.word
    /// What it may be, given the words before it.
    let choices: @Sendable (_ before: [String], Model) -> [String]
  }

  enum Plan: Sendable {
    case edits([Edit])
    /// The dialogue, with these gateways typed in.
    case pool(Scope, [WantedMember], PoolWish.Notation? = nil)
    case address(String)
    /// Where the mail would go without these.
    case whatIf([Gateway])
    /// A gateway asked about a recipient.
    case tryAddress(Gateway, String)
    /// The edited files, into another directory.
    case save(String)
    /// A write, by its number.
    case undo(Int)
    /// The settings with this one changed.
    case setting(Settings, name: String, value: String)
  }

  /// The words of a call, options taken out.
  struct Call: Sendable {
    var words: [String] = []
    var options: [String: String] = [:]
    var flags: Set<String> = []
  }

  /// Whether it changes nothing of the configuration.
  var isForReaders: Bool { ["config", "route", "try-address", "what-if"].contains(name) }

  /// `set POOL MEMBER WEIGHT`.
  var usage: String {
    let words = words.map { $0.isOptional ? "[\($0.label)]" : $0.label }
    return
      ([name] + words + (isOpen ? ["..."] : [])
      + options.keys.sorted().map { "[\($0) \(options[$0]?.label ?? "")]" } + flags.sorted().map { "[\($0)]" })
      .joined(separator: " ")
  }

  /// The same without the options.
  var shortUsage: String {
    ([name] + words.map { $0.isOptional ? "[\($0.label)]" : $0.label } + (isOpen ? ["..."] : []))
      .joined(separator: " ")
  }

  /// What is typed after the name, quotes taken out; nil where words are missing or too many.
  func call(_ typed: [String]) -> Call? {
    var call = Call()
    // `70 %` is one word.
    var rest = typed.reduce(into: [String]()) { words, word in
      if word == "%", let last = words.last, last.last?.isNumber == true {
        words[words.count - 1] = "\(last)%"
      } else {
        words.append(word)
      }
    }[...]
    let least = words.count { !$0.isOptional }
    // The option whose text goes on.
    var open: String?
    while let word = rest.popFirst() {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      if flags.contains(word) {
        call.flags.insert(word)
      } else if let option = options[word] {
        guard let value = rest.popFirst() else { return nil }
        call.options[word] = option.whole(value, &rest)
        open = option.extent == .text ? word : nil
      } else if parts.count == 2, let option = options[parts[0]] {
        call.options[parts[0]] = option.whole(parts[1], &rest)
        open = option.extent == .text ? parts[0] : nil
      } else if let open, let text = call.options[open], call.words.count >= least, !isOpen {
        call.options[open] = "\(text) \(word)"
      } else {
        let own = words.indices.contains(call.words.count) ? words[call.words.count] : nil
        call.words.append(own?.whole(word, &rest) ?? word)
      }
    }
    return call.words.count >= least && (isOpen || call.words.count <= words.count) ? call : nil
  }

  /// What may come next, where these words are before it.
  func choices(after before: [String], _ model: Model) -> [String] {
    if let option = before.last.flatMap({ options[$0] }) { return option.choices(before, model) }
    var words: [String] = []
    var isValue = false
    for word in before {
      if isValue {
        isValue = false
      } else if options[word] != nil {
        isValue = true
      } else if !flags.contains(word) {
        words.append(word)
      }
    }
    let next =
      self.words.indices.contains(words.count) ? self.words[words.count] : isOpen ? self.words.last : nil
    let missing = (Array(options.keys) + flags).filter { !before.contains($0) }.sorted()
    return (next?.choices(words, model) ?? []) + missing
  }
}

extension LineCommand.Word {
  /// `word` with those after it that belong to it.
  fileprivate func whole(_ word: String, _ rest: inout ArraySlice<String>) -> String {
    guard extent == .time, let next = rest.first,
      case let both = "\(word) \(next)", WrittenTime.parse(both, now: 0, spans: .ahead) != nil
    else { return word }
    rest.removeFirst()
    return both
  }

  static let pool = Self(label: "POOL") { _, model in
    model.facts.session.pools.flatMap { [$0.id] + $0.aliases }
  }
  /// A member of the pool that is the word before.
  static let member = Self(label: "MEMBER") { before, model in
    guard let name = before.last,
      let pool = model.facts.session.pools.first(where: { $0.id == name || $0.aliases.contains(name) })
    else { return [] }
    return model.names(of: pool.members)
  }
  static let anyMember = Self(label: "MEMBER") { _, model in
    model.names(of: model.facts.session.pools.filter { $0.notation != .single }.flatMap(\.members))
  }
  static let drainedMember = Self(label: "MEMBER") { _, model in
    model.names(of: model.facts.session.pools.flatMap(\.members).filter(\.isDrained))
  }
  static let newMember = Self(label: "MEMBER") { _, model in model.facts.gateways.map(\.gateway.description) }
  static let gateway = Self(label: "GATEWAY") { before, model in
    model.facts.gateways.map(\.gateway.description).filter { !before.contains($0) }
  }
  static let weight = Self(label: "WEIGHT") { _, _ in [] }
  static let optionalWeight = Self(label: "WEIGHT", isOptional: true) { _, _ in [] }
  static let scope = Self(label: "SCOPE") { _, model in
    ["outbound", "class:relay", "class:virtual", "to:", "from:"] + model.facts.session.pools.map(\.id)
  }
  static let key = Self(label: "KEY") { _, _ in RoutingParameter.allCases.map(\.rawValue) }
  static let value = Self(label: "VALUE") { _, _ in [] }
  static let table = Self(label: "FILE") { _, model in
    model.facts.session.current.tablePaths.map(FileReader.name)
      + RoutingParameter.maps.map(\.rawValue)
  }
  static let address = Self(label: "ADDRESS") { _, _ in [] }
  static let directory = Self(label: "DIR") { _, _ in [] }
  static let setting = Self(label: "NAME") { _, _ in
    Setting.allCases.map(\.rawValue) + ["\(Setting.bind)"]
  }
  static let settingValue = Self(label: "VALUE") { before, _ in
    guard let name = before.last else { return [] }
    return Setting(rawValue: name)?.choices ?? Binding.all.map(\.command) + [Settings.noCommand]
  }
  static let time = Self(label: "TIME", extent: .time) { _, _ in [] }
  /// `2h`, `18:00`.
  static let end = Self(label: "TIME", isOptional: true, extent: .time) { _, _ in [] }
  static let span = Self(label: "SPAN") { _, _ in [] }
  static let reason = Self(label: "TEXT", extent: .text) { _, _ in [] }
  static let notation = Self(label: "NOTATION") { _, _ in PoolWish.Notation.allCases.map(\.rawValue) }
  static let share = Self(label: "SHARE") { _, _ in [] }
  static let step = Self(label: "STEP") { _, _ in ["minutely", "hourly", "daily", "weekly"] }
  static let perDay = Self(label: "N/day") { _, _ in [] }
  static let number = Self(label: "NUMBER") { _, _ in [] }
}

extension Model {
  /// Members as they are written, and their gateways.
  fileprivate func names(of members: [Member]) -> [String] {
    members.map(\.result) + members.flatMap { $0.gateways.map(\.description) }
  }
}
