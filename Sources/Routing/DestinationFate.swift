// What becomes of the mail for a destination, as far as that can be said without asking it: no such transport, a next hop
// that ends the delivery agent, a host without an address.

import Gateways
import PostfixFiles

/// How a lookup of a host's addresses ends.
package enum HostAnswer: Hashable, Sendable {
  case found
  /// There is no such name, and asking again changes nothing.
  case missing
  /// It cannot be said now.
  case failed
}

package enum DestinationFate: Hashable, Sendable {
  case missingTransport(String)
  /// The program of the transport ends when it starts, with these words.
  case noStart(program: String, String)
  /// qmgr(8) ends with these words, and delivers nothing.
  case endsQueueManager(String)
  /// `defer_transports` names the transport.
  case deferred(transport: String)
  /// smtp(8) or lmtp(8) ends with these words.
  case endsAgent(String, item: String)
  /// The same, once all items before this one have failed.
  case endsAgentLater(String, item: String)
  /// The address to send from is no address: the program ends when it connects.
  case badSource(program: String, String)
  /// No interface of this host has the address to send from; `isEnforced` where the mail has to wait for it.
  case foreignSource(String, isEnforced: Bool)
  /// TLS cannot begin, for this reason.
  case noTLS(String)
  /// SRV records decide; `fate`: what becomes of the mail without them.
  case serviceRecords(String, fate: String?)
  /// A host that does not exist: the mail comes back, or waits where it is the relayhost.
  case missingHost(String, isRelayhost: Bool)
  case unknownHost(String)
  /// `error:`, `retry:` and `discard:`.
  case returned, held, discarded

  /// For people; it says what becomes of the mail first.
  package var words: String {
    switch self {
    case .missingTransport(let name):
      "the mail waits: master.cf has no transport \"\(printable(name))\""
    case .noStart(let program, let words):
      "the mail waits: \(printable(program))(8) ends with an error when it starts: \(words)"
    case .endsQueueManager(let words): "all mail waits: qmgr(8) ends with an error: \(words)"
    case .deferred(let transport):
      "the mail waits: defer_transports names the transport \(printable(transport))"
    case .endsAgent(let words, let item):
      "the mail waits, and other mail of this transport with it: the delivery agent ends with an error at "
        + "\"\(printableNextHop(item))\": \(words)"
    case .endsAgentLater(let words, let item):
      "if all before it fail, the delivery agent ends with an error at \"\(printableNextHop(item))\": \(words)"
    case .badSource(let program, let words):
      "the mail waits, and other mail of this transport with it: \(printable(program))(8) ends with an error when it "
        + "connects: \(words)"
    case .foreignSource(let address, let isEnforced):
      (isEnforced ? "the mail waits" : "the mail is sent from another address")
        + ": no interface of this host has \(printable(address))"
    case .noTLS(let words): "the mail waits: \(words)"
    case .serviceRecords(let name, let fate):
      "DNS decides where it goes: the SRV records of \(printable(name))"
        + (fate.map { "; without them the mail \($0)" } ?? "")
    case .missingHost(let host, let isRelayhost):
      isRelayhost
        ? "the mail waits: the relayhost \(printable(host)) has no address"
        : "the mail comes back to its sender: the host \(printable(host)) has no address"
    case .unknownHost(let host): "the mail waits while the address of \(printable(host)) cannot be looked up"
    case .returned: "the mail comes back to its sender, with this text"
    case .held: "the mail waits, with this text"
    case .discarded: "the mail is thrown away"
    }
  }

  /// Whether mail waits or comes back although the configuration means something else.
  package var isTrouble: Bool {
    switch self {
    case .missingTransport, .noStart, .endsQueueManager, .deferred, .endsAgent, .badSource, .noTLS,
      .missingHost,
      .unknownHost:
      true
    case .foreignSource(_, let isEnforced): isEnforced
    case .endsAgentLater, .serviceRecords, .returned, .held, .discarded: false
    }
  }
}

