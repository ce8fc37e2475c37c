// The weights that are left when a member goes.

import Editing
import PostfixFiles
import Testing

@Suite struct ReducedWeightTests {
  private func pool(_ weights: [String: Int]) -> String {
    let items = weights.sorted { $0.key < $1.key }.flatMap {
      Array(repeating: "!smtp:[\($0.key)]", count: $0.value)
    }
    return "default_transport = randmap:\(items.joined())\n"
  }

  @Test func theyAreMadeSmaller() throws {
    let remove = Edit.remove(pool: "default_transport", member: "smtp:[c]")
    #expect(try edited(pool(["a": 9, "b": 9, "c": 2]), remove) == pool(["a": 1, "b": 1]))
    #expect(try edited(pool(["a": 4, "b": 6, "c": 3]), remove) == pool(["a": 2, "b": 3]))
    #expect(try edited(pool(["a": 4, "b": 3, "c": 2]), remove) == pool(["a": 4, "b": 3]))
    // Who had such weights before has chosen them.
    #expect(try edited(pool(["a": 4, "b": 4, "c": 2]), remove) == pool(["a": 4, "b": 4]))
    // A drained member comes back with its weight.
    let drained = try edited(
      pool(["a": 2, "b": 2, "c": 1, "d": 3]), .drain(pool: "default_transport", member: "smtp:[d]"), remove)
    #expect(drained.hasPrefix(pool(["a": 2, "b": 2])))
  }
}
