// Postfix's version, remembered between runs: to start postconf(1) for it takes longer than everything else that a check of
// an ordinary configuration does.

import Glibc
import PostfixFiles
import PostfixTools
import System

extension PostfixCommands {
  /// `mailVersion`, asked once for each postconf(1) that gets installed: what it answered is kept in `state` with the
  /// program's path, size and time of change. Where that cannot be kept, it is asked each time.
  package func rememberedMailVersion(
    in state: StateDirectory, fileSystem: any FileSystem = RealFileSystem()
  ) throws(ToolError) -> String {
    guard let program = path(of: .postconf), let mark = Self.mark(of: program) else {
      return try mailVersion()
    }
    let file = join(state.root, "postfix-version")
    // What another user may have put there is not believed.
    if foreignPlace(onTheWayTo: file) == nil, let known = try? FileReader.read(file).text,
      known.hasPrefix(mark), known.hasSuffix("\n")
    {
      return String(known.dropFirst(mark.count).dropLast())
    }
    let version = try mailVersion()
    try? fileSystem.keep(Bytes("\(mark)\(version)\n".utf8), at: file)
    return version
  }

  /// What no other program at this path has, and no newer one.
  private static func mark(of program: String) -> String? {
    guard let stamp = FileStamp.ofFile(program) else { return nil }
    return "\(program) \(stamp.inode) \(stamp.size) \(stamp.seconds).\(stamp.nanoseconds) "
  }
}