/// Looks at the destinations of one configuration.
package struct DestinationFates {
  let config: MailConfig
  let services: DeliveryServices
  /// Whether templates leave open what the configuration will be.
  private let isOpen: Bool
  private let lookUp: (String) -> HostAnswer?
  let starts: Starts

  /// What ends the program of each transport, when it starts and when it connects, worked out once: a pool may have thousands of
  /// members.
  final class Starts {
    var known: [String: DestinationFate?] = [:]
    var sources: [String: DestinationFate?] = [:]
    private var ways: Transports?

    func transports(_ config: MailConfig) -> Transports {
      if let ways { return ways }
      let made = Transports(config)
      ways = made
      return made
    }
  }

  /// - Parameter lookUp: the addresses of a host; nil where they are not to be asked for.
  package init(_ config: MailConfig, lookUp: @escaping (String) -> HostAnswer? = { _ in nil }) {
    let config = config.environment.template == nil ? config : config.readingFiles()
    self.config = config
    isOpen = config.hasOpenTemplates
    services = DeliveryServices(config)
    self.lookUp = lookUp
    starts = Starts()
  }

  /// Nil where nothing speaks against delivery.
  package func fate(transport: String, nextHop: String) -> DestinationFate? {
    if isOpen || transport == "randmap" && config.usesAgent { return nil }
    guard services.has(transport) else { return .missingTransport(transport) }
    if let problem = start(of: transport) { return problem }
    if let text = textFate(of: transport) { return text }
    guard let client = services.client(transport) else { return nil }
    let hop = SourcedText(builtIn: nextHop)
    if client.isLocalSocket(hop) { return nil }
    let items = client.items(of: hop).map(\.text)
    guard !items.isEmpty else { return .endsAgent("null destination", item: nextHop) }
    if items.count > 1, config.environment.version < .nextHopLists {
      return .endsAgent("garbage after numerical service", item: nextHop)
    }
    for (number, item) in items.enumerated() {
      if client.isWholeNextHop(item) {
        return end("valid hostname or network address required", item, isFirst: number == 0)
      }
      do throws(NextHopError) {
        let host = try HostPort(item, ports: services.ports)
        guard items.count == 1, let fate = lookup(host, relayhost: nextHop) else { continue }
        return fate
      } catch {
        return end(error.message, item, isFirst: number == 0)
      }
    }
    if let known = starts.sources[transport], let known { return known }
    let fate = starts.sources[transport] == nil ? sourceFate(of: transport, client) : nil
    starts.sources[transport] = .some(fate)
    return fate ?? tlsFate(of: transport, client, items) ?? recordsFate(of: transport, client, items, nextHop)
  }

  /// What becomes of mail that is to be sent from `smtp_bind_address`.
  private func sourceFate(of transport: String, _ client: MailProtocol) -> DestinationFate? {
    let service = services.service(transport)
    let parameters = service.map { config.parameters.seen(by: $0) } ?? config.parameters
    let protocols = parameters.text("inet_protocols").lowercased()
    let families: [(name: String, isOther: Bool, isOfFamily: (String) -> Bool)] = [
      ("\(client.rawValue)_bind_address", protocols == "ipv6", HostName.isIPv4),
      ("\(client.rawValue)_bind_address6", protocols != "ipv6", HostName.isIPv6),
    ]
    // Of the other family there may be no address to connect to.
    for (name, isOther, isOfFamily) in families where !isOther {
      let stated = parameters.text(name)
      if stated.isEmpty { continue }
      // Brackets around it are taken, and the name of an interface after a link-local address.
      let bare =
        stated.hasPrefix("[") && stated.hasSuffix("]") ? String(stated.dropFirst().dropLast()) : stated
      let address = bare.lowercased().hasPrefix("fe80:") ? String(bare.prefix { $0 != "%" }) : bare
      guard isOfFamily(address) || !name.hasSuffix("6") && HostName.isNumericIPv4(address) else {
        return .badSource(
          program: service?.command ?? client.rawValue, "bad \(name) parameter: \(printable(address))")
      }
      guard let own = config.surroundings?.addresses, !own.isEmpty, !address.hasPrefix("127."),
        let bytes = HostName.addressBytes(address.utf8),
        !own.contains(where: { HostName.addressBytes($0.utf8) == bytes })
      else { continue }
      let isEnforced = parameters.text("\(client.rawValue)_bind_address_enforce").lowercased() == "yes"
      return .foreignSource(address, isEnforced: isEnforced)
    }
    return nil
  }

  private func start(of transport: String) -> DestinationFate? {
    if let known = starts.known[transport] { return known }
    let fate = queueFate(transport) ?? services.service(transport).flatMap(startFate)
    starts.known[transport] = .some(fate)
    return fate
  }

  /// What the queue manager does with all mail, or with that of one transport.
  private func queueFate(_ transport: String) -> DestinationFate? {
    let qmgr = config.master?.services.last { $0.command == "qmgr" }
    let parameters = qmgr.map { config.parameters.seen(by: $0) } ?? config.parameters
    if let problem = parameters.queueManagerProblem(for: transport) {
      return .endsQueueManager(problem.message)
    }
    let held = parameters.text("defer_transports").split { $0 == "," || $0.isWhitespace }
    return held.contains { $0 == transport } ? .deferred(transport: transport) : nil
  }

  private func startFate(_ service: Service) -> DestinationFate? {
    if let broken = service.brokenOverrides.first {
      let words =
        broken.text == "-o" ? "-o has no value" : "invalid \"-o \(printable(broken.text))\" option value"
      return .noStart(program: service.command, words)
    }
    if let words = service.strayWordProblem(in: config.environment.version) {
      return .noStart(program: service.command, words)
    }
    guard let program = ReadingProgram(rawValue: service.command) else { return nil }
    return config.parameters.seen(by: service).startProblem(of: program).map {
      .noStart(program: service.command, $0.message)
    }
  }

  private func end(_ words: String, _ item: String, isFirst: Bool) -> DestinationFate {
    isFirst ? .endsAgent(words, item: item) : .endsAgentLater(words, item: item)
  }

  /// Only a host in brackets: for any other there may be MX records.
  private func lookup(_ host: HostPort, relayhost nextHop: String) -> DestinationFate? {
    guard host.isBracketed, !HostName.isAddress(host.host) else { return nil }
    switch lookUp(host.host) {
    case nil, .found: return nil
    case .failed: return .unknownHost(host.host)
    case .missing:
      return .missingHost(host.host, isRelayhost: config.rewriteParameters.text(.relayhost) == nextHop)
    }
  }

  /// The program of `error` and `retry` is the same; the name of the service says what it does.
  private func textFate(of transport: String) -> DestinationFate? {
    let command = services.areKnown ? services.service(transport)?.command : transport
    switch command {
    case "error", "retry": return transport == "retry" ? .held : .returned
    case "discard": return .discarded
    default: return nil
    }
  }
}
