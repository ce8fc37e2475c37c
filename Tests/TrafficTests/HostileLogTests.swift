// "A log of n bytes in at most c * n log n": logs with long lines, or with many lines of one message, in two sizes. Four times
// the bytes may take five times the processor's time. What quadratic readers took was ten times and more.

import Glibc
import TestTraits
import Testing

@testable import Traffic

/// A kind of hostile log, of about `size` bytes.
private struct HostileLog: CustomTestStringConvertible, Sendable {
  let name: String
  /// The bytes of the larger one of the two sizes.
  let size: Int
  var isQuoted = true
  let text: @Sendable (_ size: Int) -> String

  var testDescription: String { name }

  static let all = [
    HostileLog(name: "starts of fields in an address", size: 190_000, isQuoted: false) { size in
      lines(3) { _ in
        Sample(message: "AAAAAA1: to=<" + String(repeating: ">, relay=", count: size / 3 / 9))
      }
    },
    HostileLog(name: "fields that have no end", size: 190_000, isQuoted: false) { size in
      lines(3) { _ in
        let starts = String(repeating: ">, relay=x, delay=1", count: size / 3 / 19)
        return Sample(message: "AAAAAA1: to=<\(starts)>, relay=x")
      }
    },
    HostileLog(name: "a message that is turned away again and again", size: 2_400_000) { size in
      let count = size / 2_400
      return (0..<10).map { message in
        let words = "host 127.0.0.2[127.0.0.2]:25 said: 450 no (in reply to RCPT TO command)"
        return lines(count) { _ in Sample(message: "BABE\(message): \(words)") }
          + lines(count) { .sent("BABE\(message)", to: "u\($0)@x.example", by: "127.0.0.3[127.0.0.3]:25") }
      }.joined()
    },
    HostileLog(name: "a message of many recipients that wait", size: 9_000_000) { size in
      lines(size / 150) {
        .deferred("4ABCDE1234", to: "u\($0)@x.example", relay: "127.0.0.2[127.0.0.2]:25", "x")
      }
    },
    HostileLog(name: "a recipient of many parts", size: 500_000) { size in
      lines(8) { number in
        let parts = (0..<size / 8 / 5).map { "\(letters($0))." }.joined()
        return .deferred("AAAAA\(number)", to: "\(parts)x@x.example")
      }
    },
  ]

  private static func lines(_ count: Int, _ sample: (Int) -> Sample) -> String {
    (0..<count).map { LogFormat.rfc3339.line(sample($0)) + "\n" }.joined()
  }

  /// Another four letters for each number.
  private static func letters(_ number: Int) -> String {
    let digits = [number / 17_576, number / 676, number / 26, number].map { UInt8(97 + $0 % 26) }
    return String(decoding: digits, as: UTF8.self)
  }
}

@Suite(.waits, .timeLimit(.minutes(10))) struct HostileLogTests {
  @Test(arguments: HostileLog.all)
  private func theWorkGrowsWithTheBytes(log: HostileLog) {
    let small = time(log, log.size / 4)
    let large = time(log, log.size)
    #expect(large < small * 5 + .milliseconds(100), "\(small) \(large)")
  }

  /// What the processor takes for a log of that size.
  private func time(_ log: HostileLog, _ size: Int) -> Duration {
    let bytes = Array(log.text(size).utf8)
    let channels = Channels(sampleConfig.channels(of: samplePools), isQuoted: log.isQuoted)
    var tally = Tally(channels, latest: start + 3_600)
    let begin = now
    tally.feed(bytes)
    tally.finish()
    return now - begin
  }

  private var now: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
