// A minute of a calendar, and the second since 1970 that it is in a zone.

import Glibc

/// A minute as a calendar and a clock on the wall show it.
package struct CalendarTime: Hashable, Sendable {
  package var year: Int
  package var month: Int
  package var day: Int
  package var hour: Int
  package var minute: Int

  package init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0) {
    (self.year, self.month, self.day, self.hour, self.minute) = (year, month, day, hour, minute)
  }

  /// The time in this zone that `seconds` since 1970 are.
  package init(localTime seconds: Int) {
    var (moment, parts) = (time_t(seconds), tm())
    localtime_r(&moment, &parts)
    self.init(
      year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
      hour: Int(parts.tm_hour), minute: Int(parts.tm_min))
  }

  /// Seconds since 1970 in the zone of this machine.
  ///
  /// - Parameter isSummer: 1, 0, or -1 where the zone's rules decide.
  package func seconds(inSummer isSummer: Int32) -> Int {
    var parts = self.parts
    parts.tm_isdst = isSummer
    return mktime(&parts)
  }

  package var secondsAtGreenwich: Int {
    var parts = self.parts
    return timegm(&parts)
  }

  /// Whether this is the hour that `seconds` since 1970 have on the wall.
  package func isHour(of seconds: Int) -> Bool { CalendarTime(localTime: seconds) == self }

  /// Whether its month has this day.
  package var isRealDay: Bool {
    var parts = self.parts
    timegm(&parts)
    return Int(parts.tm_mday) == day
  }

  private var parts: tm {
    var parts = tm()
    parts.tm_year = Int32(truncatingIfNeeded: year - 1900)
    parts.tm_mon = Int32(truncatingIfNeeded: month - 1)
    parts.tm_mday = Int32(truncatingIfNeeded: day)
    parts.tm_hour = Int32(truncatingIfNeeded: hour)
    parts.tm_min = Int32(truncatingIfNeeded: minute)
    return parts
  }
}
