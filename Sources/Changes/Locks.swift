// Two locks: ours on the configuration directory, against a second randmap of any user; and the one that postconf(1)
// takes to edit main.cf or master.cf.

import CLinux
import Glibc
import PostfixFiles

/// Takes `flock` within `patience`; false where another process keeps it. EWOULDBLOCK is the only failure that
/// waiting can help.
private func takeLock(_ descriptor: Int32, patience: Duration, shared: Bool = false) -> Bool {
  let deadline = ContinuousClock.now + patience
  while flock(descriptor, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
    if (errno != EWOULDBLOCK && errno != EINTR) || ContinuousClock.now >= deadline { return false }
    poll(nil, 0, 10)
  }
  return true
}

/// Our lock: on the directory itself, so that it needs no file and holds between different users. A file
/// system that cannot lock a directory (NFS) gets a lock file in the state directory.
///
/// Everybody who may read the directory can hold it. So a command that reads never waits for it, and one that writes says
/// who holds it.
struct DirectoryLock {
  /// A child that inherits it keeps the lock until it ends.
  let descriptor: Int32

  static func take(
    _ path: String, state: StateDirectory, fileSystem: some FileSystem, patience: Duration
  ) throws(WriteError) -> DirectoryLock {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0 { throw .system(SystemError("open", path)) }
    if takeLock(descriptor, patience: patience) { return DirectoryLock(descriptor: descriptor) }
    let reason = errno
    let holder = lockHolder(descriptor)
    close(descriptor)
    if reason == EWOULDBLOCK { throw .busy(path, by: holder) }
    let home = state.directory(for: path)
    let file = Name(join(home, "lock"))
    try fileSystem.makeDirectories(onTheWayTo: file.path)
    let substitute = Int32(try fileSystem.act(.openLock(file)))
    if takeLock(substitute, patience: patience) { return DirectoryLock(descriptor: substitute) }
    let substituteHolder = lockHolder(substitute)
    close(substitute)
    throw .busy(file.path, by: substituteHolder)
  }

  func release() { close(descriptor) }

  /// Whether a process still holds it when `patience` is over.
  static func isHeld(_ path: String, patience: Duration) -> Bool {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0 { return false }
    defer { close(descriptor) }
    return !takeLock(descriptor, patience: patience, shared: true) && errno == EWOULDBLOCK
  }
}

/// The lock of Postfix's own editors: an empty `main.cf.tmp`, locked. They take it before they read main.cf,
/// so who holds it sees the other's change whole or not at all.
struct PostconfLock {
  let descriptor: Int32
  let name: Name

  static func path(for file: String) -> String { file + ".tmp" }

  static func take(_ name: Name, fileSystem: some FileSystem, patience: Duration) throws(WriteError)
    -> PostconfLock
  {
    let deadline = ContinuousClock.now + patience
    while true {
      let descriptor = Int32(try fileSystem.act(.openLock(name)))
      if !takeLock(descriptor, patience: deadline - .now) {
        let holder = lockHolder(descriptor)
        close(descriptor)
        throw .busy(name.path, by: holder)
      }
      var status = stat()
      let isOpen = fstat(descriptor, &status) == 0
      if isOpen, status.st_mode & S_IFMT != S_IFREG {
        close(descriptor)
        throw .notRegular(name.path)
      }
      do throws(WriteError) {
        if isOpen, try name.stamp() == FileStamp(status) {
          if status.st_size == 0 { return PostconfLock(descriptor: descriptor, name: name) }
          // What a postconf that crashed has left: Postfix's own tools remove it too.
          try fileSystem.act(.remove(name))
        }
      } catch {
        close(descriptor)
        throw error
      }
      close(descriptor)
      // Another program puts a new file there again and again.
      if ContinuousClock.now >= deadline {
        throw .busy(name.path, by: "a program that makes it again and again")
      }
    }
  }

  func release() { close(descriptor) }

  /// Removes what a write of ours left when it was killed; not one that another process holds, and not one with contents
  /// or of another kind, which is not ours.
  static func clear(_ name: Name, fileSystem: some FileSystem) throws(WriteError) {
    do throws(WriteError) {
      _ = try name.withRegularFile { file, status throws(WriteError) in
        if takeLock(file.descriptor, patience: .zero), status.st_size == 0,
          try name.stamp() == FileStamp(status)
        {
          try fileSystem.act(.remove(name))
        }
      }
    } catch {
      guard error.isAboutItsKind else { throw error }
    }
  }
}

/// The process that holds the lock of an open file, in words; nil if the kernel does not tell.
private func lockHolder(_ descriptor: Int32) -> String? {
  var status = stat()
  guard fstat(descriptor, &status) == 0, let locks = kernelText("/proc/locks") else { return nil }
  // "1: FLOCK  ADVISORY  WRITE 4711 fd:01:131082 0 EOF"; the device in hexadecimal.
  func hex(_ number: UInt32) -> String { (number < 16 ? "0" : "") + String(number, radix: 16) }
  let file = "\(hex(randmap_major(status.st_dev))):\(hex(randmap_minor(status.st_dev))):\(status.st_ino)"
  for line in locks.split(separator: "\n") {
    let words = line.split(separator: " ")
    guard words.count > 5, words[1] == "FLOCK", words[5] == file, let process = Int32(words[4]) else {
      continue
    }
    let name = kernelText("/proc/\(process)/comm").map { printable(String($0.prefix { $0 != "\n" })) }
    var owner = stat()
    if stat("/proc/\(process)", &owner) != 0 { return "a child of process \(process), which has ended" }
    return "process \(process)\(name.map { " (\($0))" } ?? "") of uid \(owner.st_uid)"
  }
  return nil
}

/// The contents of a file of /proc; nil if it cannot be read.
private func kernelText(_ path: String) -> String? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  if descriptor < 0 { return nil }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  do throws(WriteError) {
    try readPieces(of: OpenFile(descriptor, path)) { piece throws(WriteError) in bytes += piece }
  } catch {
    return nil
  }
  return String(decoding: bytes, as: UTF8.self)
}
