// Where temporary directories are made.

#if canImport(Glibc)
  import Glibc
#endif

/// TMPDIR, or /tmp where that is not ours to use: a call by sudo or cron may inherit another user's, who could put another
/// directory in the place of the one that we make.
package func temporaryPlace() -> String {
  guard let place = environmentVariable("TMPDIR"), place.hasPrefix("/"), mayRenameOnlyOurs(in: place) else {
    return "/tmp"
  }
  return place
}

/// Whether only root and we can rename what we put there: no other user can put names into the directory or into one above it,
/// and no link leads there.
private func mayRenameOnlyOurs(in directory: String) -> Bool {
  var place = "/"
  for step in [""] + directory.split(separator: "/").map(String.init) {
    if !step.isEmpty { place += (place == "/" ? "" : "/") + step }
    var status = stat()
    guard lstat(place, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
      status.st_uid == 0 || status.st_uid == geteuid(),
      status.st_mode & (S_IWGRP | S_IWOTH) == 0 || status.st_mode & S_ISVTX != 0
    else { return false }
  }
  return true
}
