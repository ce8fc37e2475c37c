// What people see of a repetition in a diff.

import Changes
import PostfixFiles
import TestSupport
import Testing

@Suite struct FoldingTests {
  @Test(arguments: [
    (
      "+x = randmap:!smtp:[gw1]!smtp:[gw2]!smtp:[gw2]!smtp:[gw2]",
      "+x = randmap:!smtp:[gw1]!smtp:[gw2] (3 times)"
    ),
    (
      "+x = randmap:!smtp:[gw1]!smtp:[gw1]!smtp:[gw1]!smtp:[gw2]",
      "+x = randmap:!smtp:[gw1] (3 times)!smtp:[gw2]"
    ),
    (
      "-x = xsmtp:[gw2]xsmtp:[gw2]xsmtp:[gw2]xsmtp:[gw1]xsmtp:[gw1]xsmtp:[gw1]",
      "-x = xsmtp:[gw2] (3 times)xsmtp:[gw1] (3 times)"
    ),
    (
      "+x = randmap:{[gw2]:587,[gw1]:587,[gw1]:587,[gw1]:587}",
      "+x = randmap:{[gw2]:587,[gw1]:587 (3 times)}"
    ),
    (
      "+x = randmap:{[gw1]:587, [gw1]:587, [gw1]:587, [gw2]:587}",
      "+x = randmap:{[gw1]:587 (3 times), [gw2]:587}"
    ),
    (
      "+a unionmap:{randmap:{smtp:gw1 smtp:gw1 smtp:gw1 smtp:gw2}}",
      "+a unionmap:{randmap:{smtp:gw1 (3 times) smtp:gw2}}"
    ),
    (
      "+x = randmap:!smtp:[ü.example]!smtp:[ü.example]!smtp:[ü.example]",
      "+x = randmap:!smtp:[ü.example] (3 times)"
    ),
    // Twice is no long repetition; a rule across the page, blanks and short words are none at all.
    ("+x = randmap:!smtp:[gw1]!smtp:[gw1]", "+x = randmap:!smtp:[gw1]!smtp:[gw1]"),
    (" # ==========================================", " # =========================================="),
    ("+a                                         b", "+a                                         b"),
    ("+x = 10, 10, 10, 10, 10, 10, 10, 10", "+x = 10, 10, 10, 10, 10, 10, 10, 10"),
    ("+hahahahahahahahahahaha", "+hahahahahahahahahahaha"),
    ("@@ -1,3 +1,3 @@", "@@ -1,3 +1,3 @@"),
    ("", ""),
  ]) func aRepetitionWithinALine(line: String, shown: String) {
    #expect(foldingRepetitions(in: [line]) == [shown])
    #expect(Bytes(line.utf8).foldingRepetitions.text == shown)
  }

  @Test func linesThatFollowThemselves() {
    #expect(
      foldingRepetitions(in: ["+a", "+a", "+b", "+b", "+b", "+c"]) == ["+a", "+a", "+b   (3 times)", "+c"])
    #expect(Bytes("+b\n+b\n+b\n".utf8).foldingRepetitions.text == "+b   (3 times)\n")
  }

  /// Read back, it is the text again, whatever repeats itself in it.
  @Test func whatIsFoldedUnfolds() throws {
    var generator = SeededGenerator(seed: 14)
    for _ in 0..<300 {
      let members = (0..<Int.random(in: 1...4, using: &generator)).map { number in
        (text: "!smtp:[gw\(number).example]:\(25 * number)", count: Int.random(in: 1...9, using: &generator))
      }
      let whole = members.map { String(repeating: $0.text, count: $0.count) }.joined()
      let folded = members.map {
        $0.count > 2 ? "\($0.text) (\($0.count) times)" : String(repeating: $0.text, count: $0.count)
      }
      #expect(foldingRepetitions(in: ["+x = randmap:" + whole]) == ["+x = randmap:" + folded.joined()])
    }
  }
}
