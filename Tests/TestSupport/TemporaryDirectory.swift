// A directory that a test has to itself.
import Glibc

/// A new directory that is removed, with all that is in it, when the last reference to it goes: at the end
/// of the test that holds it in a constant or in a property of its suite.
package final class TemporaryDirectory: Sendable {
  /// Where it is: a real path (no symbolic links), short enough for the sockets below it.
  package let path: String

  /// - Parameter place: The directory to make it in; /dev/shm is a file system of its own.
  package init(in place: String = "/tmp") throws(TestFailure) {
    var template = Array("\(place)/randmap-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw .system("mkdtemp") }
    path = text(of: template)
  }

  deinit {
    removeTree(path)
    // As the superuser, randmap keeps the history of a configuration directory below here.
    removeTree("/var/lib/randmap" + path)
  }

  /// The path of `name` in it.
  package func file(_ name: String) -> String {
    path + "/" + name
  }

  /// Writes a file in it, and returns the path.
  @discardableResult
  package func write(_ name: String, _ text: String) throws(TestFailure) -> String {
    try writeFile(file(name), text)
    return file(name)
  }

  /// Makes a directory in it, and returns the path.
  @discardableResult
  package func makeDirectory(_ name: String, mode: mode_t = 0o755) throws(TestFailure) -> String {
    guard mkdir(file(name), mode) == 0, chmod(file(name), mode) == 0 else {
      throw .system("mkdir \(file(name))")
    }
    return file(name)
  }
}

/// Removes what is at `path`; symbolic links are removed, not followed.
private func removeTree(_ path: String) {
  var status = stat()
  guard lstat(path, &status) == 0 else { return }
  guard status.st_mode & S_IFMT == S_IFDIR else {
    unlink(path)
    return
  }
  for name in (try? namesIn(path)) ?? [] {
    removeTree(path + "/" + name)
  }
  rmdir(path)
}
