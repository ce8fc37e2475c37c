// What a delivery agent says: a greeting first, and in the end how the delivery went.

import PostfixFiles

/// The greeting of a delivery agent. Postfix 3.6 and later send the name of the protocol, earlier releases a status of
/// 0, and each queue manager takes only its own: so the agent greets as a neighbour of the same release does.
enum Greeting {
  /// What the agents of a release send.
  static func of(_ version: PostfixVersion) -> Bytes {
    var bytes = Bytes()
    if version < PostfixVersion(3, 6) {
      bytes.append(attribute: "status", "0")
    } else {
      bytes.append(attribute: "protocol", "delivery_request_protocol")
    }
    bytes.appendEndOfList()
    return bytes
  }

  /// Reads one greeting, to the last byte.
  struct Reader {
    private var scanner = AttributeScanner()
    private var isGreeting = false

    /// The bytes of the greeting when it is whole.
    mutating func receive(_ more: some Sequence<UInt8>) throws(ProtocolProblem) -> Bytes? {
      scanner.append(more)
      guard scanner.bytes.count <= ProtocolLimits.name else { throw .notADeliveryAgent }
      while let element = try scanner.next() {
        switch element {
        case .attribute(let attribute):
          switch (scanner.text(attribute.name), scanner.text(attribute.value)) {
          case ("protocol", "delivery_request_protocol"), ("status", "0"): isGreeting = true
          default: throw .notADeliveryAgent
          }
        case .endOfList:
          guard isGreeting, scanner.isAtBoundary else { throw .notADeliveryAgent }
          return scanner.bytes
        }
      }
      return nil
    }
  }
}

/// How a delivery went.
struct DeliveryReport: Equatable, Sendable {
  private var attributes: [Pair]

  private struct Pair: Equatable {
    var name: String
    var value: Bytes
  }

  /// Nothing is left to do for any recipient: delivered, or bounced.
  static let done = DeliveryReport(isDone: true)
  /// Some recipient is to be tried again; nothing is said of the destination.
  static let deferred = DeliveryReport(isDone: false)

  private init(isDone: Bool) {
    self.init(enhancedStatus: "", reason: "", status: isDone ? "0" : "1")
  }

  /// Some recipient is to be tried again, and the queue manager shall rest the destination for this reason.
  init(resting reason: String) { self.init(enhancedStatus: "4.3.0", reason: reason, status: "1") }

  private init(enhancedStatus: String, reason: String, status: String) {
    // In this order: the queue manager reads it so. The first "status" is the destination's, the last the delivery's.
    attributes = [
      Pair(name: "status", value: Bytes(enhancedStatus.utf8)),
      Pair(name: "diag_type", value: []), Pair(name: "diag_text", value: []),
      Pair(name: "mta_type", value: []), Pair(name: "mta_mname", value: []), Pair(name: "action", value: []),
      Pair(name: "reason", value: Bytes(reason.utf8)),
      Pair(name: "status", value: Bytes(status.utf8)),
    ]
  }

  /// Whether nothing is left to do for any recipient.
  var isDone: Bool { attributes.last { $0.name == "status" }?.value == Bytes("0".utf8) }

  /// Why the agent says that the destination as a whole cannot be reached; empty where it says nothing of the kind.
  var destinationProblem: String {
    guard attributes.first(where: { $0.name == "status" })?.value.isEmpty == false else { return "" }
    let reason = attributes.first { $0.name == "reason" }?.value.text ?? ""
    return reason.isEmpty ? "unknown error" : printable(reason)
  }

  private static let aboutDestination: Set<String> = [
    "status", "diag_type", "diag_text", "mta_type", "mta_mname", "action", "reason",
  ]

  /// The same outcome with nothing said of the destination, so that one member's trouble does not rest the pool.
  var withoutDestinationProblem: DeliveryReport {
    var report = self
    let outcome = attributes.lastIndex { $0.name == "status" }
    for index in attributes.indices
    where index != outcome && Self.aboutDestination.contains(attributes[index].name) {
      report.attributes[index].value = []
    }
    return report
  }

  var bytes: Bytes {
    var bytes = Bytes()
    for pair in attributes { bytes.append(attribute: pair.name, pair.value) }
    bytes.appendEndOfList()
    return bytes
  }

  /// Reads one report.
  struct Reader {
    private var scanner = AttributeScanner()
    private var attributes: [Pair] = []

    /// Takes bytes; returns the report when it is whole.
    mutating func receive(_ more: some Sequence<UInt8>) throws(ProtocolProblem) -> DeliveryReport? {
      scanner.append(more)
      while let element = try scanner.next() {
        switch element {
        case .attribute(let attribute):
          guard attributes.count < ProtocolLimits.attributes else { throw .tooManyAttributes }
          attributes.append(
            Pair(name: scanner.text(attribute.name), value: Bytes(scanner.bytes[attribute.value])))
        case .endOfList:
          var report = DeliveryReport.done
          report.attributes = attributes
          guard attributes.count(where: { $0.name == "status" }) == 2 else { throw .missing("status") }
          guard let last = attributes.last(where: { $0.name == "status" }), Int(last.value.text) != nil else {
            throw .notANumber("status")
          }
          return report
        }
      }
      return nil
    }
  }
}
