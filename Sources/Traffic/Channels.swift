// What a log can tell apart: a gateway, as the services of one name in the log reach it. Which pools a channel serves is
// for the report; here an address of a log finds its channel.

import Gateways
import PostfixFiles
import Routing

/// A gateway and the name in the log of the transports that deliver to it: `postfix/smtp`.
package struct Channel: Hashable, Sendable {
  package let gateway: Gateway
  /// Empty where the line does not say which of several transports it was.
  package let tag: String

  package init(gateway: Gateway, tag: String) {
    self.gateway = gateway
    self.tag = tag
  }
}

/// All channels of a configuration, and the way from a line to one of them.
package struct Channels: Sendable {
  package let all: [Channel]
  let tags: Set<String>
  let lanes: Lanes
  /// The numbers of the lanes, after those of the channels, by their names in the log.
  private let laneNumbers: [String: Int]
  /// The names in the log of the services that suspend deliveries; empty: any.
  private let suspending: Set<String>
  /// Whether addresses in the log have quotes where they need them.
  let isQuoted: Bool
  /// Domains whose mail exchangers are not known, so no line can be told to be theirs.
  let unresolved: Set<Gateway>
  /// By the names and addresses that a log may give a gateway, in small letters.
  private var index: [String: [Int]] = [:]

  /// - Parameters:
  ///   - lanes: services whose mail counts whatever host took it.
  ///   - addresses: further names and addresses of a gateway: those of its mail exchangers.
  ///   - suspending: the names in the log of error(8): another instance of Postfix may suspend mail for the same gateway.
  ///   - isQuoted: whether addresses in the log have quotes where they need them.
  package init(
    _ channels: [Channel], lanes: Lanes = Lanes(), addresses: [Gateway: Set<String>] = [:],
    suspending: Set<String> = [],
    isQuoted: Bool = true
  ) {
    self.suspending = suspending
    self.isQuoted = isQuoted
    let several = Dictionary(grouping: channels, by: \.gateway).filter { $0.value.count > 1 }.keys.sorted()
    all = channels + several.map { Channel(gateway: $0, tag: "") }
    self.lanes = lanes
    tags = Set(channels.map(\.tag)).union(lanes.tags)
    let first = all.count
    laneNumbers = Dictionary(
      uniqueKeysWithValues: lanes.tags.enumerated().map { ($1, first + $0) })
    unresolved = Set(
      channels.map(\.gateway).filter { gateway in
        if case .mx = gateway { addresses[gateway]?.isEmpty ?? true } else { false }
      })
    for (number, channel) in all.enumerated() {
      for name in (addresses[channel.gateway] ?? []).union([channel.gateway.logName]) {
        index[name.lowercased(), default: []].append(number)
      }
    }
  }

  /// The channel that a line means; nil where it is no gateway of the configuration, or more than one may be meant.
  ///
  /// - Parameters:
  ///   - tag: nil where another service than the transport wrote the line, as error(8) does.
  ///   - isReused: whether the session was open already: before 3.12 Postfix then names the port of the first gateway of
  ///     the list (measured), so the address decides.
  package func find(tag: String?, host: String, address: String, port: Int?, isReused: Bool = false) -> Int? {
    if let tag, !tags.contains(tag) { return nil }
    func candidates(_ name: String, _ port: Int?) -> [Int] {
      (index[name.lowercased()] ?? []).filter { number in
        let channel = all[number]
        return (tag.map { $0 == channel.tag } ?? true)
          && (port == nil || channel.gateway.port == nil || channel.gateway.port == port)
      }
    }
    if let found = only(candidates(host, port)) ?? only(candidates(address, port)) { return found }
    guard isReused, let port, all.contains(where: { $0.gateway.port == port && $0.tag == tag }) else {
      return nil
    }
    return only(candidates(host, nil)) ?? only(candidates(address, nil))
  }

  /// How many counts there are: of the channels, and then of the lanes.
  package var count: Int { all.count + laneNumbers.count }

  /// The lane of a name in the log.
  package func lane(_ tag: String) -> Int? { laneNumbers[tag] }

  /// The lane that a delivery counts for.
  ///
  /// - Parameter channel: the one that the line means.
  func lane(_ tag: String, beside channel: Int?) -> Int? {
    guard let lane = laneNumbers[tag], !(channel.map { lanes.named.contains(all[$0]) } ?? false) else {
      return nil
    }
    return lane
  }

  /// Whether it leaves the transport open. A lane is a transport.
  func isOpen(_ number: Int) -> Bool { number < all.count && all[number].tag.isEmpty }

  /// The gateways whose mail counts for a channel or a lane.
  func gateways(of number: Int) -> [Gateway] {
    if number < all.count { return [all[number].gateway] }
    return all.filter { laneNumbers[$0.tag] == number && !lanes.named.contains($0) }.map(\.gateway)
  }

  /// Whether an error(8) of this configuration wrote a line.
  func areSuspended(by tag: String) -> Bool { suspending.isEmpty || suspending.contains(tag) }

  /// The one of `numbers`, or, where they are of one gateway, the channel that leaves the transport open.
  private func only(_ numbers: [Int]) -> Int? {
    guard let first = numbers.first else { return nil }
    if numbers.count == 1 { return first }
    guard numbers.allSatisfy({ all[$0].gateway == all[first].gateway }) else { return nil }
    return numbers.first { all[$0].tag.isEmpty }
  }

  /// The gateways that share an address with another one of the same tag: before Postfix 3.12 a reused session is
  /// logged with the port of the wrong one.
  package var sharedAddresses: Set<Gateway> {
    var shared: Set<Gateway> = []
    for numbers in index.values {
      for (tag, group) in Dictionary(grouping: numbers, by: { all[$0].tag })
      where group.count > 1 && !tag.isEmpty {
        shared.formUnion(group.map { all[$0].gateway })
      }
    }
    return shared
  }
}

