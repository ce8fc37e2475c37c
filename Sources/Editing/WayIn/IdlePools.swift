// Edits of a pool that gets no mail: another setting answers first, or nothing leads to it. They change nothing, and a person
// who makes one has to know.

import PostfixFiles
import Routing

extension MailConfig {
  /// What decides in the place of the pools that `edits` changed, and what to do about it; each pool once.
  func notesOnIdlePools(of edits: [Edit], in edited: MailConfig, _ context: RouteContext) -> [String] {
    var seen: Set<String> = []
    let names = edits.compactMap(\.pool).filter { seen.insert($0).inserted }
    return names.prefix(Self.mostPoolsAsked).flatMap { name -> [String] in
      guard let pool = edited.pool(name), let before = self.pool(pool.id) else { return [] }
      return noteOnIdle(pool, insteadOf: before, in: edited, context)
    }
  }

  /// Each is asked for with tables that are opened anew. A person who drains a gateway of a thousand pools is not helped by a
  /// thousand lines.
  private static var mostPoolsAsked: Int { 10 }

  private func noteOnIdle(
    _ pool: Pool, insteadOf before: Pool, in edited: MailConfig, _ context: RouteContext
  ) -> [String] {
    let edit = "this edit of \(pool.id)"
    if let found = edited.decidesFirst(before: pool, insteadOf: before, of: self, context) {
      return found.words(edit, advice: edited.advice(letting: pool, decideFor: found, context))
    }
    // There may be no sample of this mail: the setting is known all the same.
    if let words = pool.overriddenWords {
      return ["\(pool.id): \(words), so this edit changes nothing for it"]
    }
    guard case .parameter(let parameter) = pool.place, let domainClass = edited.emptyClass(of: parameter)
    else {
      return []
    }
    return [
      "\(domainClass.list) names no domain, so no mail uses \(pool.id): \(edit) changes nothing for it"
    ]
  }

  /// What decides for mail of a pool, where that is not the pool: for all mail that would come to it, or for that of its keys.
  private func decidesFirst(
    before pool: Pool, insteadOf former: Pool, of config: MailConfig, _ context: RouteContext
  ) -> DecidingSetting? {
    if pool.overrider != nil {
      return samples(of: pool).lazy.compactMap { DecidingSetting($0, answer(to: $0, context)) }.first
    }
    // Another weight of a pool that decides shows in its shares.
    guard case .keys = pool.purpose, pool.hasOtherShares(than: former) else { return nil }
    let found = samples(of: pool).map { sample in
      (sample, config.answer(to: sample, context), answer(to: sample, context))
    }
    guard found.allSatisfy({ $1.isComplete && $2.isComplete && $1.goals == $2.goals }) else { return nil }
    return found.lazy.compactMap { sample, _, now in DecidingSetting(sample, now) }.first
  }

  /// The mail of a pool; of many keys a few.
  private func samples(of pool: Pool) -> [RouteSample] {
    switch pool.purpose {
    case .keys(let keys, of: let parameter):
      return keys.sorted().lazy.filter { $0 != "*" }.prefix(3).compactMap { key in
        parameter.keys == .recipients ? Self.sample(ofRecipient: key) : Self.sample(ofSender: key)
      }
    case .place(let place):
      guard case .parameter(let parameter) = place.route else { return [] }
      let scope: Scope = parameter.takesTables ? .outbound : Scope.named(parameter.rawValue).ofMail
      return routeSamples().filter { $0.scope == scope }
    default: return []
    }
  }

  private func advice(
    letting pool: Pool, decideFor found: DecidingSetting, _ context: RouteContext
  ) -> [String] {
    guard let scope = found.sample.scope else { return [] }
    if let bare = try? removingDecision(of: scope), let left = bare.pool(pool.id),
      left.answers(bare.answer(to: found.sample, context))
    {
      return [
        "to let this pool decide: \(forcing("randmap remove-route \("\(scope)".asArgument)", to: bare))"
      ]
    }
    return adviceOnAllMail(found, context)
  }
}

extension Pool {
  private var shares: [String: Double] {
    Dictionary(members.map { ($0.result, share($0)) }, uniquingKeysWith: { first, _ in first })
  }

  fileprivate func hasOtherShares(than other: Pool) -> Bool { shares != other.shares }

  /// Whether an answer names its gateways, and no other.
  fileprivate func answers(_ answer: RouteAnswer) -> Bool {
    let own = Set(
      members.compactMap { NextHopList($0.result, kind: kind).hops.first })
    return answer.isComplete && !answer.firstHops.isEmpty
      && answer.firstHops.keys.allSatisfy { own.contains($0.nextHop) }
  }
}
