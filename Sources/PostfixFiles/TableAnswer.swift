// The answer of a table that cannot be read here, from the program that was asked.

package enum TableAnswer: Hashable, Sendable {
  case found(Bytes)
  case notFound
  /// The lookup fails with a temporary error.
  case failed(String)
  /// Cannot be known here, for this reason.
  case unknown(String)
}
