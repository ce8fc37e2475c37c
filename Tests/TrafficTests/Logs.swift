// Deliveries as values, and the lines that they make in every format that a log may have.

import PostfixFiles
import Routing

@testable import Traffic

/// One line of a delivery, in the words of smtp(8).
struct Sample {
  var second = 0
  var tag = "postfix/smtp"
  var message: String
  var host = "mx"

  static func sent(
    _ id: String, to recipient: String = "u@example.net", by relay: String = "127.0.0.2[127.0.0.2]:25",
    at second: Int = 0, extra: String = "", tag: String = "postfix/smtp"
  ) -> Sample {
    Sample(
      second: second, tag: tag,
      message:
        "\(id): to=<\(recipient)>, relay=\(relay), \(extra)delay=0.42, delays=0.1/0.02/0.1/0.2, dsn=2.0.0, "
        + "status=sent (250 2.0.0 Ok: queued as 4ABCDEF)")
  }

  static func deferred(
    _ id: String, to recipient: String = "u@example.net", relay: String = "none",
    _ words: String = "connect to 127.0.0.2[127.0.0.2]:25: Connection refused", at second: Int = 0,
    tag: String = "postfix/smtp"
  ) -> Sample {
    Sample(
      second: second, tag: tag,
      message:
        "\(id): to=<\(recipient)>, relay=\(relay), delay=3, delays=1/0/2/0, dsn=4.4.1, status=deferred (\(words))"
    )
  }

  static func bounced(_ id: String, to recipient: String = "u@example.net", at second: Int = 0) -> Sample {
    Sample(
      second: second,
      message: "\(id): to=<\(recipient)>, relay=127.0.0.2[127.0.0.2]:25, delay=1, delays=0/0/0/1, dsn=5.1.1, "
        + "status=bounced (host 127.0.0.2[127.0.0.2] said: 550 5.1.1 <\(recipient)>: User unknown (in reply to RCPT TO command))"
    )
  }
}

/// 2026-11-28T18:00:00Z; samples are some seconds later.
let start = 1_795_888_800

enum LogFormat: CaseIterable {
  case rfc3339, rfc3339Local, traditional, precise, structured, structuredData, journal, docker, compose
  case kubernetes, busybox, priority, journalBytes

  func line(_ sample: Sample) -> String {
    let time = start + sample.second
    let utc = WrittenTime.utc(time)
    let plain = "\(sample.host) \(sample.tag)[4711]: \(sample.message)"
    switch self {
    case .rfc3339: return "\(utc.dropLast()).123456+00:00 \(plain)"
    case .rfc3339Local: return "\(WrittenTime.utc(time + 19_800).dropLast())+05:30 \(plain)"
    case .traditional: return "\(Self.traditional(time)) \(plain)"
    case .precise: return "\(Self.traditional(time)).123456 \(plain)"
    case .priority: return "<22>\(Self.traditional(time)) \(plain)"
    case .structured: return "<22>1 \(utc) \(sample.host) \(sample.tag) 4711 - - \(sample.message)"
    case .structuredData:
      return "<22>1 \(utc) \(sample.host) \(sample.tag) 4711 - [a@1 b=\"] x\"][c@2] \u{FEFF}\(sample.message)"
    case .journal:
      return
        "{\"__CURSOR\":\"s=1;i=\(time)\",\"__REALTIME_TIMESTAMP\":\"\(time)123456\",\"_HOSTNAME\":\"\(sample.host)\","
        + "\"SYSLOG_IDENTIFIER\":\"\(sample.tag)\",\"_PID\":\"4711\",\"MESSAGE\":\"\(Self.escaped(sample.message))\"}"
    case .journalBytes:
      let bytes = sample.message.utf8.map { "\($0)" }.joined(separator: ",")
      return "{\"__REALTIME_TIMESTAMP\":\"\(time)000000\",\"MESSAGE\":[\(bytes)],\"SYSLOG_PID\":\"4711\","
        + "\"SYSLOG_IDENTIFIER\":\"\(sample.tag)\",\"_HOSTNAME\":\"\(sample.host)\"}"
    case .docker:
      let line = Self.escaped("\(Self.traditional(time)) \(plain)")
      return "{\"log\":\"\(line)\\n\",\"stream\":\"stdout\",\"attrs\":{\"tag\":\"}\"},\"time\":\"\(utc)\"}"
    case .compose: return "mail-1  | \(Self.traditional(time)) \(plain)"
    case .kubernetes: return "\(utc.dropLast()).123456789Z stdout F \(Self.traditional(time)) \(plain)"
    case .busybox:
      return "\(Self.traditional(time)) \(sample.host) mail.info \(sample.tag)[4711]: \(sample.message)"
    }
  }

  /// In the zone of this machine, as syslog daemons write it.
  private static func traditional(_ time: Int) -> String {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let local = CalendarTime(localTime: time)
    func two(_ number: Int, _ pad: String = "0") -> String { number < 10 ? "\(pad)\(number)" : "\(number)" }
    return
      "\(months[local.month - 1]) \(two(local.day, " ")) \(two(local.hour)):\(two(local.minute)):\(two(time % 60))"
  }

  private static func escaped(_ text: String) -> String {
    text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
  }
}

/// A configuration with two gateways, a lane and a service of another name.
let sampleConfig = MailConfig(
  directory: "/etc/postfix",
  main: """
    default_transport = randmap:!smtp:[127.0.0.2]!smtp:[127.0.0.3]!smtp:[127.0.0.3]
    relay_transport = randmap:!lane1:[127.0.0.2]!relay:[gw.example]:587
    # randmap: agent
    """,
  master: """
    smtp unix - - n - - smtp
    relay unix - - n - - smtp -o syslog_name=${multi_instance_name?{$multi_instance_name}:{postfix}}/$service_name
    lane1 unix - - n - - smtp -o syslog_name=postfix/lane1

    """)

func tally(_ text: String, since: Int = .min, until: Int = .max, pieces: Int = .max) -> Tally {
  var tally = Tally(sampleChannels, since: since, until: until, latest: start + 3_600)
  let bytes = Array(text.utf8)
  var at = 0
  while at < bytes.count {
    let end = min(bytes.count, at + min(pieces, bytes.count))
    tally.feed(Array(bytes[at..<end]))
    at = end
  }
  tally.finish()
  return tally
}

func tally(_ samples: [Sample], _ format: LogFormat = .rfc3339) -> Tally {
  tally(samples.map { format.line($0) + "\n" }.joined())
}

/// Worked out once: some tests read thousands of logs.
let samplePools = sampleConfig.pools()
let sampleChannels = Channels(sampleConfig.channels(of: samplePools))

/// What a gateway of `sampleConfig` got by a service.
func cell(_ tally: Tally, _ gateway: String, tag: String = "postfix/smtp") -> CountCell {
  let number = sampleChannels.all.firstIndex { $0.gateway.description == gateway && $0.tag == tag }
  return number.map { tally.counts.sum(channel: $0) } ?? CountCell()
}

func report(_ tally: Tally) -> TrafficReport {
  TrafficReport(tally.counts, sampleChannels, config: sampleConfig, pools: samplePools)
}
