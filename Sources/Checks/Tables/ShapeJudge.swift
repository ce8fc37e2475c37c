// The rules that values offend, found once for all values of one shape: a table may have a million values, a configuration
// 100,000 members of pools, and few shapes.

import PostfixFiles

/// For values in the same kind of place: rules may look at that too.
struct ShapeJudge {
  typealias Check = (index: Int, offends: @Sendable (ResultView) -> Offence?)

  private let checks: [Check]
  private let positions: [Int: Int]
  private var shape: ValueShape
  private var judged: [Bytes: [Int]] = [:]
  /// Nil before the first value, which may be empty.
  private var lastShape: Bytes?
  private var lastOffended: [Int] = []
  /// No more shapes than this are remembered: the memory stays bounded.
  private static let mostShapes = 100_000

  /// - Parameter checks: those of rules for results, with the indices of the rules.
  init(_ checks: [Check], ownNames: Set<String>) {
    self.checks = checks
    positions = Dictionary(
      uniqueKeysWithValues: checks.enumerated().map { ($0.element.index, $0.offset) })
    shape = ValueShape(ownNames: ownNames)
  }

  /// The indices of the rules that the value at `range` of `bytes` offends. Nil: its shape is new, and `judging` has to be
  /// called with a view of it.
  mutating func offended(_ range: Range<Int>, of bytes: borrowing Span<UInt8>) -> [Int]? {
    shape.read(range, of: bytes)
    if shape.bytes == lastShape { return lastOffended }
    lastShape = shape.bytes
    guard let known = judged[shape.bytes] else { return nil }
    lastOffended = known
    return known
  }

  /// The same of the value that `offended` was asked about last.
  mutating func judging(_ view: ResultView) -> [Int] {
    lastOffended = checks.compactMap { $0.offends(view) == nil ? nil : $0.index }
    if judged.count < Self.mostShapes { judged[shape.bytes] = lastOffended }
    return lastOffended
  }

  /// What offends a rule in a view, for the place and the message.
  func offence(_ rule: Int, _ view: ResultView) -> Offence? {
    positions[rule].flatMap { checks[$0].offends(view) }
  }
}
