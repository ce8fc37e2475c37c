// A line or an entry that nothing comes to, because another setting decides first: who writes it, or takes it away, has to know.

import PostfixFiles
import Routing
import System

extension MailConfig {
  /// What decides before the routes that `edits` wrote or took away, and what to do about it; empty where these decide.
  func notesOnWhatDecidesFirst(
    of edits: [Edit], in edited: MailConfig, _ context: RouteContext
  ) -> [String] {
    edits.flatMap { edit -> [String] in
      switch edit {
      case .setRoute(let key, let value, let table):
        edited.noteOnWhatDecidesFirst(of: RouteName(key: key, table: table), value: value, context)
      case .removeRoute(let key, let table):
        noteOnWhatDecidesFirst(of: RouteName(key: key, table: table), without: edited, context)
      default: []
      }
    }
  }

  private func noteOnWhatDecidesFirst(
    of route: RouteName, value: String, _ context: RouteContext
  ) -> [String] {
    guard let found = decidesFirst(before: route, context) else { return [] }
    var advice: [String] = []
    if let scope = found.sample.scope {
      if let wish = wish(for: scope, value), let plan = try? planning(wish, on: ownMachine(context)) {
        let way = plan.config.answer(to: found.sample, context)
        if way.words != found.answer.words {
          advice.append("to send it to \(value): randmap pool \("\(scope)".asArgument) \(value.asArgument)")
        }
      }
      if let bare = try? removingDecision(of: scope), route.isThere(in: bare),
        bare.decides(route, for: found.sample, context) == true
      {
        advice.append("to let this one decide: randmap remove-route \("\(scope)".asArgument)")
      }
      if advice.isEmpty, case .to(let address) = scope {
        let pattern = adviceOnPatterns(answering: found.sample.recipient, for: [address]) {
          $0.decides(route, for: found.sample, context) == true
        }
        advice += [pattern].compactMap(\.self)
      }
    }
    return found.words(
      route.isParameter ? "this line" : "this entry",
      advice: advice.isEmpty ? adviceOnAllMail(found, context) : advice)
  }

  private func noteOnWhatDecidesFirst(
    of route: RouteName, without edited: MailConfig, _ context: RouteContext
  ) -> [String] {
    guard let found = route.isMail ? same(route, in: edited, context) : decidesFirst(before: route, context)
    else { return [] }
    var advice: [String] = []
    if let scope = found.sample.scope, let bare = try? edited.removingDecision(of: scope),
      bare.answer(to: found.sample, context).goals != found.answer.goals
    {
      advice = ["to take away what decides: randmap remove-route \("\(scope)".asArgument)"]
    }
    return found.words(
      "taking this away", advice: advice.isEmpty ? edited.adviceOnAllMail(found, context) : advice)
  }

  /// Of an entry `*`.
  private func adviceOnAllMail(_ found: DecidingSetting, _ context: RouteContext) -> [String] {
    found.sample.scope == .outbound ? [adviceOnEntryForAllMail(context)].compactMap(\.self) : []
  }

  /// One destination as a wish; nil where a value is no destination.
  private func wish(for scope: Scope, _ value: String) -> PoolWish? {
    (try? WantedMember(value)).map { PoolWish(scope, [$0]) }
  }

  private func ownMachine(_ context: RouteContext) -> Machine {
    Machine(addresses: Set(surroundings?.addresses ?? []), context: context)
  }

  private func answer(to sample: RouteSample, _ context: RouteContext) -> RouteAnswer {
    Resolver(self, context: context).route(sample.recipient, from: sample.sender)
  }

  /// What decides for the mail of a route that is there, where that does not.
  private func decidesFirst(before route: RouteName, _ context: RouteContext) -> DecidingSetting? {
    let samples = samples(of: route)
    guard samples.allSatisfy({ decides(route, for: $0, context) == false }) else { return nil }
    return samples.lazy.compactMap { DecidingSetting($0, answer(to: $0, context)) }.first
  }

  /// What decides for mail whose own decision is gone, and was no decision: the answer comes from the same place.
  private func same(
    _ route: RouteName, in edited: MailConfig, _ context: RouteContext
  ) -> DecidingSetting? {
    samples(of: route).lazy.compactMap { sample in
      let (old, new) = (answer(to: sample, context), edited.answer(to: sample, context))
      guard old.goals == new.goals, old.deciding?.parameter == new.deciding?.parameter,
        old.deciding?.file == new.deciding?.file, old.deciding?.detail == new.deciding?.detail
      else { return nil }
      return DecidingSetting(sample, new)
    }.first
  }

