// A place in a log that is known again in a later run, whatever the file is called by then.

/// Up to where a log was read: what is kept for a later run.
package struct LogPosition: Hashable, Sendable {
  package var device: UInt64 = 0
  package var inode: UInt64 = 0
  package var offset = 0
  /// The bytes before `offset`: by them the same log is known again in a copy.
  package var before: [UInt8] = []
  /// Long enough for a whole line with its stamp and queue id: the ends of lines are often the same.
  static let markLength = 512

  package init() {}

  /// One line of text.
  package var text: String {
    let hex = before.map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }
    return "\(device) \(inode) \(offset) \(hex.joined())"
  }

  package init?(text: String) {
    let parts = text.split(whereSeparator: \.isWhitespace)
    guard parts.count == 3 || parts.count == 4, let device = UInt64(parts[0]), let inode = UInt64(parts[1]),
      let offset = Int(parts[2]), offset >= 0
    else { return nil }
    (self.device, self.inode, self.offset) = (device, inode, offset)
    guard parts.count == 4 else { return }
    let digits = Array(parts[3].utf8)
    guard digits.count % 2 == 0 else { return nil }
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
        return nil
      }
      before.append(byte)
    }
  }
}
