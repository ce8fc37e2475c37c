// The generator's choices, from a seed.
import TestSupport

struct Dice {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func pick<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: values.indices, using: &generator)]
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

  /// True once in `count` times.
  mutating func once(in count: Int) -> Bool { number(1...count) == 1 }

  mutating func some<Value>(_ values: [Value], _ count: ClosedRange<Int>) -> [Value] {
    (0..<number(count)).map { _ in pick(values) }
  }
}
