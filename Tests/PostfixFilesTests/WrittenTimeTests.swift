// Times as people write them, and as they are printed.

import PostfixFiles
import Testing

/// 2026-11-28T18:30:00Z
private let now = 1_795_890_600

@Suite struct WrittenTimeTests {
  private func ahead(_ text: String) -> Int? { WrittenTime.parse(text, now: now, spans: .ahead) }

  private func local(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0) -> Int {
    CalendarTime(year: year, month: month, day: day, hour: hour, minute: minute).seconds(inSummer: -1)
  }

  @Test func anEndIsAClockADayOrAnInstant() {
    let today = CalendarTime(localTime: now)
    func clock(_ hour: Int, _ minute: Int, later days: Int = 0) -> Int {
      local(today.year, today.month, today.day + days, hour, minute)
    }
    #expect(ahead("23:59") == clock(23, 59))
    #expect(ahead("8:00") == clock(8, 0))
    #expect(ahead("today 23:00") == clock(23, 0))
    #expect(ahead("tomorrow 8:00") == clock(8, 0, later: 1))
    #expect(ahead("tomorrow") == clock(0, 0, later: 1))
    #expect(ahead("2h") == now + 7_200)
    #expect(ahead("2026-11-28T19:00Z") == now + 1_800)
    #expect(ahead("2026-11-28T20:00:30+01:00") == now + 1_830)
    #expect(ahead("2026-12-01 06:00") == local(2026, 12, 1, 6))
    #expect(ahead("2026-12-01") == local(2026, 12, 1))
  }

  @Test(arguments: [
    "", "24:00", "8:60", "8", "800", ":30", "8:0", "-1:00", "someday 8:00", "tomorrow  x", "8:00 tomorrow",
    "2026-02-30", "2026-13-01T00:00", "2026-11-28T18:00ZZ", "2026-11-28T18:00+25:00", "2026-11-28T18:00:61Z",
    "2026-11-28T18:00Z until", "9999999999999999999h",
  ])
  func anythingElseIsNoTime(text: String) { #expect(ahead(text) == nil) }

  @Test func aTimeIsPrintedSoThatItReadsBack() {
    #expect(WrittenTime.shortUTC(now) == "2026-11-28T18:30Z")
    #expect(WrittenTime.shortUTC(now + 5) == "2026-11-28T18:30:05Z")
    for time in [0, now, now + 5, 951_782_400, 4_102_444_799] {
      #expect(WrittenTime.instant(WrittenTime.shortUTC(time)) == time)
      #expect(WrittenTime.parse(WrittenTime.local(time - time % 60), now: now) == time - time % 60)
    }
    #expect(WrittenTime.local(now, now: now).count == 5)
    #expect(WrittenTime.local(now + 864_000, now: now).count == 16)
  }

  @Test func aLengthHasItsTwoGreatestUnits() {
    #expect(
      [0, 59, 60, 3_599, 3_600, 6_000, 86_400, 100_000, 2_419_200].map(WrittenTime.length)
        == ["0 s", "59 s", "1 min", "59 min", "1 h", "1 h 40 min", "1 d", "1 d 3 h", "28 d"])
    #expect([90, 3_600, 172_800, 2_419_200].map { WrittenTime.span($0) } == ["90s", "1h", "2d", "4w"])
  }
}