  /// Whether mail goes another way with another value there; nil where that cannot be told.
  private func decides(_ route: RouteName, for sample: RouteSample, _ context: RouteContext) -> Bool? {
    let isHop = route.parameters(in: self).allSatisfy { $0.resultKind == .nextHop }
    let other = "\(isHop ? "" : "smtp:")[other.invalid]"
    let now = answer(to: sample, context)
    // A table may have a million entries: it is not asked once more where the answer names this one.
    if let step = now.deciding, route.isPlace(of: step, in: self) { return true }
    guard let changed = try? settingRoute(route.key, to: other, table: route.table) else { return nil }
    let then = changed.answer(to: sample, context)
    return now.isComplete && then.isComplete ? now.goals != then.goals : nil
  }

  /// The mail of a route.
  private func samples(of route: RouteName) -> [RouteSample] {
    let own = samples(ofRoute: route.key, table: route.table)
    guard own.isEmpty else { return own }
    let isForAll = route.key == "*" && route.parameters(in: self).contains(.transportMaps)
    let scope = isForAll ? Scope.outbound : Scope.named(route.key).ofMail
    return routeSamples().filter { $0.scope == scope }
  }
}

/// A route as a person names it.
private struct RouteName {
  let key: String
  let table: String?

  var isParameter: Bool { table == nil && RoutingParameter(rawValue: key) != nil }

  /// Whether it is named by its mail.
  var isMail: Bool {
    guard table == nil, let scope = try? Scope(key) else { return false }
    if case .named = scope { return false }
    return true
  }

  /// Those that go by it.
  func parameters(in config: MailConfig) -> [RoutingParameter] {
    if table == nil, let parameter = RoutingParameter(rawValue: key) { return [parameter] }
    if let parameter = table.flatMap({ RoutingParameter(rawValue: $0) }) { return [parameter] }
    return sites(in: config).map(\.parameter)
  }

  /// Whether it has a value.
  func isThere(in config: MailConfig) -> Bool {
    if table == nil, let parameter = RoutingParameter(rawValue: key) { return config.main[parameter] != nil }
    return sites(in: config).contains { has(key, $0, config) }
  }

  /// Whether that is the setting of a step.
  func isPlace(of step: RouteStep, in config: MailConfig) -> Bool {
    // An option of the rewrite service has the same name.
    if table == nil, RoutingParameter(rawValue: key) != nil {
      return step.parameter == key && step.file != config.master?.document.path
    }
    guard let file = step.file, sites(in: config).contains(where: { $0.source == file }) else { return false }
    return config.files[file]?.document.flatMap { Table($0).first(key) }?.line.number == step.line
  }

  /// The tables that are meant.
  private func sites(in config: MailConfig) -> [Site] {
    config.tableSites.filter { site in
      guard let path = site.source else { return false }
      guard let table else { return has(key, site, config) }
      return config.isTable(path, named: table) || site.parameter.rawValue == table
    }
  }

  private func has(_ key: String, _ site: Site, _ config: MailConfig) -> Bool {
    site.source.flatMap { config.files[$0]?.document.flatMap { Table($0).first(key) } } != nil
  }
}

/// The setting that decides for a message, where a file has it.
private struct DecidingSetting {
  let sample: RouteSample
  let answer: RouteAnswer
  private let location: String

  init?(_ sample: RouteSample, _ answer: RouteAnswer) {
    guard answer.isComplete, let step = answer.deciding, let file = step.file else { return nil }
    (self.sample, self.answer) = (sample, answer)
    location = "\(file):\(step.line ?? 0)"
  }

  /// What is so, and each way out for itself: these are calls to be copied.
  func words(_ edit: String, advice: [String]) -> [String] {
    let advice = advice.isEmpty ? ["edit \(location) first"] : advice
    return [
      "\(answer.deciding?.parameter ?? "") (\(location)) decides first for \(sample.what), which goes to \(answer.words): \(edit) changes nothing for it"
    ] + advice
  }
}
