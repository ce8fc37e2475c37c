// The dialogue that shares mail between gateways, in three steps: which mail, its gateways with weights, and a look at
// what comes of it. Each step keeps the ones before it, so one can go back and nothing is typed twice.

import Editing
import Gateways
import PostfixFiles

/// A value: keys and answers in, and what a person has decided out. It asks threads for everything that takes time.
struct SharingDialogue: Sendable {
  /// Tells its answers from those of a dialogue before it.
  let number: Int
  /// What is edited. It stays the same while a dialogue is open.
  let config: MailConfig
  private(set) var step: Step
  private var questions = Newest<SharingQuestion>()
  /// Whether tables of passwords or TLS policies have changed since it was opened: plans read them again.
  private(set) var readsLogins = false
  /// Whether the answer that is under way is one of before such a change.
  private var dropsAnswer = false

  enum Step: Sendable {
    case mail(MailStep)
    case gateways(GatewaysStep, MailStep)
    case preview(PreviewStep, GatewaysStep, MailStep)
  }

  /// What a key has come to.
  enum Decision: Sendable {
    case goesOn
    case leaves
    case keeps(PlannedPool)
    case writes(PlannedPool)
  }

  /// - Parameters:
  ///   - scope: the mail, where that is known; otherwise it is asked first.
  ///   - members: the gateways, where they were typed already: then the preview comes next.
  ///   - notation: that of the pool, where it was typed.
  init(
    number: Int, _ config: MailConfig, scope: Scope?, typed members: [WantedMember]? = nil,
    notation: PoolWish.Notation? = nil
  ) {
    self.number = number
    self.config = config
    step =
      scope.map { .gateways(GatewaysStep($0, typed: members, notation: notation), MailStep()) }
      ?? .mail(MailStep())
  }

  // MARK: - Keys

  mutating func take(_ key: Key) -> Decision {
    if key == .control("c") { return .leaves }
    switch step {
    case .mail(var mail):
      switch mail.take(key) {
      case .stays: step = .mail(mail)
      case .back: return .leaves
      case .on(let scope): step = .gateways(mail.gateways(of: scope), mail)
      }
    case .gateways(var gateways, var mail):
      switch gateways.take(key) {
      case .stays, .on: step = .gateways(gateways, mail)
      case .back:
        mail.remember(gateways)
        step = .mail(mail)
        return .goesOn
      }
      look()
    case .preview(var preview, var gateways, let mail):
      switch preview.take(key) {
      case .stays: step = .preview(preview, gateways, mail)
      case .back:
        gateways.goesOn = false
        step = .gateways(gateways, mail)
      case .keep: return .keeps(preview.pool)
      case .write: return .writes(preview.pool)
      }
    }
    return .goesOn
  }

  /// Goes on to the preview, where that was asked for and the plan is there.
  private mutating func look() {
    guard case .gateways(let gateways, let mail) = step, gateways.goesOn, let pool = gateways.planned else {
      return
    }
    step = .preview(PreviewStep(pool), gateways, mail)
    // The same plan may have been checked before: it is checked as the files are now.
    questions.forget()
  }

  /// Nothing is scrolled past the end of what a screen shows of it.
  mutating func settle(_ height: Int, lines: (PreviewStep, GatewaysStep) -> Int) {
    guard case .preview(var preview, let gateways, let mail) = step else { return }
    preview.settle(lastTop: lines(preview, gateways) - height)
    step = .preview(preview, gateways, mail)
  }

  // MARK: - Questions and answers

  /// What has to be known in this step and is not; nil where nothing is missing.
  private var wanted: SharingQuestion? {
    switch step {
    case .mail(let mail): mail.isKnown ? nil : .mail
    case .gateways(let gateways, _): gateways.question
    case .preview(let preview, _, _): preview.guards == nil ? .check(preview.pool.wish) : nil
    }
  }

  /// Whether the way to the preview, or its check, is still under way.
  var isPlanning: Bool {
    switch step {
    case .mail: false
    case .gateways(let gateways, _): gateways.goesOn
    case .preview(let preview, _, _): preview.guards == nil
    }
  }

  /// Whether an answer is still to come.
  var isWaiting: Bool { questions.isWaiting(for: wanted) }

  /// What a thread should find out now; nil while one is at work, or where nothing is missing.
  mutating func nextQuestion() -> SharingQuestion? { questions.start(wanted) }

  /// Asks again what depends on the tables of passwords and TLS policies.
  mutating func lookAgainAtLogins() {
    readsLogins = true
    dropsAnswer = questions.isRunning
    questions.forget()
    switch step {
    case .mail: break
    case .gateways(var gateways, let mail):
      gateways.forgetAnswer()
      step = .gateways(gateways, mail)
    case .preview(var preview, var gateways, let mail):
      preview.guards = nil
      gateways.forgetAnswer()
      step = .preview(preview, gateways, mail)
    }
  }

  /// Whether it warns of something that may be put right elsewhere.
  var hasGuards: Bool {
    switch step {
    case .mail: false
    case .gateways(let gateways, _): gateways.planned?.plan.guards.isEmpty == false
    case .preview(let preview, _, _): preview.guards?.isEmpty == false
    }
  }

  mutating func take(_ answer: SharingAnswer) {
    questions.end()
    if dropsAnswer {
      dropsAnswer = false
      questions.forget()
      return
    }
    switch (answer, step) {
    case (.mail(let choices), .mail(var mail)):
      mail.take(choices)
      step = .mail(mail)
    case (.mail(let choices), .gateways(let gateways, var mail)):
      mail.take(choices)
      step = .gateways(gateways, mail)
    case (.today(let answer), .gateways(var gateways, let mail)):
      gateways.take(answer)
      step = .gateways(gateways, mail)
    case (.plan(let answer), .gateways(var gateways, let mail)):
      gateways.take(answer)
      step = .gateways(gateways, mail)
      look()
    case (.check(let wish, let guards), .preview(var preview, let gateways, let mail)):
      if wish == preview.pool.wish { preview.guards = guards }
      step = .preview(preview, gateways, mail)
    default: questions.forget()
    }
  }

  /// How the gateways that were typed are probed.
  var targets: Set<Target> {
    switch step {
    case .mail: []
    case .gateways(let gateways, _), .preview(_, let gateways, _): gateways.targets
    }
  }

  /// The gateways that are new to the configuration and do not take mail now.
  func failing(_ facts: Facts) -> [EditGuard] {
    let known = Set(facts.gateways.map(\.gateway))
    return Set(targets.map(\.gateway)).subtracting(known).compactMap { facts.statuses[$0] }
      .filter { [.down, .refused].contains($0.state) }
      .sorted { $0.gateway < $1.gateway }
      .map { .newGatewayFails($0.gateway, $0.state, reason: $0.reason) }
  }
}
