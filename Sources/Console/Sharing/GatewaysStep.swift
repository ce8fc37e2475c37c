// The second step: the gateways that share the mail, a line each, with a weight such as 70, 70% or 3.

import Editing
import Gateways
import PostfixFiles

struct GatewaysStep: Sendable {
  let scope: Scope
  /// That of the pool, where it was typed; nil: what works here.
  private let notation: PoolWish.Notation?
  /// The last one is always empty: the next gateway is typed there.
  private(set) var rows = [GatewayRow()]
  private(set) var at = 0
  private(set) var field = Field.gateway
  /// Who shares the mail today, or why that cannot be said; nil until it is known.
  private(set) var today: Result<[WantedMember], EditError>?
  private(set) var answer: PlanAnswer?
  /// How the gateways of the lines are probed, by what is typed.
  private var probes: [String: [Target]] = [:]
  /// Whether the preview is to come as soon as there is a plan.
  var goesOn = false

  enum Field: Hashable, Sendable { case gateway, weight }

  enum Decision: Sendable { case stays, back, on }

  /// - Parameter members: the gateways, where they were typed already; otherwise those of today come first.
  init(_ scope: Scope, typed members: [WantedMember]? = nil, notation: PoolWish.Notation? = nil) {
    self.scope = scope
    self.notation = notation
    guard let members else { return }
    rows = members.map(GatewayRow.init) + [GatewayRow()]
    at = members.count
    today = .success([])
    goesOn = true
  }

  // MARK: - What is asked for

  /// The wish that the lines come to; nil where nothing is typed.
  var wish: Result<PoolWish, EditError>? {
    var members: [WantedMember] = []
    do throws(EditError) {
      for row in rows where !row.isEmpty { members.append(try row.member) }
      // What a list cannot hold, the plan says: a database can.
      let weights = members.map(\.weight)
      if weights.count > 1, WeightChoice(ofAnyPool: weights) == nil { _ = try WeightChoice(weights) }
    } catch { return .failure(error) }
    return members.isEmpty ? nil : .success(PoolWish(scope, members, notation: notation))
  }

