// Names of files, taken below directories that are open. A path is resolved once, when its directory is opened; after
// that no other user can redirect a write by putting another directory or a link in its place.

import CLinux
import Glibc
import PostfixFiles
import System

/// A name in an open directory.
package struct Name: Hashable, Sendable {
  /// The directory's descriptor; AT_FDCWD where the path itself is taken, as in the state directory, which only root and
  /// the caller can write.
  package let directory: Int32
  /// What is handed to the system.
  package let base: String
  /// The whole path, for messages.
  package let path: String

  /// A path in the state directory.
  init(_ path: String) {
    self.init(in: AT_FDCWD, base: path, path: path)
  }

  fileprivate init(in directory: Int32, base: String, path: String) {
    self.directory = directory
    self.base = base
    self.path = path
  }

  /// What has this name, symbolic links not followed; nil where nothing has it. Any other failure is one: who takes it
  /// for "nothing there" goes on with half of a write.
  func status() throws(WriteError) -> stat? {
    var status = stat()
    if fstatat(directory, base, &status, AT_SYMLINK_NOFOLLOW) == 0 { return status }
    if errno == ENOENT { return nil }
    throw .system(SystemError("stat", path))
  }

  func exists() throws(WriteError) -> Bool { try status() != nil }

  func stamp() throws(WriteError) -> FileStamp? { try status().map { FileStamp($0) } }

  /// Opens a regular file for a look; nil if it does not exist. A symbolic link is an error.
  func withRegularFile<Result>(
    _ look: (_ file: OpenFile, _ status: stat) throws(WriteError) -> Result
  ) throws(WriteError) -> Result? {
    // O_NONBLOCK: a FIFO must not hold us up.
    let descriptor = openat(directory, base, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    if descriptor < 0 {
      if errno == ENOENT { return nil }
      throw .system(SystemError("open", path))
    }
    defer { close(descriptor) }
    var status = stat()
    if fstat(descriptor, &status) != 0 { throw .system(SystemError("stat", path)) }
    if status.st_mode & S_IFMT != S_IFREG { throw .notRegular(path) }
    return try look(OpenFile(descriptor, path), status)
  }
}

/// The directories of one write, open until it is over.
final class OpenDirectories: Sendable {
  private let opened: [String: Int32]
  /// What was opened, by path.
  let identities: [DirectoryIdentity]

  /// - Parameter paths: real paths.
  init(_ paths: some Sequence<String>) throws(WriteError) {
    var opened: [String: Int32] = [:]
    var identities: [DirectoryIdentity] = []
    do throws(WriteError) {
      for path in Set(paths).sorted() {
        let (descriptor, status) = try openDirectory(path)
        opened[path] = descriptor
        identities.append(DirectoryIdentity(path, status))
      }
    } catch {
      for descriptor in opened.values { close(descriptor) }
      throw error
    }
    self.opened = opened
    self.identities = identities
  }

  deinit { for descriptor in opened.values { close(descriptor) } }

  /// The name that a path means. It has to be in one of the directories.
  func name(_ path: String) throws(WriteError) -> Name {
    let base = baseName(of: path)
    guard let descriptor = opened[FileReader.directory(of: path)], !["", ".", ".."].contains(base) else {
      throw .refused(path, "it is not in a directory of this write")
    }
    return Name(in: descriptor, base: base, path: path)
  }

  func synchronize(_ fileSystem: some FileSystem) throws(WriteError) {
    for (path, descriptor) in opened.sorted(by: { $0.key < $1.key }) {
      try fileSystem.act(.synchronize(OpenFile(descriptor, path)))
    }
  }
}

/// Opens the directory of a file that is no part of a configuration, as one of metrics: no link of another user is followed, and
/// root does not refuse a directory that others may write. The caller closes it.
///
/// - Parameter path: absolute.
package func openDirectory(ofFile path: String) throws(WriteError) -> (descriptor: Int32, base: String) {
  let directory = try targetPath(FileReader.directory(of: path))
  return (try openDirectory(directory, refusesShared: false).descriptor, baseName(of: path))
}

/// Opens a directory by its real path, one step after the other and following no link.
///
/// For root each step is looked at: where others can put names, they could have the write of root's lead elsewhere, or own
/// a file that root makes. That is refused, whatever --force says: who may write there can make the change as that user.
private func openDirectory(
  _ path: String, refusesShared: Bool = true
) throws(WriteError) -> (descriptor: Int32, status: stat) {
  let steps = path.split(separator: "/").map(String.init)
  var descriptor = open("/", (steps.isEmpty ? O_RDONLY : O_PATH) | O_DIRECTORY | O_CLOEXEC)
  var walked = "/"
  var status = stat()
  for depth in 0...steps.count {
    if descriptor < 0 || fstat(descriptor, &status) != 0 {
      let error = SystemError("open", walked)
      if descriptor >= 0 { close(descriptor) }
      throw .system(error)
    }
    let isLast = depth == steps.count
    let isSticky = !isLast && status.st_mode & S_ISVTX != 0
    if refusesShared, geteuid() == 0, let reason = distrust(status, allowingOthers: isSticky) {
      close(descriptor)
      throw .sharedDirectory(walked, reason)
    }
    if isLast { break }
    let kind = depth == steps.count - 1 ? O_RDONLY : O_PATH
    let next = openat(descriptor, steps[depth], kind | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    let number = errno
    close(descriptor)
    errno = number
    descriptor = next
    walked = join(walked, steps[depth])
  }
  return (descriptor, status)
}
