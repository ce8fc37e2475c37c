// Whether what a main.cf says of users and places is what root or the caller means.

import System

#if canImport(Glibc)
  import Glibc
#endif

/// The place by which another user than root and the caller can have written the main.cf at `path`, with the reason; nil if none can
/// have. To take on `mail_owner`, or to make files in `queue_directory` or `data_directory`, is then to do what that user says.
package func foreignAuthor(of path: String) -> (path: String, reason: String)? {
  if let found = foreignPlace(onTheWayTo: path) { return found }
  var status = stat()
  // Who has taken it away for this look has put it back when it is read.
  guard stat(path, &status) == 0 else { return (path, "it cannot be looked at: \(Errno.last.description)") }
  return distrust(status).map { (path, $0) }
}
