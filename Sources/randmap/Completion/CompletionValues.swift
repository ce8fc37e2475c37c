// The values that the parser does not know: formats, themes, rules, and what is in the configuration.

import ArgumentParser
import Checks
import Console
import Editing
import PostfixFiles
import Routing
import System

extension Completion {
  /// The values of an option of a command, or of its next word ("positional").
  func known(_ command: any ParsableCommand.Type, _ option: String) -> Answer {
    let name = command.configuration.commandName ?? ""
    func words(_ list: [String]) -> Answer { .words(list.map { Candidate(word: $0) }) }
    switch option {
    case "positional": return positional(of: name)
    case "-c", "--config-directory", "--output": return .directories
    case "--settings", "--textfile", "--log", "--database", "--table": return .files
    case "--format": return words(Self.formats(of: name))
    case "--theme": return words(Array(Set(ThemeSearch().names() + ["default"])).sorted())
    case "--explain", "--select", "--ignore":
      return .words(Rule.all.map { Candidate(word: $0.code, help: $0.summary) })
    case "--pool": return words(pools.map(\.id))
    case "--down", "--degraded": return words(Set(pools.flatMap { gateways(of: $0) }).sorted())
    case "--steps": return words(["minutely", "hourly", "daily", "weekly"])
    case "--since" where name == "report": return words(["today", "yesterday", "24h", "1h"])
    default: return words([])
    }
  }

  /// What `--format` takes.
  static func formats(of command: String) -> [String] {
    switch command {
    case "check": ReportFormatName.allCases.map(\.rawValue)
    case "status": StatusFormatName.allCases.map(\.rawValue)
    case "report": ReportCommand.Format.allCases.map(\.rawValue)
    case "console", "agent", "recover", "undo": []
    default: EditFormat.allCases.map(\.rawValue)
    }
  }

  private func positional(of command: String) -> Answer {
    func words(_ list: [String]) -> Answer { .words(list.map { Candidate(word: $0) }) }
    func members(of pools: [Pool], drained: Bool = false) -> Answer {
      let members = pools.flatMap { $0.members.filter { $0.isDrained == drained } }
      // An edit takes the gateway's name too.
      let gateways = current.hasPrefix("[") ? members.flatMap(\.gateways).map { "\($0)" } : []
      return words(Set(members.map(\.result) + gateways).sorted())
    }
    let named = positionals.first.map { name in pools.filter { $0.id == name || $0.aliases.contains(name) } }
    switch (command, positionals.count) {
    case ("check", _), ("report", _): return .files
    case ("pool", 0): return .words(scopes + pools.map { Candidate(word: $0.id) })
    case ("pool", _): return members(of: pools)
    case ("set", 0), ("add", 0), ("remove", 0), ("convert", _): return words(pools.map(\.id))
    case ("set", 1), ("remove", 1): return members(of: named ?? pools)
    case ("drain", 0), ("ramp", 0): return members(of: chosenPools)
    case ("restore", 0): return members(of: chosenPools, drained: true)
    case ("set-route", 0), ("remove-route", 0): return words(RoutingParameter.allCases.map(\.rawValue))
    case ("config", 0): return words(Setting.allCases.map(\.rawValue))
    default: return words([])
    }
  }

  // MARK: - What is in the configuration

  /// That of the call; nil where it cannot be read.
  private var config: MailConfig? {
    guard !before.contains("--demo") else { return nil }
    let directory = value(of: ["-c", "--config-directory"]) ?? environmentVariable("MAIL_CONFIG")
    let environment = PostfixFiles.Environment(hostName: hostName()) { .assumed }
    return
      (try? MailConfig(
        directory: absolutePath(directory ?? "/etc/postfix"), environment: environment))?
      .readingFiles()
  }

  private var pools: [Pool] { config?.pools() ?? [] }

  /// Those of `--pool`, otherwise all.
  private var chosenPools: [Pool] {
    guard let name = value(of: ["--pool"]) else { return pools }
    return pools.filter { $0.id == name || $0.aliases.contains(name) }
  }

  private func gateways(of pool: Pool) -> [String] { pool.members.flatMap(\.gateways).map { "\($0)" } }

  private var scopes: [Candidate] {
    (config?.scopeDecisions() ?? []).map { Candidate(word: "\($0.scope)", help: $0.scope.words) }
  }

  private func value(of names: [String]) -> String? {
    for (word, next) in zip(before, before.dropFirst()) where names.contains(word) { return next }
    return before.lazy.compactMap { word in
      names.lazy.map { "\($0)=" }.first { word.hasPrefix($0) }.map { String(word.dropFirst($0.count)) }
    }.first
  }
}
