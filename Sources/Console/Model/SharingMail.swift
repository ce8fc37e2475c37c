// The way from a key to the dialogue that shares mail, and from what it decides to an edit or a write.

import Editing
import Gateways
import PostfixFiles
import Routing

extension Binding {
  /// Shares mail that one gateway has now, or changes a pool as a whole.
  static let newPool = Binding(
    .change, [.character("n")], "share", hint: "share",
    "Share mail between gateways: which mail, who gets how much, and a look at what changes",
    isHinted: true, disabled: { $0.whyReadOnly },
    action: { model in
      model.share(nil)
      return []
    })
}

/// The gateways that a dialogue names and the configuration does not.
struct TypedGateways: Sendable {
  /// Those that are probed now.
  fileprivate(set) var probed: Set<Target> = []
  /// Those that will be, after a pause in the typing: half a name may be the name of another host.
  fileprivate var next: (targets: Set<Target>, time: ContinuousClock.Instant)?
  fileprivate static let pause = Duration.milliseconds(400)

  var wakeTime: ContinuousClock.Instant? { next?.time }
}

extension Model {
  /// Opens the dialogue; nil asks which mail first.
  ///
  /// - Parameters:
  ///   - typed: the gateways, where they were typed already: then the preview comes next.
  ///   - notation: that of the pool, where it was typed.
  mutating func share(
    _ scope: Scope?, typed members: [WantedMember]? = nil, notation: PoolWish.Notation? = nil
  ) {
    notice = nil
    dialogues += 1
    dialog = .sharing(
      SharingDialogue(
        number: dialogues, facts.session.current, scope: scope, typed: members, notation: notation))
  }

  /// Asks for another gateway: of one destination it makes a pool.
  mutating func add(to pool: Pool) {
    if pool.notation == .single {
      share(.named(pool.id))
    } else {
      ask(.newMember(pool: pool.id))
    }
  }

  mutating func press(_ key: Key, in dialogue: SharingDialogue) -> [Effect] {
    var dialogue = dialogue
    let decision = dialogue.take(key)
    dialog = .sharing(dialogue)
    switch decision {
    case .goesOn: return []
    case .leaves:
      dialog = nil
      notice = Notice(text: "left as it is", role: .dim)
      return []
    case .keeps(let pool):
      keep(pool, dialogue)
      return []
    case .writes(let pool):
      let isFirst = !facts.session.isEdited
      keep(pool, dialogue)
      guard facts.session.isEdited else { return [] }
      if let obstacle = whyNoWrite {
        notice = Notice(text: "kept as an edit, not written: \(obstacle)", role: .warning)
        return []
      }
      // The preview has checked just this. What it warned of may have been put right in another window meanwhile.
      if isFirst, case .preview(let preview, _, _) = dialogue.step, let guards = preview.guards,
        guards.isEmpty
      {
        let extra = dialogue.failing(facts)
        writeCheck.know(
          CheckAnswer(revision: facts.session.revision, states: facts.states, guards: guards + extra))
      }
      return askToWrite()
    }
  }

  private mutating func keep(_ pool: PlannedPool, _ dialogue: SharingDialogue) {
    dialog = nil
    if pool.plan.config.hasSameTexts(as: facts.session.current) {
      notice = Notice(text: "nothing to change: the mail is shared like this already", role: .info)
      return
    }
    let edit = Edit.pool(pool.wish)
    facts.session.apply(
      pool.plan.config, edits: [edit], summary: edit.summary,
      guards: pool.plan.guards + dialogue.failing(facts))
    notice = Notice(text: edit.summary, role: .changed)
    show(PoolsView.self)
    chooseMade(by: [edit])
  }

  // MARK: - Threads

  /// What the open dialogue wants to know, asked for after each event.
  mutating func askForSharing() -> [Effect] {
    guard case .sharing(var dialogue) = dialog, let question = dialogue.nextQuestion() else { return [] }
    dialog = .sharing(dialogue)
    let (saved, states, machine) = (facts.session.saved, facts.states, facts.machine)
    return [
      .workOut { [dialogue] in
        let answer = dialogue.answer(question, saved: saved, states: states, machine: machine)
        return { $0.take(answer, of: dialogue.number) }
      }
    ]
  }

  /// Tables of passwords or of TLS policies have changed: what was asked for because of them may be there now.
  mutating func lookAgainAtLogins() {
    writeCheck.forget()
    guard case .sharing(var dialogue) = dialog else { return }
    dialogue.lookAgainAtLogins()
    dialog = .sharing(dialogue)
  }

  private mutating func take(_ answer: SharingAnswer, of number: Int) {
    guard case .sharing(var dialogue) = dialog, dialogue.number == number else { return }
    dialogue.take(answer)
    dialog = .sharing(dialogue)
  }

  /// Probes what is typed, once the person pauses.
  mutating func probeTyped() -> [Effect] {
    let wanted: Set<Target>
    if case .sharing(let dialogue) = dialog {
      let known = Set(facts.gateways.flatMap(\.targets))
      wanted = dialogue.targets.subtracting(known)
    } else {
      wanted = []
    }
    if wanted == typed.probed {
      typed.next = nil
      return []
    }
    if wanted.isEmpty {
      // What became an edit is among the gateways that are found next.
      typed = TypedGateways()
      return foundRevision == facts.session.revision ? [.watch(facts.gateways.flatMap(\.targets))] : []
    }
    if typed.next?.targets != wanted { typed.next = (wanted, facts.now + TypedGateways.pause) }
    guard let next = typed.next, facts.now >= next.time else { return [] }
    typed.next = nil
    typed.probed = wanted
    return [.watch(facts.gateways.flatMap(\.targets) + wanted)]
  }
}

extension Facts {
  /// What an empty list says beside its own words, while no mail is shared.
  var offerOfAPool: [String] {
    let hasPools = session.pools.contains { $0.notation != .single }
    return hasPools || identity.isReadOnly || !hasFiles ? [] : ["No pool yet. n makes one."]
  }
}
