// Every number of the probing, with its range and its default. A name is what a settings file and a
// message say.

import Gateways
import PostfixFiles

/// One number that a person may set.
package enum ProbeSetting: String, Hashable, Sendable, CaseIterable {
  // One probe.
  case probeTimeLimit = "probe_time_limit"
  case quitTimeLimit = "quit_time_limit"
  case replyLineLimit = "reply_line_limit"
  case replyCountLimit = "reply_count_limit"
  case addressLimit = "address_limit"
  // How many at once.
  case connectionLimit = "connection_limit"
  case addressConnectionLimit = "address_connection_limit"
  case resolverThreads = "resolver_threads"
  // When.
  case interval = "interval"
  case changingInterval = "changing_interval"
  case downInterval = "down_interval"
  case jitter = "jitter"
  // What readings add up to.
  case rise = "rise"
  case fall = "fall"
  case flapChanges = "flap_changes"
  case flapWindow = "flap_window"
  case historyLimit = "history_limit"
  case slowAfter = "slow_after"
  case certificateDays = "certificate_days"
  // What deliveries add up to.
  case deliveryWindow = "delivery_window"
  case deliveryMessages = "delivery_messages"
  case deliveryShare = "delivery_share"
  case deliveryPassedBy = "delivery_passed_by"

  /// What the number counts.
  package enum Unit: String, Hashable, Sendable {
    case milliseconds, bytes, percent, count
  }

  /// One line for a person.
  package var summary: String {
    facts.summary
  }

  package var unit: Unit {
    facts.unit
  }

  package var range: ClosedRange<Int> {
    facts.range
  }

  /// The value where nothing is set.
  package var standard: Int {
    facts.standard
  }

  private typealias Facts = (summary: String, unit: Unit, range: ClosedRange<Int>, standard: Int)

  private var facts: Facts {
    switch self {
    case .probeTimeLimit:
      // postscreen holds its greeting back for 6 seconds: that is not death.
      ("a probe of one address takes no longer", .milliseconds, 100...300_000, 12_000)
    case .quitTimeLimit: ("wait no longer for the answer to QUIT", .milliseconds, 10...60_000, 2_000)
    case .replyLineLimit: ("longest line of a reply", .bytes, 512...65_536, 2_048)
    case .replyCountLimit: ("most lines of a reply", .count, 10...1_000, 100)
    case .addressLimit: ("most addresses of a gateway that are probed", .count, 1...500, 16)
    case .connectionLimit:
      // A slow gateway must not keep others waiting; what the process may open is respected.
      ("most connections at once", .count, 1...100_000, 8_192)
    case .addressConnectionLimit: ("most connections at once to one address", .count, 1...1_000, 4)
    case .resolverThreads: ("most names that are looked up at once", .count, 1...64, 8)
    case .interval: ("time between two probes", .milliseconds, 1_000...86_400_000, 30_000)
    case .changingInterval:
      ("the same while a state is changing", .milliseconds, 1_000...86_400_000, 5_000)
    case .downInterval: ("the same while a gateway is down", .milliseconds, 1_000...86_400_000, 15_000)
    case .jitter: ("spread of these times to either side", .percent, 0...50, 10)
    case .rise: ("good readings that bring a gateway up", .count, 1...100, 2)
    case .fall: ("bad readings that take a gateway down", .count, 1...100, 3)
    case .flapChanges: ("state changes that make a gateway flapping", .count, 2...100, 4)
    case .flapWindow: ("within this time", .milliseconds, 1_000...86_400_000, 600_000)
    // Half an hour at 5 seconds.
    case .historyLimit: ("readings that are kept of a gateway", .count, 10...10_000, 360)
    case .slowAfter: ("a greeting that takes longer is called slow", .milliseconds, 1...300_000, 3_000)
    case .deliveryWindow:
      ("results of deliveries count for this long", .milliseconds, 60_000...900_000, 300_000)
    case .deliveryMessages: ("fewer messages than this say nothing", .count, 1...100_000, 20)
    case .deliveryShare: ("a gateway that defers or refuses more of them is degraded", .percent, 1...100, 50)
    case .deliveryPassedBy:
      ("most of a pool that the agent passes by for that reason", .percent, 0...100, 50)
    case .certificateDays: ("days that a certificate has to be valid yet", .count, 0...3_650, 14)
    }
  }
}

