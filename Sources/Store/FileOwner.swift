// Root writes a database as the owner of its directory: the files that SQLite makes beside it then belong to mail_owner,
// and what lies there, which that user chooses, cannot lead root to a file of another user.

import CSQLite
import Glibc

/// Runs `body` with the rights of the owner of `path`'s directory where this is root's process. Only this thread changes,
/// and only what it may do with files.
func asOwner<Result>(
  ofDirectoryOf path: String, _ body: () throws(StoreError) -> Result
) throws(StoreError) -> Result {
  var status = stat()
  guard geteuid() == 0, stat(directory(of: path), &status) == 0, status.st_uid != 0 else { return try body() }
  let group = setfsgid(status.st_gid)
  let user = setfsuid(status.st_uid)
  defer {
    setfsuid(uid_t(bitPattern: user))
    setfsgid(gid_t(bitPattern: group))
  }
  return try body()
}

func directory(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
