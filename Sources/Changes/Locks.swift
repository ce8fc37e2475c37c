// Two locks: ours on the configuration directory, against a second randmap whoever runs it; and the one that
// postconf(1) takes to edit main.cf or master.cf.

import CLinux
import Glibc
import PostfixFiles

/// Takes `flock` within `patience`; false where somebody else keeps it. EWOULDBLOCK is the only failure that
/// waiting can help.
private func takeLock(_ descriptor: Int32, patience: Duration) -> Bool {
  let deadline = ContinuousClock.now + patience
  while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
    if (errno != EWOULDBLOCK && errno != EINTR) || ContinuousClock.now >= deadline { return false }
    poll(nil, 0, 10)
  }
  return true
}

/// Our lock: on the directory itself, so that it needs no file and holds between different users. A file
/// system that cannot lock a directory (NFS) gets a lock file in the state directory.
struct DirectoryLock {
  /// A child that inherits it keeps the lock until it ends.
  let descriptor: Int32

  static func take(
    _ path: String, state: StateDirectory, door: some Door, patience: Duration
  ) throws(WriteError) -> DirectoryLock {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0 { throw .system(SystemError("open", path)) }
    if takeLock(descriptor, patience: patience) { return DirectoryLock(descriptor: descriptor) }
    let reason = errno
    close(descriptor)
    if reason == EWOULDBLOCK { throw .busy(path) }
    let home = state.directory(for: path)
    try door.makeDirectories(home)
    let file = join(home, "lock")
    let substitute = Int32(try door.act(.openLock(file)))
    if takeLock(substitute, patience: patience) { return DirectoryLock(descriptor: substitute) }
    close(substitute)
    throw .busy(file)
  }

  func release() { close(descriptor) }

  /// Whether somebody holds it now.
  static func isHeld(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0 { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }
}

/// The lock of Postfix's own editors: an empty `main.cf.tmp`, locked. They take it before they read main.cf,
/// so whoever holds it sees the other's change whole or not at all.
struct PostconfLock {
  let descriptor: Int32
  let path: String

  static func path(for file: String) -> String { file + ".tmp" }

  static func take(_ path: String, door: some Door, patience: Duration) throws(WriteError) -> PostconfLock {
    let deadline = ContinuousClock.now + patience
    while true {
      let descriptor = Int32(try door.act(.openLock(path)))
      if !takeLock(descriptor, patience: deadline - .now) {
        close(descriptor)
        throw .busy(path)
      }
      var status = stat()
      if fstat(descriptor, &status) == 0, FileStamp.ofName(path) == FileStamp(status) {
        if status.st_size == 0 { return PostconfLock(descriptor: descriptor, path: path) }
        // What a postconf that crashed has left: Postfix's own tools remove it too.
        try door.act(.remove(path))
      }
      close(descriptor)
    }
  }

  func release() { close(descriptor) }

  /// Removes what a write of ours left behind when it was killed; not one that somebody holds, and not one
  /// with contents, which is not ours.
  static func clear(_ path: String, door: some Door) throws(WriteError) {
    let descriptor = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
    if descriptor < 0 {
      if errno == ENOENT { return }
      throw .system(SystemError("open", path))
    }
    defer { close(descriptor) }
    var status = stat()
    if takeLock(descriptor, patience: .zero), fstat(descriptor, &status) == 0, status.st_size == 0,
      FileStamp.ofName(path) == FileStamp(status)
    {
      try door.act(.remove(path))
    }
  }
}
