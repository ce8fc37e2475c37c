// What can come of random choices, each with its probability.

/// Values with shares that add up to 1; equal values are one.
public struct Distribution<Value: Hashable & Sendable>: Sendable {
  /// In the order in which they first came up. Shares are fractions of 1.
  public private(set) var outcomes: [(value: Value, share: Double)] = []
  private var index: [Value: Int] = [:]

  /// One value, for certain.
  public init(_ value: Value) { add(value, 1) }

  /// One of `values` at random; a value that is listed twice comes up twice as often.
  public init(oneOf values: [Value]) {
    for value in values { add(value, 1 / Double(values.count)) }
  }

  private init() {}

  private mutating func add(_ value: Value, _ share: Double) {
    if let at = index[value] {
      outcomes[at].share += share
    } else {
      index[value] = outcomes.count
      outcomes.append((value, share))
    }
  }

  /// Whether there is nothing random about it.
  public var isCertain: Bool { outcomes.count == 1 }

  /// A further step that may choose at random, independently of what was chosen before.
  public func flatMap<Result, Problem: Error>(
    _ next: (Value) throws(Problem) -> Distribution<Result>
  ) throws(Problem) -> Distribution<Result> {
    var result = Distribution<Result>()
    for (value, share) in outcomes {
      for (further, part) in try next(value).outcomes { result.add(further, share * part) }
    }
    return result
  }

  public func map<Result>(_ change: (Value) -> Result) -> Distribution<Result> {
    flatMap { Distribution<Result>(change($0)) }
  }
}
