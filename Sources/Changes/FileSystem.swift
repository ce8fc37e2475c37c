// The one interface for changes of files: every system call that changes something on disk is in this
// file, so that a test can stop the process before or after any of them, or make it fail.

import CLinux
import Glibc
import Store
import System

/// A system call that failed: which, on what, and why.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  package let operation: String
  package let path: String
  /// errno.
  package let number: Int32
  /// What is wrong where a number does not say it.
  package let reason: String?

  package init(_ operation: String, _ path: String, _ number: Int32 = errno, reason: String? = nil) {
    self.operation = operation
    self.path = path
    self.number = number
    self.reason = reason
  }

  package var description: String { "\(operation) \(path): \(reason ?? Errno(rawValue: number).description)" }

  /// Whether it says that we may not, rather than that something broke.
  package var isDenial: Bool { number == EACCES || number == EPERM || number == EROFS }
}

/// A file that is open, with the name that it was opened by, for messages.
package struct OpenFile: Hashable, Sendable {
  package let descriptor: Int32
  package let path: String

  package init(_ descriptor: Int32, _ path: String) {
    self.descriptor = descriptor
    self.path = path
  }
}

/// A call that changes files.
package enum SystemCall: Sendable {
  /// A new file of mode 0600; fails where the name is taken, also by a symbolic link. Gives its descriptor.
  case create(Name)
  /// A lock file, made where it is missing. Gives its descriptor.
  case openLock(Name)
  /// Gives how many bytes were taken.
  case write(OpenFile, ArraySlice<UInt8>)
  case setOwner(OpenFile, user: UInt32, group: UInt32)
  case setMode(OpenFile, UInt32)
  case setAttribute(OpenFile, name: String, value: [UInt8])
  case removeAttribute(OpenFile, name: String)
  /// fsync, of a file or of a directory.
  case synchronize(OpenFile)
  case link(from: Name, to: Name)
  case rename(from: Name, to: Name)
  case remove(Name)
  case makeDirectory(Name, mode: UInt32)
  case removeDirectory(Name)
  /// Rows of a pool database, in one transaction.
  case commit(RowChange, to: String)
}

/// What performs the calls.
package protocol FileSystem: Sendable {
  /// The result of the call where it has one (a descriptor, a count), otherwise 0.
  @discardableResult
  func perform(_ call: SystemCall) throws(SystemError) -> Int
}

/// The real one.
package struct RealFileSystem: FileSystem {
  package init() {}

  package func perform(_ call: SystemCall) throws(SystemError) -> Int {
    if case .commit(let change, let path) = call {
      do throws(StoreError) {
        try PoolDatabase.apply(change, to: path, at: Int64(time(nil)))
        return 0
      } catch {
        throw SystemError(call.verb, path, error.number, reason: error.reason)
      }
    }
    while true {
      let result = attempt(call)
      if result >= 0 { return result }
      if errno != EINTR { throw SystemError(call.verb, call.path) }
    }
  }

  private func attempt(_ call: SystemCall) -> Int {
    switch call {
    case .create(let name):
      Int(openat(name.directory, name.base, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600))
    case .openLock(let name):
      // O_NONBLOCK: a FIFO of this name must not hold us up.
      Int(
        openat(
          name.directory, name.base, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
          0o600))
    case .write(let file, let bytes):
      bytes.withUnsafeBytes { Glibc.write(file.descriptor, $0.baseAddress, $0.count) }
    case .setOwner(let file, let user, let group): Int(fchown(file.descriptor, user, group))
    case .setMode(let file, let mode): Int(fchmod(file.descriptor, mode))
    case .setAttribute(let file, let name, let value):
      Int(fsetxattr(file.descriptor, name, value, value.count, 0))
    case .removeAttribute(let file, let name): Int(fremovexattr(file.descriptor, name))
    case .synchronize(let file): Int(fsync(file.descriptor))
    case .link(let from, let to): Int(linkat(from.directory, from.base, to.directory, to.base, 0))
    case .rename(let from, let to): Int(renameat(from.directory, from.base, to.directory, to.base))
    case .remove(let name): Int(unlinkat(name.directory, name.base, 0))
    case .makeDirectory(let name, let mode): Int(mkdirat(name.directory, name.base, mode))
    case .removeDirectory(let name): Int(unlinkat(name.directory, name.base, AT_REMOVEDIR))
    case .commit: 0
    }
  }
}

extension SystemCall {
  /// What it does, for a message.
  package var verb: String {
    switch self {
    case .create: "create"
    case .openLock: "lock"
    case .write: "write"
    case .setOwner: "set the owner of"
    case .setMode: "set the mode of"
    case .setAttribute(_, let name, _): "set attribute \(name) of"
    case .removeAttribute(_, let name): "remove attribute \(name) of"
    case .synchronize: "fsync"
    case .link: "link"
    case .rename: "rename to"
    case .remove: "remove"
    case .makeDirectory: "make directory"
    case .removeDirectory: "remove directory"
    case .commit: "write rows of"
    }
  }

  /// What it does it to.
  package var path: String {
    switch self {
    case .create(let name), .openLock(let name), .remove(let name), .makeDirectory(let name, _),
      .removeDirectory(let name), .link(_, let name), .rename(_, let name):
      name.path
    case .commit(_, let path): path
    case .write(let file, _), .setOwner(let file, _, _), .setMode(let file, _), .setAttribute(let file, _, _),
      .removeAttribute(let file, _), .synchronize(let file):
      file.path
    }
  }
}

extension StoreError {
  /// The nearest number of the system's.
  fileprivate var number: Int32 {
    switch self {
    case .missing: ENOENT
    case .denied, .notForOwner, .directoryNotWritable: EACCES
    case .locked: EAGAIN
    default: EIO
    }
  }
}
