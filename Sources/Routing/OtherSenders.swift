// A pool of all senders that the tables before it do not know, as an unmodified Postfix runs it.

import PostfixFiles

extension TableSpec {
  /// The first table of its pipemap, a unionmap: it answers for the domain of a sender, which is the last key that Postfix asks
  /// for, and for the null sender. A unionmap is asked for a part of an address where its first table is no table of patterns
  /// (measured: of DICT_FLAG_FIXED it has that of its first table).
  package static let otherSenders = "{inline:{<>=pool}, regexp:{{/^@/ pool}}}"

  /// Whether it is that table.
  package var isOtherSenders: Bool {
    func spaceless(_ text: String) -> String { text.filter { !$0.isWhitespace } }
    return if case .union = content { spaceless(argument.text) == spaceless(Self.otherSenders) } else {
      false
    }
  }

  /// Whether it answers for every sender that the tables before it do not know.
  package var answersOtherSenders: Bool {
    if case .pipe(let stages) = content { stages.first?.isOtherSenders ?? false } else { false }
  }
}
