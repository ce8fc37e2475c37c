// The replies of a mail server, taken apart byte by byte: bounded whatever the server sends.

/// Reads SMTP replies (RFC 5321, 4.2) from bytes as they arrive. A line may end in a bare LF; a line
/// that is no reply line, or too many or too long lines, end the reading.
struct ReplyReader {
  /// A whole reply: its code and the text of its lines, as they came.
  struct Lines: Equatable {
    let code: Int
    let texts: [[UInt8]]
  }

  enum ReplyError: Error, Equatable {
    /// The line that is no reply line.
    case notSMTP([UInt8])
    case endless
  }

  private let lineLimit: Int
  private let countLimit: Int
  private var line: [UInt8] = []
  private var texts: [[UInt8]] = []

  init(lineLimit: Int, countLimit: Int) {
    self.lineLimit = lineLimit
    self.countLimit = countLimit
  }

  /// Takes one byte; returns a reply when this byte ends its last line.
  mutating func take(_ byte: UInt8) throws(ReplyError) -> Lines? {
    if byte != UInt8(ascii: "\n") {
      guard line.count < lineLimit else { throw offence.map { .notSMTP($0) } ?? .endless }
      line.append(byte)
      return nil
    }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    guard let code = Self.code(of: line), line.count == 3 || Self.isSeparator(line[3]) else {
      throw .notSMTP(line)
    }
    let isLast = line.count == 3 || line[3] == UInt8(ascii: " ")
    texts.append(Array(line.dropFirst(4)))
    line.removeAll(keepingCapacity: true)
    if isLast {
      defer { texts = [] }
      return Lines(code: code, texts: texts)
    }
    guard texts.count < countLimit else { throw .endless }
    return nil
  }

  /// What has come of a line that cannot become a reply line any more: for the moment when no more
  /// bytes will come.
  var offence: [UInt8]? {
    let digits = line.prefix(3)
    let isReply =
      digits.allSatisfy { (0x30...0x39).contains($0) } && (line.count < 4 || Self.isSeparator(line[3]))
      && (line.first.map { (0x32...0x35).contains($0) } ?? true)
    return isReply ? nil : line
  }

  /// Three digits, the first from 2 to 5.
  private static func code(of line: [UInt8]) -> Int? {
    guard line.count >= 3, (0x32...0x35).contains(line[0]) else { return nil }
    var code = 0
    for digit in line.prefix(3) {
      guard (0x30...0x39).contains(digit) else { return nil }
      code = code * 10 + Int(digit - 0x30)
    }
    return code
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "-")
  }
}
