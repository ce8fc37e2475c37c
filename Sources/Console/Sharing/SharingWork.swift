// What the dialogue asks threads for. Planning goes over the whole configuration, and checks read files: no key waits for
// them.

import Editing
import Gateways
import PostfixFiles
import Routing

enum SharingQuestion: Hashable, Sendable {
  /// The kinds of mail that the configuration tells apart.
  case mail
  /// Who shares the mail today.
  case today(Scope)
  case plan(PoolWish)
  /// What a person has to say yes to.
  case check(PoolWish)
}

enum SharingAnswer: Sendable {
  case mail([MailChoice])
  case today(TodayAnswer)
  case plan(PlanAnswer)
  case check(PoolWish, [EditGuard])
}

/// Who shares the mail of a scope today, or why that cannot be said; and how those gateways are probed.
struct TodayAnswer: Sendable {
  let scope: Scope
  let members: Result<[WantedMember], EditError>
  let targets: [String: [Target]]

  init(_ scope: Scope, in config: MailConfig) {
    self.scope = scope
    do throws(EditError) {
      let found = try config.membersToday(of: scope)
      members = .success(found)
      targets = config.targets(of: found)
    } catch {
      members = .failure(error)
      targets = [:]
    }
  }
}

/// The plan for a wish, or the reason why it cannot be planned, and how its gateways are probed.
struct PlanAnswer: Sendable {
  let wish: PoolWish
  let result: Result<PlannedPool, EditError>
  /// By the gateway as it is typed.
  let targets: [String: [Target]]
  /// The addresses of this host that are named as gateways, by the text that is typed.
  let ownAddresses: [String: String]

  init(_ wish: PoolWish, in config: MailConfig, on machine: Machine) {
    self.wish = wish
    do throws(EditError) {
      result = .success(PlannedPool(wish, try config.planning(wish, on: machine)))
    } catch { result = .failure(error) }
    targets = config.targets(of: wish.members)
    // Another port is another program on this host, such as a content filter.
    ownAddresses = targets.compactMapValues { targets in
      targets.map(\.gateway).first { $0.port == 25 && HostName.isAddress($0.name) && machine.has($0.name) }?
        .name
    }
  }
}

extension MailConfig {
  /// How members are probed, by their text.
  fileprivate func targets(of members: [WantedMember]) -> [String: [Target]] {
    let names = members.compactMap { member in
      if case .text(let text) = member.goal { text } else { nil }
    }
    return Dictionary(
      names.map { name in (name, ((try? gateways(named: [name])) ?? []).flatMap(\.targets)) },
      uniquingKeysWith: { first, _ in first })
  }
}

extension SharingDialogue {
  /// Answers a question; called on a thread.
  func answer(
    _ question: SharingQuestion, saved: MailConfig, states: GatewayStates,
    machine: (MailConfig) -> Machine
  ) -> SharingAnswer {
    switch question {
    case .mail:
      let decisions = config.scopeDecisions(context: machine(config).context)
      return .mail(
        decisions.map { decision in
          // The id of a pool may be the path of its file.
          let name = decision.decidedByWords.dropping(prefix: config.directory + "/")
          return MailChoice(scope: decision.scope, today: decision.answer.words, decidedBy: printable(name))
        })
    case .today(let scope): return .today(TodayAnswer(scope, in: config))
    case .plan(let wish):
      let now = readsLogins ? config.rereadingLogins() : config
      return .plan(PlanAnswer(wish, in: now, on: machine(now)))
    case .check(let wish):
      // It is asked in the preview only.
      guard case .preview(let preview, _, _) = step else { return .check(wish, []) }
      // Planned anew: the files that it asks, such as those of passwords, may have changed since the preview was there before.
      let now = config.rereadingLogins()
      let plan = (try? now.planning(wish, on: machine(now))) ?? preview.pool.plan
      let found = plan.guards + saved.rereadingLogins().guards(against: plan.config, states: states)
      var said: Set<String> = []
      return .check(wish, found.withMailboxesOnce.filter { said.insert($0.message).inserted })
    }
  }
}
