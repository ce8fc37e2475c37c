// The way in, as one line: which mail, then its gateways with their weights. What comes of it is there as one types.

import Editing
import PostfixFiles
import Routing

extension Binding {
  /// Shares mail that one gateway has now, or changes a pool as a whole.
  static let newPool = Binding(
    .change, [.character("n")], "share", hint: "share",
    "Share mail between gateways: which mail, then who gets how much",
    isHinted: true, disabled: { $0.whyReadOnly },
    action: { model in
      model.share(.outbound)
      return []
    })
}

extension Model {
  /// Opens the line for a kind of mail, with where it goes today.
  mutating func share(_ scope: Scope) {
    ask(.newPool, text: facts.session.current.lineOfWish(for: scope))
  }

  /// Puts another kind of mail in front of the line, with where that goes today.
  func chooseScope(_ step: Int, _ prompt: inout Prompt) {
    let config = facts.session.current
    let scopes = config.scopeDecisions().map(\.scope)
    guard !scopes.isEmpty else { return }
    let word = prompt.line.text.split(separator: " ").first.map(String.init)
    // From a line that begins otherwise, one step leads to the first kind of mail, or to the last.
    let at = scopes.firstIndex { "\($0)" == word } ?? (step > 0 ? -1 : 0)
    prompt.line = LineEditor(config.lineOfWish(for: scopes[(at + step + scopes.count) % scopes.count]))
  }

  func judge(wish text: String, in prompt: inout Prompt) {
    let wish: PoolWish
    do throws(EditRefusal) { wish = try PoolWish(line: text) } catch {
      prompt.verdict = .bad(error.message)
      return
    }
    guard wish.members.count > 1 else {
      prompt.verdict = .need(
        "\(printable(wish.scope.words)): add gateways, such as [gw2.example]:587=30; Up and Down choose other mail"
      )
      return
    }
    rehearse([.pool(wish)], in: &prompt)
    guard let config = prompt.preview?.config else { return }
    let changes = facts.session.current.routeChanges(to: config).filter(\.isChanged)
    if let first = changes.first {
      prompt.verdict = .good(
        "\(printable(first.sample.what)): \(first.after.words): Enter takes it, Esc leaves it")
    }
  }
}