extension Gateway {
  /// What a log calls its host; of a local socket the path.
  fileprivate var logName: String {
    let name = self.name
    return name.lowercased().hasPrefix("ipv6:") ? String(name.dropFirst(5)) : name
  }
}

/// Each gateway of a route has a row of figures, and a table may lead to a million.
private let mostRouteGateways = 1_000

extension MailConfig {
  /// What the services of a transport call themselves in the log; nil where master.cf has no such transport that
  /// delivers to gateways.
  package func logTag(ofTransport name: String) -> String? {
    guard let service = master?.transport(name) else {
      return master == nil && ["smtp", "relay", "lmtp"].contains(name)
        ? "\(parameters.text("syslog_name"))/\(name == "lmtp" ? "lmtp" : "smtp")" : nil
    }
    return service.isSMTPClient ? logTag(of: service, named: name) : nil
  }

  /// What the services call themselves that suspend deliveries.
  package var suspendingTags: Set<String> {
    let services = (master?.services ?? []).filter { $0.command == "error" }
    guard !services.isEmpty else { return ["\(parameters.text("syslog_name"))/error"] }
    return Set(services.map { logTag(of: $0, named: $0.name) })
  }

  /// Whether all services that deliver mail write addresses into the log with quotes where they need them.
  package var quotesAddressesInLog: Bool {
    guard environment.version >= .quotedAddressesInLog else { return false }
    func isQuoting(_ parameters: Parameters) -> Bool {
      parameters.text("info_log_address_format") == "external"
    }
    let services = (master?.services ?? []).filter { $0.isSMTPClient || $0.command == "error" }
    return isQuoting(parameters) && services.allSatisfy { isQuoting(parameters.seen(by: $0)) }
  }

  private func logTag(of service: Service, named name: String) -> String {
    let seen = parameters.seen(by: service)
    var text = seen.raw("syslog_name")?.text ?? "postfix"
    for reference in ["${service_name}", "$(service_name)", "$service_name"] {
      text = text.split(separator: reference, omittingEmptySubsequences: false).joined(separator: name)
    }
    let expanded = (try? seen.expand(SourcedText(builtIn: text)))?.text ?? text
    return "\(expanded)/\(service.command)"
  }

  /// The channels of all members of these pools and of their fallback, and then those that other routes lead to: of at most
  /// a thousand gateways, as each has a row of figures. A domain counts where a pool has it: for each its exchangers are
  /// looked up.
  ///
  /// - Parameter uses: the gateways that pools or routes name.
  package func channels(of pools: [Pool], beside uses: [GatewayUse] = []) -> [Channel] {
    var channels: [Channel] = []
    var seen: Set<Channel> = []
    var tags: [String: String?] = [:]
    func add(_ gateway: Gateway, by transport: String) {
      let tag = tags[transport] ?? logTag(ofTransport: transport)
      tags[transport] = tag
      guard let tag else { return }
      let channel = Channel(gateway: gateway, tag: tag)
      if seen.insert(channel).inserted { channels.append(channel) }
    }
    for pool in pools {
      for member in pool.members {
        for transport in pool.transports(of: member) {
          for gateway in member.gateways + member.fallback { add(gateway, by: transport) }
        }
      }
    }
    let hosts = uses.lazy.filter { if case .mx = $0.gateway { false } else { true } }
    for use in hosts.prefix(mostRouteGateways) {
      // A next hop of a sender table goes by smtp, as in a pool of next hops.
      for transport in use.transports.isEmpty ? ["smtp"] : use.transports.sorted() {
        add(use.gateway, by: transport)
      }
    }
    return channels
  }
}
