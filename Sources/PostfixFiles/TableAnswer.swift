// The answer of a table that cannot be read here, from the program that was asked.

package enum TableAnswer: Hashable, Sendable {
  case found(Bytes)
  case notFound
  /// The lookup fails with a temporary error.
  case failed(String)
  /// Cannot be known here, for this reason.
  case unknown(String)
}

/// What a table answered that was asked for one key many times over: its server may choose at random.
package struct TableDraws: Hashable, Sendable {
  /// How often each answer came; nil: the key is not there.
  package private(set) var counts: [Bytes?: Int]

  package init(_ counts: [Bytes?: Int]) { self.counts = counts }

  /// How often it was asked.
  package var total: Int { counts.values.reduce(0, +) }

  package func adding(_ others: TableDraws) -> TableDraws {
    TableDraws(counts.merging(others.counts, uniquingKeysWith: +))
  }
}
