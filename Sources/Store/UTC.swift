// Times as text, in UTC: 2026-11-28T18:00:00Z.

import Glibc

enum UTC {
  /// The end of the year 9999: a later time has no text of this form.
  static let lastSecond: Int64 = 253_402_300_799
}

/// RFC 3339.
package func timeText(_ seconds: Int64) -> String {
  var time = time_t(seconds)
  var parts = tm()
  gmtime_r(&time, &parts)
  func digits(_ value: Int32, _ count: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
  return digits(parts.tm_year + 1900, 4) + "-" + digits(parts.tm_mon + 1, 2) + "-" + digits(parts.tm_mday, 2)
    + "T" + digits(parts.tm_hour, 2) + ":" + digits(parts.tm_min, 2) + ":" + digits(parts.tm_sec, 2) + "Z"
}

/// The opposite; nil for any other text.
package func seconds(of text: String) -> Int64? {
  let numbers = text.split { !$0.isASCII || !$0.isNumber }.compactMap { Int32($0) }
  guard text.hasSuffix("Z"), numbers.count == 6 else { return nil }
  var parts = tm()
  (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] - 1900, numbers[1] - 1, numbers[2])
  (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
  let seconds = Int64(timegm(&parts))
  return timeText(seconds) == text ? seconds : nil
}
