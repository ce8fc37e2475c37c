// What a test helper reports when the world is not as the test needs it.
import Glibc

/// Why a helper could not go on, in words for the person who reads the test log.
package struct TestFailure: Error, CustomStringConvertible, Sendable {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }

  /// A system call that failed, with what the system said about it.
  static func system(_ what: String, _ code: Int32 = errno) -> TestFailure {
    TestFailure("\(what): \(String(cString: strerror(code)))")
  }
}
