// When a pool got the members and weights that it has, as far as the history of writes and the time of its file tell.

/// The last change of a pool.
package struct PoolChange: Hashable, Sendable {
  /// In seconds since 1970.
  package let time: Int
  /// Whether only its file is known to have changed: nothing remembers what it held before.
  package let isOfFileAlone: Bool

  package init(time: Int, isOfFileAlone: Bool = false) {
    (self.time, self.isOfFileAlone) = (time, isOfFileAlone)
  }
}
