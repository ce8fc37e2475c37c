// From the stamp of a line to seconds since 1970. RFC 3339 says all; the traditional stamp has neither a year nor a zone,
// so the year is the last one that is not in the future, and the zone is that of this machine, summer time included.

import Glibc
import PostfixFiles

package struct StampReader: Sendable {
  /// No line is later than this, but for clocks that differ by a day: from it the year is worked out. It moves with the time
  /// while a log is followed.
  var latest: Int
  /// The last stamp up to its minute, and when that minute began: most lines have that of the line before.
  private var known: [UInt8] = []
  private var knownMinute = 0
  /// The time of the last line, by which an hour that comes twice is told apart.
  private var last = Int.min

  /// Of a log that is older than a year: how often the year turns from here on, in which year its last line is, and
  /// which day the line before was of.
  private var turnsLeft = 0
  private var lastYear: Int?
  private var day: DayOfYear?

  /// - Parameters:
  ///   - latest: the time of the last change of the log, or now.
  ///   - turns: how often the year turns in it.
  init(latest: Int, turns: YearTurns = YearTurns()) {
    self.latest = latest
    guard turns.isLong, let last = turns.last else { return }
    turnsLeft = turns.count
    lastYear = Self.year(notAfter: latest + 86_400, of: CalendarTime(last))
  }

  /// Seconds since 1970; nil if it is not a time stamp.
  mutating func seconds(_ bytes: Span<UInt8>, _ stamp: Range<Int>) -> Int? {
    guard stamp.count > 1 else { return nil }
    let first = bytes[stamp.lowerBound]
    if first == UInt8(ascii: "@") { return bytes.number(stamp.lowerBound + 1..<stamp.upperBound) }
    return first.isDigit ? complete(bytes, stamp) : traditional(bytes, stamp)
  }

  /// `2026-11-28T18:00:00.123456+01:00`
  private mutating func complete(_ bytes: Span<UInt8>, _ stamp: Range<Int>) -> Int? {
    let start = stamp.lowerBound
    guard stamp.count >= 19, let second = bytes.number(start + 17..<start + 19) else { return nil }
    var zone = start + 19
    if zone < stamp.upperBound, bytes[zone] == UInt8(ascii: ".") || bytes[zone] == UInt8(ascii: ",") {
      zone += 1
      while zone < stamp.upperBound, bytes[zone].isDigit { zone += 1 }
    }
    let zoneCount = stamp.upperBound - zone
    if known.count == 16 + zoneCount, bytes.equals(known, in: start..<start + 16),
      bytes.equals(known, from: 16, in: zone..<stamp.upperBound)
    {
      return knownMinute + second
    }
    guard let time = CalendarTime(bytes, start..<start + 16) else { return nil }
    let minute: Int
    if zoneCount == 0 {
      minute = time.seconds(inSummer: -1)
    } else {
      guard let offset = zoneOffset(bytes, zone..<stamp.upperBound) else { return nil }
      minute = time.secondsAtGreenwich - offset
    }
    known = bytes.array(start..<start + 16) + bytes.array(zone..<stamp.upperBound)
    knownMinute = minute
    return minute + second
  }

  /// `Z`, `+01:00` or `+0100`.
  private func zoneOffset(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    let sign = bytes[range.lowerBound]
    if sign == UInt8(ascii: "Z"), range.count == 1 { return 0 }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), range.count == 5 || range.count == 6,
      let hours = bytes.number(range.lowerBound + 1..<range.lowerBound + 3),
      let minutes = bytes.number(range.upperBound - 2..<range.upperBound)
    else { return nil }
    return (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
  }

  /// `Nov 28 18:00:00`
  private mutating func traditional(_ bytes: Span<UInt8>, _ stamp: Range<Int>) -> Int? {
    let start = stamp.lowerBound
    guard stamp.count >= 15, let second = bytes.number(start + 13..<start + 15) else { return nil }
    if known.count == 12, bytes.equals(known, in: start..<start + 12) {
      last = knownMinute + second
      return last
    }
    guard let day = DayOfYear(bytes, stamp), let hour = bytes.number(start + 7..<start + 9),
      let minute = bytes.number(start + 10..<start + 12), hour < 24, minute < 60
    else { return nil }
    var time = CalendarTime(day)
    (time.hour, time.minute) = (hour, minute)
    let turns = lastYear == nil ? 0 : turns(after: day)
    time.year = lastYear.map { $0 - turns } ?? Self.year(notAfter: latest + 86_400, of: time)
    var result = time.seconds(inSummer: -1)
    // When clocks go back an hour comes twice: it is the first one until lines go on after it.
    let (summer, winter) = (time.seconds(inSummer: 1), time.seconds(inSummer: 0))
    if summer != winter, time.isHour(of: summer), time.isHour(of: winter) {
      result = summer >= last - 300 ? summer : winter
    }
    known = bytes.array(start..<start + 12)
    knownMinute = result
    last = result + second
    return last
  }

  /// How often the year turns between a line of `next` and the last line.
  private mutating func turns(after next: DayOfYear) -> Int {
    if let day, day.isLate(next) { return turnsLeft + 1 }
    if let day, day.isBeforeTurn(to: next) {
      if turnsLeft > 0 {
        turnsLeft -= 1
      } else if let year = lastYear, year < CalendarTime(localTime: latest + 86_400).year {
        // A log that is followed goes on into a year that it had not when it was opened.
        lastYear = year + 1
      }
    }
    day = next
    return turnsLeft
  }

  /// The last year in which this moment is not after `limit`.
  private static func year(notAfter limit: Int, of moment: CalendarTime) -> Int {
    var time = moment
    time.year = CalendarTime(localTime: limit).year
    // The 29th of February is there every fourth year, or eighth around 1900 and 2100.
    for _ in 0..<9 where time.seconds(inSummer: -1) > limit || !time.isRealDay { time.year -= 1 }
    return time.year
  }
}

extension CalendarTime {
  /// The start of a day, of no year yet.
  fileprivate init(_ day: DayOfYear) {
    self.init(year: 0, month: day.month, day: day.day, hour: 0, minute: 0)
  }

  /// `2026-11-28T18:00`
  fileprivate init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    let at = range.lowerBound
    guard range.count == 16, let year = bytes.number(at..<at + 4), let month = bytes.number(at + 5..<at + 7),
      let day = bytes.number(at + 8..<at + 10), let hour = bytes.number(at + 11..<at + 13),
      let minute = bytes.number(at + 14..<at + 16), (1...12).contains(month), (1...31).contains(day),
      hour < 24, minute < 60
    else { return nil }
    self.init(year: year, month: month, day: day, hour: hour, minute: minute)
  }
}
