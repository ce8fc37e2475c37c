// Asking a table for one key many times: in one postmap(1), with one connection to its server.

import CLinux
import Glibc
import PostfixFiles

extension PostfixCommands {
  /// What `table` answers when it is asked `count` times for `key`; nil where it cannot be asked so, fails, or takes longer
  /// than `limit`.
  ///
  /// - Parameter queueDirectory: see `answer(table:key:configDirectory:queueDirectory:)`.
  package func draws(
    table: String, key: Bytes, count: Int, configDirectory: String, queueDirectory: String? = nil,
    limit: Duration
  ) -> TableDraws? {
    // A key is a line for the command, and what it prints begins with the key.
    guard let own = ownPath(of: configDirectory), key.isUTF8, !key.isEmpty,
      !key.contains(where: { $0 < 0x20 }),
      let questions = Self.file(Array(repeatElement(key + [UInt8(ascii: "\n")], count: count).joined()))
    else { return nil }
    defer { close(questions) }
    let directory = queueDirectory.flatMap { access($0, X_OK) == 0 ? $0 : nil }
    guard
      let output = try? run(
        .postmap, ["-c", own, "-q", "-", table], limit: limit, in: directory, input: questions),
      output.status == 0 || output.status == 1, output.failureWords == nil
    else { return nil }
    let lead = key + [UInt8(ascii: "\t")]
    var counts: [Bytes?: Int] = [:]
    var left = count
    for line in output.standardOutput.split(separator: UInt8(ascii: "\n")) {
      guard line.starts(with: lead) else { return nil }
      counts[Bytes(line.dropFirst(lead.count)), default: 0] += 1
      left -= 1
    }
    guard left >= 0 else { return nil }
    if left > 0 { counts[nil] = left }
    return TableDraws(counts)
  }

  /// A file without a name that has these contents, to be read from its start.
  private static func file(_ contents: [UInt8]) -> Int32? {
    let file = memfd_create("randmap-keys", UInt32(MFD_CLOEXEC))
    guard file >= 0 else { return nil }
    guard pwrite(file, contents, contents.count, 0) == contents.count else {
      close(file)
      return nil
    }
    return file
  }
}
