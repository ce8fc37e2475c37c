// Root writes a database as the owner of its directory: the files that SQLite makes beside it then belong to mail_owner,
// and what lies there, which that user chooses, cannot lead root to a file of another user.

import CSQLite
import Glibc

/// Runs `body` with the rights of the owner of `path`'s directory where this is root's process. Only this thread changes,
/// and only what it may do with files.
func asOwner<Result>(
  ofDirectoryOf path: String, _ body: () throws(StoreError) -> Result
) throws(StoreError) -> Result {
  guard geteuid() == 0 else { return try body() }
  var status = stat()
  // Its owner may have taken it away for this look: root's own rights are not for what comes back.
  guard stat(directory(of: path), &status) == 0 else { throw .notSeen(path, errno) }
  if status.st_uid == 0 { return try body() }
  let group = setfsgid(status.st_gid)
  let user = setfsuid(status.st_uid)
  defer {
    setfsuid(uid_t(bitPattern: user))
    setfsgid(gid_t(bitPattern: group))
  }
  return try body()
}

/// The user whose rights this thread has for files.
func userForFiles() -> uid_t {
  // With a number that is no user, it says who it is and changes nothing.
  uid_t(bitPattern: setfsuid(.max))
}

/// The user whose rights root's process has for files now, where that user may not read and write a database, or a file that
/// SQLite has made beside it; nil where it may, or where root has its own rights. The files are not opened for that: to
/// close one would end SQLite's locks on it.
func deniedOwner(of path: String) -> String? {
  let user = userForFiles()
  let group = gid_t(bitPattern: setfsgid(.max))
  guard geteuid() == 0, user != 0 else { return nil }
  let isDenied = ["", "-wal", "-shm"].contains { suffix in
    var status = stat()
    guard stat(path + suffix, &status) == 0 else { return false }
    let bits: mode_t = status.st_uid == user ? 0o600 : status.st_gid == group ? 0o060 : 0o006
    return status.st_mode & bits != bits
  }
  guard isDenied else { return nil }
  return getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "\(user)"
}

func directory(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
