// A weight that was forgotten, or that mixes two ways to say it, is noted.

import Testing

@testable import Editing

@Suite struct MissingWeightTests {
  @Test(
    arguments: [
      (
        ["A=70", "B"], ["B has no weight, so it counts as 1 and gets 1.4%; with =30 all weights come to 100"]
      ),
      (
        ["A=70", "B=20", "C"],
        ["C has no weight, so it counts as 1 and gets 1.1%; with =10 all weights come to 100"]
      ),
      (
        ["A=98", "B", "C"],
        [
          "B has no weight, so it counts as 1 and gets 1.0%; need =WEIGHT after it",
          "C has no weight, so it counts as 1 and gets 1.0%; need =WEIGHT after it",
        ]
      ),
      (["A=200", "B"], ["B has no weight, so it counts as 1 and gets 0.5%; need =WEIGHT after it"]),
      (["A=70%", "B=3"], ["B=3 is a number beside percentages: it gets the rest, which is 30.0%"]),
      // Nothing is forgotten there.
      (["A=70", "B=1"], []), (["A", "B"], []), (["A=3", "B"], []), (["A=70%", "B"], []), (["A=70"], []),
      (["A=70%", "B=30%"], []), (["A=50%", "B=2", "C=3"], []),
      // Refused elsewhere.
      (["A=x", "B"], []), (["A=70%", "B=40%"], []),
    ] as [([String], [String])])
  func aForgottenWeightIsSaid(members: [String], words: [String]) {
    #expect(PoolWish.notesOnWeights(of: members) == words)
  }
}