/// A setting that cannot be taken. The description has what is needed.
package enum ProbeSettingError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknown(String)
  case malformed(ProbeSetting, String)
  case outOfRange(ProbeSetting, Int)

  package var description: String {
    switch self {
    case .unknown(let name):
      "there is no setting \(printable(name)); need one of "
        + ProbeSetting.allCases.map(\.rawValue).joined(separator: ", ")
    case .malformed(let setting, let text):
      "\(setting.rawValue) = \(printable(text)): need "
        + (setting.unit == .milliseconds ? "a time such as \(setting.words(setting.standard))" : "a number")
    case .outOfRange(let setting, let value):
      "\(setting.rawValue) = \(setting.words(value)): need \(setting.words(setting.range.lowerBound)) to "
        + setting.words(setting.range.upperBound)
    }
  }
}

extension ProbeSetting {
  /// Times as Postfix writes them, with `ms` beside its units; the longest first.
  private static let timeUnits: [(suffix: String, milliseconds: Int)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
  ]

  /// `value` as a person writes it: `12s`, `10%`, `2048`.
  package func words(_ value: Int) -> String {
    switch unit {
    case .milliseconds:
      let unit = Self.timeUnits.first { value != 0 && value.isMultiple(of: $0.milliseconds) }
      return unit.map { "\(value / $0.milliseconds)\($0.suffix)" } ?? "\(value)ms"
    case .percent: return "\(value)%"
    case .bytes, .count: return "\(value)"
    }
  }

  /// The value that `text` means: a time without a unit is in seconds, as it is to Postfix.
  fileprivate func value(of text: String) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits) else { return nil }
    let suffix = text.dropFirst(digits.count)
    switch unit {
    case .milliseconds:
      guard let unit = Self.timeUnits.first(where: { $0.suffix == (suffix.isEmpty ? "s" : suffix) }) else {
        return nil
      }
      let (value, isTooLarge) = number.multipliedReportingOverflow(by: unit.milliseconds)
      return isTooLarge ? Int.max : value
    case .percent: return suffix.isEmpty || suffix == "%" ? number : nil
    case .bytes, .count: return suffix.isEmpty ? number : nil
    }
  }
}

/// Which address families to use: `inet_protocols` of main.cf.
package enum AddressFamilies: String, Hashable, Sendable, CaseIterable {
  case all, ipv4, ipv6

  /// The one that is turned off.
  var other: Self? {
    switch self {
    case .all: nil
    case .ipv4: .ipv6
    case .ipv6: .ipv4
    }
  }

  /// For people.
  var words: String {
    switch self {
    case .all: "IPv4 and IPv6"
    case .ipv4: "IPv4"
    case .ipv6: "IPv6"
    }
  }
}

/// All settings of the probing; every value is in its range.
package struct ProbeSettings: Hashable, Sendable {
  package var families = AddressFamilies.all
  /// `myhostname`: a gateway that answers with it is ourselves.
  package var ownName: String?
  /// `message_size_limit` in bytes; 0 for none.
  package var messageSizeLimit = 0
  /// The name server to ask for MX records instead of those in resolv.conf: an IPv4 address and a port.
  var nameServer: NameServer?
  private var changed: [ProbeSetting: Int] = [:]

  struct NameServer: Hashable {
    let address: String
    let port: Int
  }

  /// The defaults.
  package init() {}

  package subscript(setting: ProbeSetting) -> Int { changed[setting] ?? setting.standard }

  package mutating func set(_ setting: ProbeSetting, to value: Int) throws(ProbeSettingError) {
    guard setting.range.contains(value) else { throw .outOfRange(setting, value) }
    changed[setting] = value
  }

  /// Sets what a person wrote: `interval` to `30s`.
  package mutating func set(_ name: String, to text: String) throws(ProbeSettingError) {
    guard let setting = ProbeSetting(rawValue: name) else { throw .unknown(name) }
    guard let value = setting.value(of: text) else { throw .malformed(setting, text) }
    try set(setting, to: value)
  }

  /// From when on failed deliveries count.
  package var deliveryLimits: DeliveryLimits {
    var limits = DeliveryLimits()
    limits.window = self[.deliveryWindow] / 1_000
    limits.messages = self[.deliveryMessages]
    limits.share = Double(self[.deliveryShare]) / 100
    limits.passedByShare = Double(self[.deliveryPassedBy]) / 100
    return limits
  }

  /// A setting in milliseconds as a duration.
  package func duration(_ setting: ProbeSetting) -> Duration { .milliseconds(self[setting]) }
}
