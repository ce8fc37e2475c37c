// The bound of what is kept by minute and channel: where there are too many cells they get wider, and nothing is lost.

import Testing

@testable import Traffic

@Suite struct CountsTests {
  private func sum(_ counts: Counts, _ channels: Int) -> Int {
    (0..<channels).reduce(0) { $0 + counts.sum(channel: $1).sent }
  }

  /// Each gateway has a cell at least, so a bound that does not grow with them is never kept.
  @Test func moreGatewaysThanCellsAreCounted() {
    let channels = 20_100
    var counts = Counts(channelCount: channels)
    for channel in 0..<channels { counts.change(channel: channel, at: start) { $0.sent += 1 } }
    #expect(counts.width == 60)
    #expect(sum(counts, channels) == channels)
    for minute in 1...3 {
      for channel in 0..<channels {
        counts.change(channel: channel, at: start + minute * 60) { $0.sent += 1 }
      }
    }
    #expect(sum(counts, channels) == 4 * channels)
    #expect((60...3_600).contains(counts.width))
  }

  /// Stamps are as far apart as a log's writer likes.
  @Test func timesOfAnyDistanceAreCounted() {
    var counts = Counts(channelCount: 2)
    for number in -60_000..<60_000 {
      counts.change(channel: 1, at: number * 10_000_000_000) { $0.sent += 1 }
    }
    for time in [-62_167_219_200, 0, 999_999_999_999_999_999] {
      counts.change(channel: 0, at: time) { $0.sent += 1 }
    }
    #expect(sum(counts, 2) == 120_003)
    #expect(counts.cells(channel: 0).count + counts.cells(channel: 1).count <= 21_000)
  }
}
