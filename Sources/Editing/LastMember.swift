// A pool that an edit leaves with one member: how it becomes one destination again.

import PostfixFiles
import Routing

extension MailConfig {
  /// What to type next where one member is left of a pool; safe to show.
  func notesOnLastMember(of edits: [Edit], _ context: RouteContext) -> [String] {
    edits.compactMap { edit in
      guard case .remove(let name, _) = edit, let pool = (try? poolNamed(name)) ?? nil,
        pool.notation != .single,
        pool.members.count == 1, let last = pool.members.first
      else { return nil }
      let wish = PoolWish(scope(of: pool), [WantedMember(.text(last.result))])
      guard let plan = try? planning(wish, on: ownMachine(context)) else { return nil }
      return printable(
        "\(pool.id) has one member now; to make it one destination again: \(plan.call(of: wish))")
    }
  }

  /// The mail of a pool, as a person says it; its id where no scope means just that.
  private func scope(of pool: Pool) -> Scope {
    if let keys = poolKeys()[pool.id] {
      return keys.count == 1 ? keys[0].scope ?? .named(pool.id) : .named(pool.id)
    }
    let own = try? poolsNamed("\(Scope.outbound)")
    return own?.contains { $0.id == pool.id } ?? false ? .outbound : Scope.named(pool.id).ofMail
  }
}
