// When `randmap tick` last ran for a configuration directory, so that `drain --until` can say where nothing will end it.

import Glibc
import PostfixFiles

extension Writer {
  /// Remembers that a tick ran now. Where that cannot be kept nothing is lost but a remark.
  package func rememberTick(of directory: String) {
    let now = clock()
    // A timer calls once a minute: the disk need not know of each.
    if let last = lastTick(of: directory), now >= last, now - last < 300 { return }
    guard let path = tickMark(of: directory) else { return }
    try? fileSystem.keep(Bytes("\(now)\n".utf8), at: path)
  }

  /// Seconds since 1970; nil where no tick is known.
  package func lastTick(of directory: String) -> Int64? {
    guard let path = tickMark(of: directory), let bytes = try? FileReader.read(path) else { return nil }
    return bytes.text.split(whereSeparator: \.isWhitespace).first.flatMap { Int64($0) }
  }

  private func tickMark(of directory: String) -> String? {
    FileReader.realPath(directory).map { "\(state.root)\($0)/.tick" }
  }
}
