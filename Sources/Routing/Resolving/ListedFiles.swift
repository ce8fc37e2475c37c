// The files that a list of domains names in place of their lines, which may be files again (match_list.c). One may name itself, or
// two name the next one twice each, and so on: Postfix itself would read them without end.

import PostfixFiles

/// Counts the files that are read in one list's places.
package struct ListedFiles: Sendable {
  private var open: Set<String> = []
  private var known: Set<String> = []
  private var count = 0
  private var repeatedBytes = 0
  /// Whether there were too many: nothing after that place is known, so no more of the list is read.
  package private(set) var areTooMany = false

  private static let maximumDepth = 50
  private static let maximumCount = 1_000
  /// Of files that are read again. What is read once is no longer than the files are.
  private static let maximumRepeatedBytes = 4 << 20

  package init() {}

  /// Begins a file; false where it is in a circle of files, or in too many of them.
  package mutating func begin(_ path: String) -> Bool {
    count += 1
    if open.count >= Self.maximumDepth || count > Self.maximumCount || open.contains(path) {
      areTooMany = true
    }
    if areTooMany { return false }
    open.insert(path)
    return true
  }

  /// Its text is read now; false where too much was read again.
  package mutating func read(_ path: String, _ bytes: Int) -> Bool {
    if !known.insert(path).inserted { repeatedBytes += bytes }
    if repeatedBytes > Self.maximumRepeatedBytes { areTooMany = true }
    return !areTooMany
  }

  package mutating func end(_ path: String) { open.remove(path) }
}
