// The shortest way from one list of lines to another: Myers, "An O(ND) Difference Algorithm and Its
// Variations" (1986), the greedy form with its trace.

/// A run of lines: of the old text that go, and of the new text that come in their place.
struct LineChange: Equatable {
  var removed: Range<Int>
  var added: Range<Int>

  func moved(by lines: Int) -> LineChange {
    LineChange(
      removed: (removed.lowerBound + lines)..<(removed.upperBound + lines),
      added: (added.lowerBound + lines)..<(added.upperBound + lines))
  }
}

/// Beyond this many lines that differ, the whole stretch is shown as replaced: no person reads such a diff line
/// by line, and the trace would take memory by its square.
private let furthest = 3000

/// The edits that turn `old` into `new`, in order.
func lineChanges<Line: Hashable>(from old: [Line], to new: [Line]) -> [LineChange] {
  // A line that only one side has goes or comes in any case. Without those lines, a thousand edits cost no square.
  let (inOld, inNew) = (Set(old), Set(new))
  let oldShared = old.indices.filter { inNew.contains(old[$0]) }
  let newShared = new.indices.filter { inOld.contains(new[$0]) }
  var changes: [LineChange] = []
  var (x, y) = (0, 0)
  /// Everything before this pair of equal lines that has no partner is a change.
  func pair(_ oldLine: Int, _ newLine: Int) {
    if oldLine > x || newLine > y { changes.append(LineChange(removed: x..<oldLine, added: y..<newLine)) }
    (x, y) = (oldLine + 1, newLine + 1)
  }
  let edits = shortestEdits(oldShared.count, newShared.count) { old[oldShared[$0]] == new[newShared[$1]] }
  var (i, j) = (0, 0)
  for edit in edits + [
    LineChange(removed: oldShared.count..<oldShared.count, added: newShared.count..<newShared.count)
  ] {
    while i < edit.removed.lowerBound {
      pair(oldShared[i], newShared[j])
      (i, j) = (i + 1, j + 1)
    }
    (i, j) = (edit.removed.upperBound, edit.added.upperBound)
  }
  if x < old.count || y < new.count {
    changes.append(LineChange(removed: x..<old.count, added: y..<new.count))
  }
  return changes
}

/// The edits that turn `0..<oldCount` into `0..<newCount`, in order; `same` compares one of each.
private func shortestEdits(_ oldCount: Int, _ newCount: Int, same: (Int, Int) -> Bool) -> [LineChange] {
  if oldCount == 0 || newCount == 0 {
    return oldCount + newCount == 0 ? [] : [LineChange(removed: 0..<oldCount, added: 0..<newCount)]
  }
  let most = min(oldCount + newCount, furthest)
  // reach[diagonal + offset]: how far down the old lines the furthest path on this diagonal has come.
  let offset = most + 1
  var reach = [Int32](repeating: 0, count: 2 * most + 3)
  var trace: [[Int32]] = []
  for distance in 0...most {
    trace.append(Array(reach[(offset - distance)...(offset + distance)]))
    for diagonal in stride(from: -distance, through: distance, by: 2) {
      let fromAbove =
        diagonal == -distance
        || (diagonal != distance && reach[offset + diagonal - 1] < reach[offset + diagonal + 1])
      var x = Int(fromAbove ? reach[offset + diagonal + 1] : reach[offset + diagonal - 1] + 1)
      while x < oldCount, x - diagonal < newCount, x - diagonal >= 0, same(x, x - diagonal) { x += 1 }
      reach[offset + diagonal] = Int32(x)
      if x >= oldCount, x - diagonal >= newCount { return walkBack(trace, oldCount, newCount) }
    }
  }
  return [LineChange(removed: 0..<oldCount, added: 0..<newCount)]
}

/// Follows the trace from the end to the beginning and joins single steps that touch.
private func walkBack(_ trace: [[Int32]], _ oldCount: Int, _ newCount: Int) -> [LineChange] {
  var edits: [LineChange] = []
  var x = oldCount
  var y = newCount
  for distance in stride(from: trace.count - 1, to: 0, by: -1) {
    // trace[distance] holds the diagonals -distance...distance as they stood before this distance.
    let reach = trace[distance]
    let diagonal = x - y
    let fromAbove =
      diagonal == -distance
      || (diagonal != distance && reach[distance + diagonal - 1] < reach[distance + diagonal + 1])
    let before = fromAbove ? diagonal + 1 : diagonal - 1
    let startX = Int(reach[distance + before])
    let startY = startX - before
    let step =
      fromAbove
      ? LineChange(removed: startX..<startX, added: startY..<(startY + 1))
      : LineChange(removed: startX..<(startX + 1), added: startY..<startY)
    if let last = edits.last, last.removed.lowerBound == step.removed.upperBound,
      last.added.lowerBound == step.added.upperBound
    {
      edits[edits.count - 1] = LineChange(
        removed: step.removed.lowerBound..<last.removed.upperBound,
        added: step.added.lowerBound..<last.added.upperBound)
    } else {
      edits.append(step)
    }
    x = startX
    y = startY
  }
  return edits.reversed()
}
