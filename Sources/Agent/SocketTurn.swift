// Agents that start at the same moment take turns.

import Glibc
import PostfixFiles

extension AgentSocket {
  /// A lock on the directory, for as long as its descriptor is open. Who may read the directory can hold it: so it is waited
  /// for a second only, and then gone on without.
  static func turn(in directory: String) -> Int32 {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let deadline = ContinuousClock.now + .seconds(1)
    while descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, ContinuousClock.now < deadline {
      poll(nil, 0, 5)
    }
    return descriptor
  }
}
