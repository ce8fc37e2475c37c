// What the last system call said was wrong, as a value with words.

import Glibc
import SystemPackage

package typealias Errno = SystemPackage.Errno

extension Errno {
  /// Why the last system call of this thread failed: errno(3). To be read before anything else is called.
  package static var last: Errno { Errno(rawValue: errno) }
}
