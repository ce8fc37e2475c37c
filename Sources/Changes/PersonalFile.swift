// A file of a person's own, such as their settings: written in one step, like all that randmap writes.

import Glibc
import PostfixFiles

extension FileSystem {
  /// Puts a file in the place of the one at `path`; of a link, in the place of what it leads to.
  package func keepPersonal(_ bytes: Bytes, at path: String) throws(WriteError) {
    guard let real = realpath(path, nil) else { return try keep(bytes, at: path) }
    defer { free(real) }
    try keep(bytes, at: String(cString: real))
  }
}
