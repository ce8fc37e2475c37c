// Until when, why and by whom a member or a gateway gets no mail, in words for every view.

import PostfixFiles
import Routing

extension Facts {
  /// What is said below its row of a member that is drained or has a plan; nil where nothing is known.
  func drainWords(of row: PoolRow) -> String? {
    guard case .member(let member, let pool, _) = row else { return nil }
    if let drain = member.drain { return words(of: drain, by: authors.author(of: member, in: pool)) }
    return member.ramp.map { "ramp: \($0.words(at: session.current.environment.clock()))" }
  }

  /// The same of a gateway that is drained in every pool.
  func drainWords(of use: GatewayUse) -> String? {
    use.isDrained ? use.drain.flatMap { words(of: $0, by: authors.author(of: use)) } : nil
  }

  private func words(of drain: Drain, by author: String?) -> String? {
    let author = author.map { "(by \(printable($0)))" } ?? ""
    let words = [drain.words(at: session.current.environment.clock()), author].filter { !$0.isEmpty }
      .joined(separator: " ")
    return words.isEmpty ? nil : "drained \(words)"
  }
}
