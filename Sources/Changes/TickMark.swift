// When `randmap tick` last did a thing for a configuration directory: so that `drain --until` can say where nothing will end
// it, and that a log need not be read every minute.

import Glibc
import PostfixFiles
import System

extension Writer {
  /// What is remembered, by the name of its file.
  package enum Mark: String, Sendable {
    case tick = ".tick"
    /// The deliveries of gateways with a plan were counted.
    case count = ".ramp-count"
  }

  /// Remembers that it was done now. Where that cannot be kept nothing is lost but time or a remark.
  package func remember(_ mark: Mark, of directory: String) {
    let now = clock()
    // A timer calls once a minute: the disk need not know of each.
    if let last = last(mark, of: directory), now >= last, now - last < 300 { return }
    guard let path = path(of: mark, directory) else { return }
    try? fileSystem.keep(Bytes("\(now)\n".utf8), at: path)
  }

  /// Seconds since 1970; nil where it is not known to have been done.
  package func last(_ mark: Mark, of directory: String) -> Int64? {
    guard let path = path(of: mark, directory), foreignPlace(onTheWayTo: path) == nil,
      let bytes = try? FileReader.read(path)
    else { return nil }
    // No other number is a time, and a difference from it may be none.
    return bytes.text.split(whereSeparator: \.isWhitespace).first.flatMap { Int64($0) }
      .flatMap { (0...1 << 40).contains($0) ? $0 : nil }
  }

  /// Whether a timer calls `tick` for a directory: one did so lately, or the unit for it is enabled.
  package func isTicking(for directory: String) -> Bool {
    if let last = last(.tick, of: directory), abs(Int64(time(nil)) - last) < 900 { return true }
    guard FileReader.realPath(directory) == FileReader.realPath("/etc/postfix"),
      access("/run/systemd/system", F_OK) == 0
    else {
      return false
    }
    return ["/etc", "/run"].contains {
      access("\($0)/systemd/system/timers.target.wants/randmap-tick.timer", F_OK) == 0
    }
  }

  private func path(of mark: Mark, _ directory: String) -> String? {
    FileReader.realPath(directory).map { "\(state.root)\($0)/\(mark.rawValue)" }
  }
}
