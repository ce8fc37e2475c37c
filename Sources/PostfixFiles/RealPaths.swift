// The real paths of the files of one reading, each asked for once: a key in the console asks for none.

import Synchronization

/// Remembers what the file system said. All versions of a configuration share it, since an edit changes no path.
final class RealPaths: Sendable {
  private let known = Mutex<[String: String]>([:])

  /// The path without links; as it is where there is no such file.
  func of(_ path: String) -> String {
    if let real = known.withLock({ $0[path] }) { return real }
    let real = FileReader.realPath(path) ?? path
    known.withLock { $0[path] = real }
    return real
  }
}

extension MailConfig {
  /// Asks for the real paths of all files that it has, on a thread: what hides passwords goes by them.
  package func knowRealPaths() {
    let others = credentialFiles.union(nextHopFiles).union(files.keys)
    for path in others.union([main.document.path, master?.document.path].compactMap(\.self)) {
      _ = realPaths.of(path)
    }
  }
}
