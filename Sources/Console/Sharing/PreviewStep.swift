// The third step: what comes of it, to be read before it is kept or written.

import Changes
import Editing
import PostfixFiles

/// A wish with its plan.
struct PlannedPool: Sendable {
  let wish: PoolWish
  let plan: PoolPlan
  /// What a write would change, folded.
  let diff: [String]

  init(_ wish: PoolWish, _ plan: PoolPlan) {
    self.wish = wish
    self.plan = plan
    diff = plan.config.fileDiffs.flatMap { foldingRepetitions(in: plan.config.masked($0).printableLines) }
  }
}

struct PreviewStep: Sendable {
  let pool: PlannedPool
  /// What a person has to say yes to; nil until the check is done.
  var guards: [EditGuard]?
  /// The line that the screen begins with.
  private(set) var top = 0
  /// How many lines there are to scroll by, as the screen has told.
  var lastTop = 0

  enum Decision: Sendable { case stays, back, keep, write }

  init(_ pool: PlannedPool) { self.pool = pool }

  mutating func take(_ key: Key) -> Decision {
    switch key {
    case .escape, .left: return .back
    case .character("k"): return .keep
    case .character("w"): return .write
    case .down, .character("j"): scroll(1)
    case .up: scroll(-1)
    case .pageDown, .character(" "), .control("f"): scroll(10)
    case .pageUp, .control("b"): scroll(-10)
    case .home, .character("g"): scroll(-.max / 2)
    case .end, .character("G"): scroll(.max / 2)
    default: break
    }
    return .stays
  }

  private mutating func scroll(_ step: Int) { top = min(max(0, top + step), lastTop) }

  /// Nothing is scrolled past the end.
  mutating func settle(lastTop: Int) {
    self.lastTop = max(0, lastTop)
    top = min(top, self.lastTop)
  }
}