  /// The share of each line, by its index; nil where the weights do not go together.
  var shares: [Int: Double] {
    let used = rows.indices.filter { !rows[$0].isEmpty }
    let weights = used.compactMap { index -> WantedMember.Weight? in try? rows[index].member.weight }
    guard weights.count == used.count, let choice = WeightChoice(ofAnyPool: weights) else { return [:] }
    return Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, choice.share($0)) })
  }

  /// Whether the lines say what is so today.
  private var isAsToday: Bool {
    guard case .success(let wish)? = wish, case .success(let today)? = today else { return false }
    return wish.members == today
  }

  var question: SharingQuestion? {
    if today == nil { return .today(scope) }
    guard case .success(let wish)? = wish, !isAsToday, answer?.wish != wish else { return nil }
    return .plan(wish)
  }

  /// The plan, where it is one for the lines as they are.
  var planned: PlannedPool? {
    guard case .success(let wish)? = wish, let answer, answer.wish == wish,
      case .success(let pool) = answer.result
    else { return nil }
    return pool
  }

  /// What lines without a weight come to beside large ones.
  var weightNotes: [String] { PoolWish.notesOnWeights(of: rows.filter { !$0.isEmpty }.map(\.word)) }

  var verdict: Verdict {
    if case .failure(let refusal)? = today { return .bad(refusal.message) }
    guard let wish else { return .need("type a gateway, such as [gw2.example]:587, and its weight") }
    guard case .success(let wish) = wish else {
      if case .failure(let refusal) = wish { return .bad(refusal.message) }
      return .need("")
    }
    if isAsToday {
      return .need(
        wish.members.count < 2
          ? "this is how it is today: add a gateway, such as [gw2.example]:587"
          : "this is how it is today: change a weight, remove a line, or add a gateway on the last line")
    }
    guard let answer, answer.wish == wish else { return .need("working it out; Esc stops it") }
    switch answer.result {
    case .failure(let refusal): return .bad(refusal.message)
    case .success(let pool):
      if let address = rows.lazy.compactMap({ answer.ownAddresses[$0.gateway.text] }).first {
        return .bad(
          "\(address) is this host, and no gateway; to send from this address: lane:\(address) in its place")
      }
      if let stop = pool.plan.guards.first { return .bad(stop.message) }
      return .good((weightNotes + pool.plan.notes).first ?? "Enter shows what changes")
    }
  }

  /// The probes of the gateways in the lines.
  var targets: Set<Target> { Set(rows.flatMap { probes[$0.gateway.text] ?? [] }) }

  /// The gateways that a text names, as far as a thread has told.
  func gateways(of text: String) -> [Gateway] { (probes[text] ?? []).map(\.gateway) }

  // MARK: - Answers

  mutating func take(_ answer: TodayAnswer) {
    guard answer.scope == scope, today == nil else { return }
    today = answer.members
    probes.merge(answer.targets) { _, new in new }
    guard case .success(let members) = answer.members else { return }
    // What was typed meanwhile comes after it, with the cursor.
    rows = members.map(GatewayRow.init) + rows
    at += members.count
  }

  mutating func take(_ answer: PlanAnswer) {
    self.answer = answer
    probes.merge(answer.targets) { _, new in new }
    // That of an older question says nothing about the lines as they are.
    if case .failure = answer.result, case .success(answer.wish)? = wish {
      if goesOn { goToRefused() }
      goesOn = false
    }
  }

  /// What it depends on has changed.
  mutating func forgetAnswer() { answer = nil }

  /// The place of the wrong line, if it is one line.
  private mutating func goToRefused() {
    if let (index, field) = refused { choose(index, field) }
  }

  // MARK: - Keys

  mutating func take(_ key: Key) -> Decision {
    goesOn = false
    switch (key, field) {
    case (.escape, _): return .back
    case (.enter, _):
      // A refusal stays in the line below the list, and the cursor goes to what it is about.
      goToRefused()
      goesOn = !isAsToday
      return .on
    case (.up, _): choose(at - 1, field)
    case (.down, _): choose(at + 1, field)
    case (.tab, .gateway): choose(at, rows[at].gateway.isEmpty ? .gateway : .weight)
    case (.tab, .weight): choose(at + 1, .gateway)
    case (.backTab, .weight): choose(at, .gateway)
    case (.backTab, .gateway): choose(at - 1, at == 0 ? .gateway : .weight)
    case (.left, .gateway) where rows[at].gateway.cursor == 0: return .back
    case (.left, .weight) where rows[at].weight.cursor == 0: choose(at, .gateway)
    case (.control("u"), _) where removesLine: removeLine()
    case (.backspace, .weight) where rows[at].weight.isEmpty: choose(at, .gateway)
    case (.backspace, .gateway) where rows[at].gateway.isEmpty && at > 0: choose(at - 1, .gateway)
    case (.character("="), .gateway), (.character(" "), .gateway):
      if !rows[at].gateway.isEmpty { choose(at, .weight) }
    case (.character(","), .gateway), (.character(" "), .weight): choose(at + 1, .gateway)
    case (.character("="), .weight): break
    // `70 %`: the blank has gone to the next line.
    case (.character("%"), .gateway)
    where rows[at].gateway.isEmpty && at > 0 && GatewayRow.isNumber(rows[at - 1].weight.text):
      _ = rows[at - 1].weight.handle(.end)
      _ = rows[at - 1].weight.handle(key)
    case (.character(let character), .weight) where !GatewayRow.mayBeInWeight(character):
      // A list goes on with the next gateway.
      choose(at + 1, .gateway)
      _ = rows[at].gateway.handle(key)
    case (.paste(let text), _): paste(text)
    case (_, .gateway): _ = rows[at].gateway.handle(key)
    case (_, .weight): _ = rows[at].weight.handle(key)
    }
    if rows.last?.isEmpty == false { rows.append(GatewayRow()) }
    return .stays
  }

  /// Whether Ctrl-U takes the line out. In a weight it empties that first.
  var removesLine: Bool { !rows[at].isEmpty && (field == .gateway || rows[at].weight.isEmpty) }

  private mutating func removeLine() {
    rows.remove(at: at)
    if rows.last?.isEmpty != true { rows.append(GatewayRow()) }
    at = min(at, rows.count - 1)
    field = .gateway
  }

  /// Goes to another line; one that was left empty is taken out.
  private mutating func choose(_ index: Int, _ field: Field) {
    var index = index
    if index != at, rows[at].isEmpty, at < rows.count - 1 {
      rows.remove(at: at)
      if index > at { index -= 1 }
    }
    if rows.last?.isEmpty == false { rows.append(GatewayRow()) }
    at = min(max(0, index), rows.count - 1)
    self.field = rows[at].isEmpty ? .gateway : field
  }

  /// One word goes where the cursor is; of a list each gateway gets a line.
  private mutating func paste(_ text: String) {
    let pasted = GatewayRow.rows(of: text)
    if field == .weight, pasted.count <= 1 {
      _ = rows[at].weight.handle(.paste(text))
      return
    }
    guard let first = pasted.first else { return }
    if pasted.count == 1, first.weight.isEmpty {
      _ = rows[at].gateway.handle(.paste(first.gateway.text))
      return
    }
    let new = takingWeights(of: pasted)
    if new.isEmpty { return }
    let isReplacing = rows[at].isEmpty
    let place = isReplacing ? at..<at + 1 : at + 1..<at + 1
    rows.replaceSubrange(place, with: new)
    choose(place.lowerBound + new.count, .gateway)
  }

  /// Gives the gateways that are there already the weights of a list; the rest of it.
  private mutating func takingWeights(of pasted: [GatewayRow]) -> [GatewayRow] {
    let places = places
    return pasted.filter { row in
      guard let place = places[row.gateway.text] else { return true }
      if !row.weight.isEmpty { rows[place].weight = row.weight }
      return false
    }
  }

  /// The lines by what may name them in a list: their text, and the next hop alone where one line only has it, after a transport.
  private var places: [String: Int] {
    let texts = rows.map(\.gateway.text)
    let destinations = texts.map { Destination(SourcedText(builtIn: $0)) }
    let withTransport = rows.indices.filter {
      !texts[$0].hasPrefix("[") && !destinations[$0].transport.isEmpty
    }
    let hops = Dictionary(grouping: withTransport, by: { destinations[$0].nextHop.text })
      .compactMapValues { $0.count == 1 ? $0.first : nil }
    return Dictionary(zip(texts, rows.indices), uniquingKeysWith: { first, _ in first })
      .merging(hops) { exact, _ in exact }
  }
}
