// The answer of a table that cannot be read here, from the program that was asked.

public enum TableAnswer: Hashable, Sendable {
  case found(Bytes)
  case notFound
  /// The lookup fails with a temporary error.
  case failed(String)
  /// Cannot be known here, for this reason.
  case unknown(String)
}
