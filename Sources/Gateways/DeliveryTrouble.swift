// What the results of deliveries say of a gateway. It may greet every probe and still take no mail.

import PostfixFiles

/// From when on deliveries that failed count against a gateway.
package struct DeliveryLimits: Hashable, Sendable {
  /// The time that is looked at, in seconds.
  package var window = 300
  /// Fewer messages than this say nothing.
  package var messages = 20
  /// The part of them that has to fail: a fraction of 1.
  package var share = 0.5
  /// No more than this part of a pool's weight is passed by for its results: a fraction of 1; at 0, none is.
  package var passedByShare = 0.5

  package init() {}

  /// Of the members of a pool whose deliveries fail, those that are passed by: the lightest first, and never more of the pool's
  /// weight than `most`, a fraction of 1.
  package static func passedBy<Member>(
    _ failing: [Member], ofWeight total: Int, most: Double,
    by order: (Member) -> (weight: Int, result: String)
  ) -> ArraySlice<Member> {
    let sorted = failing.sorted { order($0) < order($1) }
    var weight = 0
    let end = sorted.firstIndex { member in
      weight += order(member).weight
      return Double(weight) > Double(total) * most
    }
    return sorted[..<(end ?? sorted.endIndex)]
  }
}

/// That a gateway took little of what it was given in the last minutes.
package struct DeliveryTrouble: Hashable, Sendable {
  package let messages: Int
  package let deferred: Int
  package let refused: Int
  /// Messages that it deferred, and that smtp(8) then tried at the next gateway of a list.
  package let turnedAway: Int
  /// The most frequent reason, as the gateway gave it; empty where none is known.
  package let words: String

  /// Nil where the deliveries are not that bad, or too few to tell.
  package init?(
    sent: Int, deferred: Int, refused: Int, turnedAway: Int = 0, words: @autoclosure () -> String,
    limits: DeliveryLimits
  ) {
    messages = sent + deferred + refused + turnedAway
    let failed = deferred + refused + turnedAway
    guard failed > 0, messages >= limits.messages, Double(failed) > limits.share * Double(messages) else {
      return nil
    }
    self.deferred = deferred
    self.refused = refused
    self.turnedAway = turnedAway
    // `(in reply to RCPT TO command)` is for those who read the log.
    let text = words()
    self.words = printable(
      text.firstRange(of: " (in reply to ").map { String(text[..<$0.lowerBound]) } ?? text)
  }

  /// `defers 98 % of the mail (452 4.2.2 mailbox full)`.
  package var reason: String {
    let verbs = [(deferred, "defers"), (refused, "refuses"), (turnedAway, "turns away")]
      .filter { $0.0 > 0 }.map(\.1)
    let percent = Int((Double(deferred + refused + turnedAway) / Double(messages) * 100).rounded())
    return "\(verbs.joined(separator: " or ")) \(percent) % of the mail"
      + (words.isEmpty ? "" : " (\(words))")
  }
}
