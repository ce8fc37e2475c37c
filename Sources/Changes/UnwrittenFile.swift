// Edits of the console that are not written yet, kept beside the history of writes, so that the end of a process loses
// nothing. What is in the file is not known here.

import Glibc
import PostfixFiles
import System

extension Writer {
  private static let unwrittenPrefix = "unwritten-"

  /// Keeps what this process has not written to `directory` yet; nil keeps nothing any more.
  package func keepUnwritten(_ bytes: [UInt8]?, _ directory: String) throws(WriteError) {
    let place = state.directory(for: try realPath(directory))
    guard let start = startOfProcess(getpid()) else { return }
    let path = join(place, "\(Self.unwrittenPrefix)\(getpid())-\(start)")
    guard let bytes else {
      try removeUnfinished(in: place)
      if access(path, F_OK) == 0 { try fileSystem.removeIfThere(Name(path)) }
      return
    }
    try fileSystem.keep(bytes, at: path)
  }

  /// The newest of what processes that are gone have not written to `directory`; nil where there is nothing.
  package func unwritten(_ directory: String) throws(WriteError) -> (path: String, bytes: [UInt8])? {
    let place = state.directory(for: try realPath(directory))
    // A name with a dot is that of a file which was being made.
    let names = directoryNames(place).filter {
      $0.hasPrefix(Self.unwrittenPrefix) && !$0.contains(".") && !isOfLivingProcess($0)
    }
    if names.isEmpty { return nil }
    try StateDirectory.checkPlace(of: join(place, Self.unwrittenPrefix))
    var newest: (time: Int, path: String)?
    for name in names {
      let path = join(place, name)
      var status = stat()
      guard lstat(path, &status) == 0 else { continue }
      if status.st_mode & S_IFMT != S_IFREG { throw .refused(path, "it is no regular file") }
      if let reason = distrust(status) { throw .refused(path, reason) }
      if status.st_size > JournalStore.largest { throw .refused(path, "it is too large for unwritten edits") }
      if status.st_mtim.tv_sec >= newest?.time ?? 0 { newest = (status.st_mtim.tv_sec, path) }
    }
    guard let newest, let file = try FileSnapshot.read(Name(newest.path)) else { return nil }
    return (newest.path, file.bytes)
  }

  /// Removes what `unwritten` has found. Of two processes that do so, one is told that it was there.
  package func forgetUnwritten(at path: String) throws(WriteError) -> Bool {
    try removeUnfinished(in: String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)))
    let name = Name(path)
    guard try name.exists() else { return false }
    do {
      try fileSystem.perform(.remove(name))
      return true
    } catch  where error.number == ENOENT {
      return false
    } catch {
      throw .system(error)
    }
  }

  /// Removes what processes were making when they were killed.
  private func removeUnfinished(in place: String) throws(WriteError) {
    for name in directoryNames(place) where name.hasPrefix(Self.unwrittenPrefix) {
      let parts = name.split(separator: ".", maxSplits: 1)
      if parts.count == 2, !isOfLivingProcess(String(parts[0])) {
        try fileSystem.removeIfThere(Name(join(place, name)))
      }
    }
  }

  /// A name ends with a process and when it began: another process may have its number now.
  private func isOfLivingProcess(_ name: String) -> Bool {
    let parts = name.dropFirst(Self.unwrittenPrefix.count).split(separator: "-").map(String.init)
    guard parts.count == 2, let pid = pid_t(parts[0]) else { return false }
    return startOfProcess(pid) == parts[1]
  }
}

/// When a process began, in ticks since the machine did; nil where there is no such process.
private func startOfProcess(_ pid: pid_t) -> String? {
  // Not FileReader: it leaves /proc alone, since a configuration could name it.
  guard let file = fopen("/proc/\(pid)/stat", "re") else { return nil }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 1024)
  let count = fread(&bytes, 1, bytes.count, file)
  // The name of the program comes second, in parentheses, and may have any character.
  guard let end = bytes[..<count].lastIndex(of: UInt8(ascii: ")")) else { return nil }
  let fields = bytes[(end + 1)..<count].split(separator: UInt8(ascii: " "))
  return fields.count > 19 ? String(decoding: fields[19], as: UTF8.self) : nil
}
