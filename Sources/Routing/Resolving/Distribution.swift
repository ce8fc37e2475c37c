// What can come of random choices, each with its probability.

/// Values with shares that add up to 1, together with `unlisted`; equal values are one.
///
/// Choices multiply: twenty tables with two results each come to a million. So a further step lists no more than
/// `maximumCount` values, or as many as the step before; the share of all others is one number.
package struct Distribution<Value: Hashable & Sendable>: Sendable {
  /// In the order in which they first came up. Shares are fractions of 1.
  package private(set) var outcomes: [(value: Value, share: Double)] = []
  /// The share of what is not listed.
  package private(set) var unlisted = 0.0
  private var index: [Value: Int] = [:]

  /// More than people read or a configuration means.
  package static var maximumCount: Int { 10_000 }

  /// One value, for certain.
  package init(_ value: Value) { add(value, 1) }

  /// One of `values` at random; a value that is listed twice comes up twice as often.
  package init(oneOf values: [Value]) {
    for value in values { add(value, 1 / Double(values.count)) }
  }

  /// Values with their shares, which add up to 1.
  init(_ shares: [(value: Value, share: Double)]) {
    for (value, share) in shares { add(value, share) }
  }

  private init() {}

  /// Nothing of it can be listed.
  package static var unlisted: Self {
    var none = Self()
    none.unlisted = 1
    return none
  }

  private mutating func add(_ value: Value, _ share: Double) {
    if let at = place(of: value) {
      outcomes[at].share += share
      return
    }
    outcomes.append((value, share))
    if outcomes.count > Self.countWithoutIndex {
      for at in index.count..<outcomes.count { index[outcomes[at].value] = at }
    }
  }

  /// Most answers are certain, and a value may have millions of bytes: to compare a few is cheaper than to hash them.
  private func place(of value: Value) -> Int? {
    outcomes.count > Self.countWithoutIndex
      ? index[value] : outcomes.firstIndex { $0.value == value }
  }

  private static var countWithoutIndex: Int { 4 }

  /// Whether there is nothing random about it.
  package var isCertain: Bool { outcomes.count == 1 }

  /// A further step that may choose at random, independently of what was chosen before.
  package func flatMap<Result, Problem: Error>(
    _ next: (Value) throws(Problem) -> Distribution<Result>
  ) throws(Problem) -> Distribution<Result> {
    // What follows one value for certain is all there is.
    if isCertain, unlisted == 0 { return try next(outcomes[0].value) }
    var result = Distribution<Result>()
    result.unlisted = unlisted
    let limit = max(Self.maximumCount, outcomes.count)
    for (value, share) in outcomes {
      if result.outcomes.count >= limit {
        result.unlisted += share
        continue
      }
      let further = try next(value)
      for (value, part) in further.outcomes { result.add(value, share * part) }
      result.unlisted += share * further.unlisted
    }
    return result
  }

  /// With `other` in the place of the values that are so: a choice that does not depend on them, made once for all.
  package func replacing(_ isSo: (Value) -> Bool, with other: Distribution<Value>) -> Distribution<Value> {
    var result = Distribution()
    result.unlisted = unlisted
    var replaced = 0.0
    for (value, share) in outcomes {
      if isSo(value) { replaced += share } else { result.add(value, share) }
    }
    if replaced == 0 { return result }
    for (value, share) in other.outcomes { result.add(value, share * replaced) }
    result.unlisted += other.unlisted * replaced
    return result
  }

  package func map<Result>(_ change: (Value) -> Result) -> Distribution<Result> {
    var result = Distribution<Result>()
    result.unlisted = unlisted
    for (value, share) in outcomes { result.add(change(value), share) }
    return result
  }
}
