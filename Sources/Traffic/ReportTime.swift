// A time as a person writes it in a call: `1h`, `today`, `yesterday`, `2026-11-27T08:00`.

import PostfixFiles

package enum ReportTime {
  /// What to write instead of a text that is not a time.
  package static let need = "need a time such as 30m, 1h, 2d, today, yesterday or 2026-11-27T08:00"

  /// The span of time that `text` means with a unit: `90s`, `5m`, `1h`, `2d`, `1w`; nil if it means no such span.
  package static func seconds(_ text: String) -> Int? {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
    guard let last = text.last, let unit = units[last], text.utf8.count <= 10,
      text.dropLast().utf8.allSatisfy(\.isDigit), let number = Int(text.dropLast()), number > 0
    else { return nil }
    return number * unit
  }

  /// Seconds since 1970; nil where `text` is no time.
  ///
  /// - Parameter isEnd: whether a day means its end: `--until yesterday`.
  package static func parse(_ text: String, now: Int, isEnd: Bool = false) -> Int? {
    if let span = seconds(text) { return now - span }
    var day = CalendarTime(localTime: now)
    (day.hour, day.minute) = (0, 0)
    switch text {
    case "now": return now
    case "today":
      if isEnd { day.day += 1 }
      return day.seconds(inSummer: -1)
    case "yesterday":
      if !isEnd { day.day -= 1 }
      return day.seconds(inSummer: -1)
    default: break
    }
    let bytes = Array(text.utf8)
    if bytes.count == 10, let time = stamp(bytes + Array("T00:00:00".utf8), now) {
      guard isEnd else { return time }
      var next = CalendarTime(localTime: time)
      next.day += 1
      return next.seconds(inSummer: -1)
    }
    // Seconds may be left out: `2026-11-27T08:00`, `2026-11-27T08:00Z`.
    if bytes.count >= 16, bytes.count == 16 || bytes[16] != .colon {
      return stamp(Array(bytes[..<16]) + Array(":00".utf8) + bytes[16...], now)
    }
    return stamp(bytes, now)
  }

  private static func stamp(_ bytes: [UInt8], _ now: Int) -> Int? {
    guard bytes.count >= 19, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes[10] == UInt8(ascii: "T") || bytes[10] == 0x20, bytes[13] == .colon, bytes[16] == .colon
    else { return nil }
    var reader = StampReader(latest: now)
    return reader.seconds(bytes.span, 0..<bytes.count)
  }

  /// RFC 3339 in UTC: what scripts read.
  package static func utc(_ seconds: Int) -> String {
    let days = Int((Double(seconds) / 86_400).rounded(.down))
    let rest = seconds - days * 86_400
    // The calendar of the proleptic Gregorian rules, counted from March.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return
      "\(year)-\(two(month))-\(two(day))T\(two(rest / 3_600)):\(two(rest % 3_600 / 60)):\(two(rest % 60))Z"
  }

  /// `2026-11-27 08:00`, in the zone of this machine: what a person reads.
  package static func local(_ seconds: Int) -> String {
    let time = CalendarTime(localTime: seconds)
    return "\(time.year)-\(two(time.month))-\(two(time.day)) \(two(time.hour)):\(two(time.minute))"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
