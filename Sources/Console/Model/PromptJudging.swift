// What a typed line comes to: each purpose of a prompt has its own words for what is needed.

import Editing
import PostfixFiles
import Routing
import System

extension Model {
  /// Makes the edit that the line means, to see whether it can be made and what comes of it.
  func judge(_ prompt: inout Prompt) {
    prompt.preview = nil
    let text = prompt.line.text
    switch prompt.purpose {
    case .filter(let narrows):
      prompt.verdict = .need(
        narrows
          ? "Enter keeps it, Esc shows everything again" : "Enter keeps it, then n and N go on; Esc ends it")
    case .command: judge(command: text, in: &prompt)
    case .hostName:
      let name = facts.identity.hostName
      prompt.verdict =
        text == name
        ? .good("Enter writes")
        : name.hasPrefix(text)
          ? .need("production: type \(printable(name)) and Enter to write; Esc leaves it")
          : .bad("this host is \(printable(name)): type that and Enter to write; Esc leaves it")
    case .share(let pool, let member):
      guard !text.isEmpty else {
        prompt.verdict = .need("such as 33% or 12.5%; the others keep their ratios")
        return
      }
      judge(share: text, of: member, in: pool, &prompt)
    case .weight(let pool, let member):
      let most = facts.session.current.pool(pool)?.notation.form.largestWeight ?? largestTotal
      guard !text.isEmpty else {
        prompt.verdict = .need("a whole number from 1 to \(most), or a percentage such as 30%")
        return
      }
      if text.hasSuffix("%") {
        judge(share: text, of: member, in: pool, &prompt)
        return
      }
      guard let weight = Int(text), (1...most).contains(weight) else {
        prompt.verdict = .bad("need a whole number from 1 to \(most); d drains the member")
        return
      }
      rehearse([.setWeight(pool: pool, member: member, weight: weight)], in: &prompt)
    case .drain(let edits): judge(drain: text, of: edits, in: &prompt)
    case .newMember(let pool):
      guard !text.isEmpty else {
        let transport = facts.session.current.pool(pool)?.kind == .nextHop ? "" : "smtp:"
        prompt.verdict = .need(
          "such as \(transport)[gw3.example] or \(transport)[gw3.example]:2525=3")
        return
      }
      judge(member: text, of: pool, in: &prompt)
    case .renamedMember(let pool, let member, let weight):
      guard !text.isEmpty, text != member else {
        prompt.verdict = .need("as it is; Esc leaves it")
        return
      }
      rehearse(
        [.add(pool: pool, member: text, weight: weight), .remove(pool: pool, member: member)], in: &prompt)
    case .recipient: judge(recipient: text, in: &prompt)
    case .routeValue(let key, let table): judge(route: key, text, table, in: &prompt)
    case .newRoute(let place, _): judge(newRoute: text, at: place, in: &prompt)
    }
  }

  private func judge(share text: String, of member: String, in pool: String, _ prompt: inout Prompt) {
    guard let share = Self.share(text) else {
      prompt.verdict = .bad("need a number above 0 and below 100")
      return
    }
    rehearse(
      [.setShare(pool: pool, member: member, share: share, tolerance: WeightChoice.tolerance(of: share))],
      in: &prompt)
  }

  /// `MEMBER`, `MEMBER=3` or `MEMBER=30%`.
  private func judge(member text: String, of pool: String, in prompt: inout Prompt) {
    let wanted: WantedMember
    do throws(EditError) { wanted = try WantedMember(text) } catch {
      prompt.verdict = .bad(error.message)
      return
    }
    let member = wanted.description
    switch wanted.weight {
    case .number(let weight): rehearse([.add(pool: pool, member: member, weight: weight)], in: &prompt)
    case .share(let share):
      rehearse(
        [
          .add(pool: pool, member: member, weight: 1),
          .setShare(
            pool: pool, member: member, share: share, tolerance: WeightChoice.tolerance(of: share)),
        ], in: &prompt)
    }
  }

  func judge(route key: String, _ value: String, _ table: String?, in prompt: inout Prompt) {
    if let reason = facts.session.current.problem(withRoute: value, key: key, table: table) {
      prompt.verdict = .bad(printable(reason))
      return
    }
    rehearse([.setRoute(key: key, value: value, table: table)], in: &prompt)
  }

  func rehearse(_ edits: [Edit], in prompt: inout Prompt) {
    if !prompt.isOnThread, facts.session.current.mayPlan(edits) {
      prompt.needsThread = true
      return
    }
    switch making(edits) {
    case .failure(let refusal): prompt.verdict = .bad(refusal.message)
    case .success(let config):
      guard let edit = edits.last, let first = edits.first else { return }
      let pools = config.pools()
      let outcome = Self.outcome(of: edit, in: pools)
      // What is made may not be what was asked for.
      let summary = outcome.flatMap {
        edit.summary.hasSuffix($0.asked) ? nil : "\(edit.summary): \($0.words)"
      }
      prompt.preview = Prompt.Preview(
        config: config, pools: pools, edits: edits,
        summary: edits.count == 1 ? summary ?? edit.summary : first.summary)
      prompt.verdict = .good("\(outcome.map { "\($0.words): " } ?? "")Enter takes it, Esc leaves it")
    }
  }

  /// What a member comes to, `weight 2 of 6, 33.3%`, and how the edit's summary ends where that is what was asked for.
  private static func outcome(of edit: Edit, in pools: [Pool]) -> (words: String, asked: String)? {
    let (id, result): (String, String)
    switch edit {
    case .setShare(let pool, let member, _, _), .setWeight(let pool, let member, _):
      (id, result) = (pool, member)
    default: return nil
    }
    guard let pool = pools.first(where: { $0.id == id }),
      let member = pool.members.first(where: { $0.result == result })
    else { return nil }
    let share = percent(pool.share(member))
    let asked = if case .setWeight = edit { "weight \(member.weight)" } else { share }
    return ("weight \(member.weight) of \(pool.totalWeight), \(share)", asked)
  }

  /// `33`, `33%` or `33.3 %` as a fraction of 1.
  static func share(_ text: String) -> Double? {
    let number = text.filter { $0 != "%" && $0 != " " }.map { $0 == "," ? "." : $0 }
    guard let value = plainNumber(String(number)), value > 0, value < 100 else { return nil }
    return value / 100
  }
}
