// A time as a person writes it in a call: `1h`, `18:00`, `tomorrow 8:00`, `2026-11-27T08:00`; and as it is printed. The one
// parser for all of them: that of `report`, of drains with an end and of ramps.

import Glibc

package enum WrittenTime {
  /// What a span of time counts from: `report --since 1h` looks back, a drain goes on from now.
  package enum Direction: Hashable, Sendable {
    case back, ahead
  }

  /// What to write instead of a text that is not a time.
  package static func need(_ direction: Direction) -> String {
    switch direction {
    case .back: "need a time such as 30m, 1h, 2d, today, yesterday, 18:00 or 2026-11-27T08:00"
    case .ahead: "need a time such as 2h, 18:00, tomorrow 8:00, 2026-11-28T18:00 or 2026-11-28T18:00Z"
    }
  }

  /// The seconds that a text with a unit means: `90s`, `5m`, `1h`, `2d`, `1w`; nil if it means no such span.
  package static func span(_ text: String) -> Int? {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
    guard let last = text.last, let unit = units[last], text.utf8.count <= 10,
      text.dropLast().utf8.allSatisfy(\.isDigit), let number = Int(text.dropLast()), number > 0
    else { return nil }
    return number * unit
  }

  /// A span in the greatest unit that says it exactly: `4w`, `90s`.
  package static func span(_ seconds: Int) -> String {
    // Not a loop over pairs: the optimizer gives its two values no fixed order, and two builds differed.
    let size = [604_800, 86_400, 3_600, 60].first { seconds >= $0 && seconds % $0 == 0 } ?? 1
    let unit =
      switch size {
      case 604_800: "w"
      case 86_400: "d"
      case 3_600: "h"
      case 60: "m"
      default: "s"
      }
    return "\(seconds / size)\(unit)"
  }

  /// Seconds since 1970; nil where `text` is no time.
  ///
  /// - Parameter isEnd: whether a day means its end: `--until yesterday`.
  package static func parse(
    _ text: String, now: Int, spans: Direction = .back, isEnd: Bool = false
  ) -> Int? {
    if let span = span(text) { return spans == .back ? now - span : now + span }
    if text == "now" { return now }
    if let day = day(named: text, now: now) {
      return midnight(of: day, daysLater: isEnd ? 1 : 0)
    }
    let today = CalendarTime(localTime: now)
    let words = text.split(separator: " ", omittingEmptySubsequences: true)
    if words.count <= 2, let clock = words.last.flatMap({ clock($0) }),
      let day = words.count == 1 ? today : day(named: String(words[0]), now: now)
    {
      return time(on: day, clock)
    }
    if text.utf8.count == 10, let date = date(text.utf8) {
      return midnight(of: date, daysLater: isEnd ? 1 : 0)
    }
    return instant(text)
  }

  /// `2026-11-28T18:00`, `2026-11-28 18:00:30`, `2026-11-28T18:00Z`, `2026-11-28T19:00+01:00` (RFC 3339; without a zone:
  /// that of this machine); nil for anything else.
  package static func instant(_ text: some StringProtocol) -> Int? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 16, bytes.count <= 40, let date = date(bytes[..<10]),
      bytes[10] == UInt8(ascii: "T") || bytes[10] == 0x20,
      let clock = clock(String(decoding: bytes[11..<16], as: UTF8.self))
    else { return nil }
    var time = date
    (time.hour, time.minute) = clock
    var rest = bytes[16...]
    var second = 0
    if rest.first == UInt8(ascii: ":") {
      guard let number = number(rest.dropFirst().prefix(2), digits: 2), number < 60 else { return nil }
      second = number
      rest = rest.dropFirst(3)
      if let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ",") {
        rest = rest.dropFirst().drop(while: \.isDigit)
      }
    }
    if rest.isEmpty { return time.seconds(inSummer: -1) + second }
    return zone(rest).map { time.secondsAtGreenwich - $0 + second }
  }

  // MARK: - Parts

  private static func day(named word: String, now: Int) -> CalendarTime? {
    let offsets = ["yesterday": -1, "today": 0, "tomorrow": 1]
    return offsets[word].map {
      CalendarTime(localTime: midnight(of: CalendarTime(localTime: now), daysLater: $0))
    }
  }

  private static func midnight(of day: CalendarTime, daysLater: Int) -> Int {
    CalendarTime(year: day.year, month: day.month, day: day.day + daysLater).seconds(inSummer: -1)
  }

  private static func time(on day: CalendarTime, _ clock: (hour: Int, minute: Int)) -> Int {
    CalendarTime(
      year: day.year, month: day.month, day: day.day, hour: clock.hour, minute: clock.minute
    ).seconds(inSummer: -1)
  }

  /// `2026-11-28`
  private static func date(_ bytes: some Collection<UInt8>) -> CalendarTime? {
    let bytes = Array(bytes)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = number(bytes[..<4], digits: 4), let month = number(bytes[5..<7], digits: 2),
      let day = number(bytes[8...], digits: 2), year >= 1900, (1...12).contains(month), day > 0
    else { return nil }
    let date = CalendarTime(year: year, month: month, day: day)
    return date.isRealDay ? date : nil
  }

  /// `8:00`, `18:00`
  private static func clock(_ text: some StringProtocol) -> (hour: Int, minute: Int)? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...2).contains(parts[0].utf8.count),
      let hour = number(Array(parts[0].utf8), digits: parts[0].utf8.count), hour < 24,
      let minute = number(Array(parts[1].utf8), digits: 2), minute < 60
    else { return nil }
    return (hour, minute)
  }

  /// `Z`, `+01:00` or `+0100`, in seconds.
  private static func zone(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let sign = bytes.first else { return nil }
    if sign == UInt8(ascii: "Z"), bytes.count == 1 { return 0 }
    let digits = bytes.dropFirst().filter { $0 != UInt8(ascii: ":") }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), bytes.count == 5 || bytes.count == 6,
      let number = number(digits, digits: 4), number % 100 < 60, number < 2400
    else { return nil }
    return (number / 100 * 3_600 + number % 100 * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
  }

  private static func number(_ bytes: some Collection<UInt8>, digits: Int) -> Int? {
    guard bytes.count == digits, bytes.allSatisfy(\.isDigit) else { return nil }
    return bytes.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }
}

