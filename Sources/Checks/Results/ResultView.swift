// A destination or a next hop as a rule sees it, parsed once for all rules.

import Gateways
import PostfixFiles
import Routing

/// What all results of a configuration have in common. A class, so that a view of a result costs one reference.
final class ResultSetting: Sendable {
  let usesAgent: Bool
  private let environment: Environment
  let transports: DeliveryServices
  let parameters: Parameters
  /// The names and addresses at which mail loops back, in lower case.
  let ownNames: Set<String>
  /// `inet_protocols`, in lower case.
  let inetProtocols: Set<String>
  /// Whether host names may have more than ASCII.
  let isUnicode: Bool
  let ports: KnownPorts
  let clients: EachClient
  /// The transport of a relayhost: that of default_transport where it delivers to gateways.
  let defaultClient: String

  init(usesAgent: Bool, environment: Environment, transports: DeliveryServices, parameters: Parameters) {
    self.usesAgent = usesAgent
    self.environment = environment
    self.transports = transports
    self.parameters = parameters
    clients = EachClient(parameters)
    ports = KnownPorts(parameters)
    let name = Destination(SourcedText(builtIn: parameters.text(.defaultTransport))).transport.text
    defaultClient = transports.client(name) == nil ? "smtp" : name
    ownNames = parameters.ownNames
    let protocols = parameters.text("inet_protocols").lowercased().split { $0 == "," || $0.isWhitespace }
    inetProtocols = Set(protocols.map(String.init))
    isUnicode = parameters.text("smtputf8_enable").lowercased() == "yes"
  }

  /// Asked for only where a result has something in it that not every release takes.
  var version: PostfixVersion { environment.version }
}

/// A class, since a hundred rules go through all of them.
final class ResultView: Sendable {
  let text: SourcedText
  let kind: ResultKind
  let place: Place
  /// Of a next hop in a pool after a transport.
  let fixedTransport: String?
  /// Whether it is the result of a pattern, in which `$` has a meaning of its own.
  let isPatternResult: Bool
  let setting: ResultSetting
  /// Of a value that is a pool or a table specification and no plain result; then the rest is empty.
  let pool: PoolText?
  /// As it is written; empty for a next hop.
  let transport: SourcedText
  let nextHop: SourcedText
  /// The protocol of the transport that gets it; nil where that is not smtp(8), or is not known.
  let mailProtocol: MailProtocol?
  /// The items of its next-hop list, if it goes to smtp(8).
  let items: [SourcedText]
  /// The hosts that the items name; nil for an item that smtp(8) refuses, and for a local socket.
  let hosts: [HostPort?]
  let faults: [NextHopFault]

  /// `fixedTransport` delivers a next hop without a transport; nil: smtp(8).
  init(
    _ text: SourcedText, kind: ResultKind, place: Place, fixedTransport: String? = nil,
    isPatternResult: Bool = false, in subject: Subject
  ) {
    self.text = text
    self.kind = kind
    self.place = place
    self.fixedTransport = fixedTransport
    self.isPatternResult = isPatternResult
    setting = subject.setting
    pool = PoolText(value: text)
    let destination = kind == .destination ? Destination(text) : nil
    transport = destination?.transport ?? SourcedText()
    nextHop = destination?.nextHop ?? text
    let isSubstituted = isPatternResult && text.bytes.contains(UInt8(ascii: "$"))
    if pool != nil || isSubstituted || text.isNoAnswer {
      mailProtocol = nil
      items = []
      hosts = []
      faults = []
      return
    }
    let name = destination.map { $0.transport.text } ?? fixedTransport ?? ""
    mailProtocol =
      place.valueOf?.client ?? (name.isEmpty ? .smtp : setting.transports.client(name))
    guard let mailProtocol else {
      items = []
      hosts = []
      faults = []
      return
    }
    let list = CheckedNextHop(
      nextHop, expected: kind, mailProtocol: mailProtocol, transports: setting.transports,
      isUnicode: setting.isUnicode, ports: setting.ports)
    items = list.items
    hosts = list.hosts
    faults = list.faults
  }

  var usesAgent: Bool { setting.usesAgent }
  var version: PostfixVersion { setting.version }
  var transports: DeliveryServices { setting.transports }
  var parameters: Parameters { setting.parameters }

  var isNoAnswer: Bool { text.isNoAnswer }

  /// The name that Postfix takes for the transport, if the result names one that is not a pool.
  var transportName: String? {
    guard kind == .destination, pool == nil, !isNoAnswer, !transport.isEmpty else { return nil }
    return transport.text
  }

  /// Whether there is a host where the transport's name is expected.
  var hasHostForTransport: Bool {
    guard let name = transportName, !transports.has(name) else { return false }
    return name.first == "[" || (name.contains(".") && !name.contains("/"))
  }

  /// The first fault of this kind.
  func fault(_ kinds: NextHopFault.Kind...) -> NextHopFault? {
    faults.first { kinds.contains($0.kind) }
  }

  /// The offence of a fault that kills smtp(8). What it does to other mail is part of the message.
  func fatal(
    _ fault: NextHopFault?, says words: String? = nil, need: String, fix: Fix? = nil
  ) -> Offence? {
    guard let fault else { return nil }
    let weighted = weighted(fault)
    let words = weighted == nil ? words ?? fault.words : "Postfix knows no weights in a list of next hops"
    let need = weighted.map { "a pool: randmap pool SCOPE '\($0)' ..." } ?? need
    let agent = mailProtocol == .lmtp ? "lmtp(8)" : "smtp(8)"
    let effect =
      fault.isLatent
      ? "when the earlier items fail, \(agent) ends with an error and other mail of the transport waits too"
      : "\(agent) ends with an error and other mail of the transport waits too"
    return Offence(
      fault.text, "\(words): \"\(excerpt(fault.text.bytes))\"; need \(need); \(effect)", fix: fix)
  }

  /// The member of a pool that is meant where a next hop has a weight: `[gw1.example]=70`, `[gw1.example] 70`.
  private func weighted(_ fault: NextHopFault) -> String? {
    let text = fault.text.text
    if text.wholeMatch(of: /\[[^\]]*\](?::\w+)?=\d+%?/) != nil { return printable(text) }
    guard fault.isLatent, let weight = Int(text), (0...1_000).contains(weight), let first = items.first else {
      return nil
    }
    return "\(excerpt(first.bytes))=\(weight)"
  }
}

extension ResultView {
  /// Whether it is written as a lookup table or as a pool: `randmap:...`, `hash:/file`, `pipemap:{...}`.
  var looksLikeTable: Bool {
    if pool != nil { return true }
    let destination = Destination(text)
    let name = destination.transport.text
    guard destination.hasColon, let first = destination.nextHop.bytes.first, !transports.has(name) else {
      return false
    }
    return TableTypes.known.contains(name) && (first == UInt8(ascii: "{") || first == UInt8(ascii: "/"))
  }

  /// Whether it is a pool that smtp(8) or lmtp(8) gets as its next hop, agent or no agent: `smtp:randmap:!a!b`, or a
  /// pool in relayhost.
  var isPoolForClient: Bool {
    guard let pool else { return false }
    guard let transport = pool.transport else { return kind == .nextHop }
    return transports.client(transport) != nil
  }

  /// Whether it is a table or pool, and neither Postfix nor the agent understands it there. The agent reads the
  /// separator and file notations and names, not braces. What kills smtp(8) is `isPoolForClient`.
  var isUnsoundTable: Bool {
    guard looksLikeTable, !isPoolForClient else { return false }
    return !(usesAgent && pool?.notation.needsAgent == true)
  }
}
