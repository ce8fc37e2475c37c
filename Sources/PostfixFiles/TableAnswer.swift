// The answer of a table that cannot be read here, from whoever was asked.

public enum TableAnswer: Hashable, Sendable {
  case found(Bytes)
  case notFound
  /// The lookup fails with a temporary error.
  case failed(String)
  /// Nobody here can say, for this reason.
  case unknown(String)
}
