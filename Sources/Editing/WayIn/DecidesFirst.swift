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
        edited.noteOnKeyNeverAsked(for: RouteName(key: key, table: table))
          + edited.noteOnWhatDecidesFirst(
            of: RouteName(key: key, table: table), value: value, since: self, context)
      case .removeRoute(let key, let table):
        noteOnWhatDecidesFirst(of: RouteName(key: key, table: table), without: edited, context)
      default: []
      }
    } + notesOnIdlePools(of: edits, in: edited, context)
  }

  private func noteOnWhatDecidesFirst(
    of route: RouteName, value: String, since before: MailConfig, _ context: RouteContext
  ) -> [String] {
    guard let found = decidesFirst(before: route, context)?.placed(alsoIn: before, context) else { return [] }
    var advice: [String] = []
    if let scope = found.sample.scope {
      if let wish = wish(for: scope, value), let plan = try? planning(wish, on: ownMachine(context)) {
        let way = plan.config.answer(to: found.sample, context)
        if way.words != found.answer.words {
          advice.append("to send it to \(value): \(plan.call(of: wish))")
        }
      }
      if let bare = try? removingDecision(of: scope), route.isThere(in: bare),
        bare.decides(route, for: found.sample, context) == true
      {
        let call = forcing("randmap remove-route \("\(scope)".asArgument)", to: bare)
        advice.append("to let this one decide: \(call)")
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
    let first = route.isMail ? same(route, in: edited, context) : decidesFirst(before: route, context)
    guard let found = first?.placed(alsoIn: route.isMail ? self : edited, context) else { return [] }
    var advice: [String] = []
    if let scope = found.sample.scope, let bare = try? edited.removingDecision(of: scope),
      bare.answer(to: found.sample, context).goals != found.answer.goals
    {
      let call = edited.forcing("randmap remove-route \("\(scope)".asArgument)", to: bare)
      advice = ["to take away what decides: \(call)"]
    }
    return found.words(
      "taking this away", advice: advice.isEmpty ? edited.adviceOnAllMail(found, context) : advice)
  }

  /// Of an entry `*`, and of a table that answers for all mail.
  func adviceOnAllMail(_ found: DecidingSetting, _ context: RouteContext) -> [String] {
    if found.sample.scope == .outbound, let advice = adviceOnEntryForAllMail(context) { return [advice] }
    return advice(onTableDeciding: found.answer, context)
  }

  /// What decides for mail that has no entry and no line of its own, where a table does; nil where all is as Postfix has it.
  func wordsOnTable(decidingFor scope: Scope, _ context: RouteContext) -> String? {
    let samples = samples(of: RouteName(key: "\(scope)", table: nil))
    return samples.lazy.compactMap { DecidingSetting($0, self.answer(to: $0, context)) }.first { found in
      found.answer.deciding.flatMap { RoutingParameter(rawValue: $0.parameter) }?.takesTables ?? false
    }.map { found in
      found.decides
        + (callRemovingTable(deciding: found.answer, context).map { "; to take that away: \($0)" }
          ?? "; edit \(found.location) for that")
    }
  }

  /// One destination as a wish; nil where a value is no destination.
  private func wish(for scope: Scope, _ value: String) -> PoolWish? {
    (try? WantedMember(value)).map { PoolWish(scope, [$0]) }
  }

  func ownMachine(_ context: RouteContext) -> Machine {
    Machine(addresses: Set(surroundings?.addresses ?? []), context: context)
  }

  func answer(to sample: RouteSample, _ context: RouteContext) -> RouteAnswer {
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

  /// The table whose entry of a key decides for the mail of that, as far as that can be told.
  func deciding(among tables: [String], for key: String) -> String? {
    // The texts of the tables say it: their indices may be older.
    let context = RouteContext(isCopy: true)
    return tables.first { path in
      let route = RouteName(key: key, table: path)
      let samples = samples(of: route)
      return !samples.isEmpty
        && samples.allSatisfy { sample in
          answer(to: sample, context).deciding.map { route.isPlace(of: $0, in: self) } ?? false
        }
    }
  }

  /// The mail of a route.
  private func samples(of route: RouteName) -> [RouteSample] {
    let own = samples(ofRoute: route.key, table: route.table)
    guard own.isEmpty else { return own }
    if route.isMail, let scope = try? Scope(route.key) { return routeSamples().filter { $0.scope == scope } }
    let isForAll = route.key == "*" && route.parameters(in: self).contains(.transportMaps)
    let scope = isForAll ? Scope.outbound : Scope.named(route.key).ofMail
    return routeSamples().filter { $0.scope == scope }
  }
}
