// How often the year turns in a log whose stamps have no year. A log that is never rotated (Postfix rotates maillog_file only
// where somebody calls `postfix logrotate`) may be older than a year: then a day is in it twice.

import Glibc
import PostfixFiles

/// How often the year turns in a log, as far as samples tell.
struct YearTurns: Equatable {
  private(set) var count = 0
  /// The days of the first line and of the last one.
  private(set) var first: DayOfYear?
  private(set) var last: DayOfYear?

  /// Whether some days are in it twice. Where not, the last line says enough: each day is the last one of that name.
  var isLong: Bool {
    guard let first, let last else { return false }
    return count > 1 || count == 1 && !(last < first)
  }

  /// More of a large log is not looked at; a year of mail is far more than one part of it.
  private static let samples = 512
  private static let sampleSize = 8_192

  init() {}

  /// Of a file as it is on disk; of one whose stamps say the year, or that is packed, there are none.
  init(of path: String) {
    guard let file = try? LogInput.open(path, O_NONBLOCK) else { return }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    let size = Int(status.st_size)
    let parts = min(Self.samples, max(1, size / Self.sampleSize))
    for number in 0..<parts {
      let isLast = number == parts - 1
      let offset = isLast ? max(0, size - Self.sampleSize) : size / parts * number
      let days = Self.days(of: file, at: offset)
      // The first lines decide whether it is such a log.
      if number == 0, days.isEmpty { return }
      for day in number == 0 || isLast ? days : Array(days.prefix(1)) { take(day) }
    }
  }

  mutating func take(_ day: DayOfYear) {
    first = first ?? day
    if let last, last.isBeforeTurn(to: day) { count += 1 }
    if last?.isLate(day) != true { last = day }
  }

  /// The days of the lines that are whole in a part of a file.
  private static func days(of file: Int32, at offset: Int) -> [DayOfYear] {
    var buffer = [UInt8](repeating: 0, count: sampleSize)
    let count = buffer.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, off_t(offset)) }
    guard count > 0 else { return [] }
    let bytes = buffer.span
    var days: [DayOfYear] = []
    // What is before the first newline is a part of a line, but at the start of the file.
    var start = offset == 0 ? 0 : bytes.position(of: .newline, in: 0..<count).map { $0 + 1 } ?? count
    while start < count {
      let end = bytes.position(of: .newline, in: start..<count) ?? count
      let line = LogLine.text(bytes, start..<end)
      if let stamp = LogLine.stamp(bytes, line, isOurs: false), let day = DayOfYear(bytes, stamp) {
        days.append(day)
      }
      start = end + 1
    }
    return days
  }
}

/// The month and the day of a traditional stamp: `Nov 28`.
struct DayOfYear: Comparable {
  let month: Int
  let day: Int

  private static let names = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ].map { Array($0.utf8) }

  init?(_ bytes: Span<UInt8>, _ stamp: Range<Int>) {
    let start = stamp.lowerBound
    guard stamp.count >= 15, !bytes[start].isDigit else { return nil }
    let digits = bytes[start + 4] == 0x20 ? start + 5..<start + 6 : start + 4..<start + 6
    guard let month = Self.names.firstIndex(where: { bytes.equals($0, in: start..<start + 3) }),
      let day = bytes.number(digits), (1...31).contains(day)
    else { return nil }
    (self.month, self.day) = (month + 1, day)
  }

  /// Days, as if each month had 31.
  private var place: Int { month * 31 + day }

  static func < (left: Self, right: Self) -> Bool { left.place < right.place }

  /// Whether a year has turned before `day`. Files that were put together in the wrong order go back by less.
  func isBeforeTurn(to day: DayOfYear) -> Bool { day.place + 150 < place }

  /// Whether `day` is one of the last of the year before that comes late: the clocks of two hosts differ.
  func isLate(_ day: DayOfYear) -> Bool { day.place > place + 367 }
}