// MARK: - Printing

extension WrittenTime {
  /// RFC 3339 in UTC: what scripts read.
  package static func utc(_ seconds: Int) -> String {
    let (date, rest) = greenwich(seconds)
    return "\(date)T\(two(rest / 3_600)):\(two(rest % 3_600 / 60)):\(two(rest % 60))Z"
  }

  /// The same, without seconds where there are none: what comments in files have.
  package static func shortUTC(_ seconds: Int) -> String {
    let (date, rest) = greenwich(seconds)
    return rest % 60 == 0 ? "\(date)T\(two(rest / 3_600)):\(two(rest % 3_600 / 60))Z" : utc(seconds)
  }

  private static func greenwich(_ seconds: Int) -> (date: String, rest: Int) {
    let days = Int((Double(seconds) / 86_400).rounded(.down))
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
    return ("\(year)-\(two(month))-\(two(day))", seconds - days * 86_400)
  }

  /// `2026-11-27 08:00`, in the zone of this machine: what a person reads.
  package static func local(_ seconds: Int) -> String {
    let time = CalendarTime(localTime: seconds)
    return "\(time.year)-\(two(time.month))-\(two(time.day)) \(two(time.hour)):\(two(time.minute))"
  }

  /// The same with the name of the zone: `2026-11-27 08:00 UTC`.
  package static func zoned(_ seconds: Int) -> String {
    var (time, parts) = (time_t(seconds), tm())
    guard localtime_r(&time, &parts) != nil, let zone = parts.tm_zone else { return local(seconds) }
    return "\(local(seconds)) \(String(cString: zone))"
  }

  /// The same, without the day where that is today.
  package static func local(_ seconds: Int, now: Int) -> String {
    let (whole, today) = (local(seconds), local(now))
    return whole.prefix(10) == today.prefix(10) ? String(whole.suffix(5)) : whole
  }

  /// How long it is, in the two greatest units: `1 d 4 h`, `12 min`, `30 s`.
  package static func length(_ seconds: Int) -> String {
    let units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)]
    guard let first = units.firstIndex(where: { seconds >= $0.1 }) else { return "0 s" }
    let (unit, size) = units[first]
    let rest = first + 1 < units.count && unit != "min" ? seconds % size / units[first + 1].1 : 0
    return "\(seconds / size) \(unit)" + (rest > 0 ? " \(rest) \(units[first + 1].0)" : "")
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
