// The report of a delivery agent: a greeting first, and at the end how the delivery went.

import PostfixFiles

/// The greeting of a delivery agent. Postfix 3.6 and later send the name of the protocol, earlier releases a status of
/// 0, and each queue manager takes only its own: so the agent greets as a neighbour of the same release does.
enum Greeting {
  /// What the agents of a release send.
  static func of(_ version: PostfixVersion) -> Bytes {
    var bytes = Bytes()
    if version < .protocolGreeting {
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
    mutating func receive(_ more: some Sequence<UInt8>) throws(ProtocolError) -> Bytes? {
      scanner.append(more)
      guard scanner.bytes.count <= ProtocolLimits.name else { throw .notADeliveryAgent }
      while let element = try scanner.next() {
        switch element {
        case .attribute(let attribute):
          let isKnown =
            scanner.holds("protocol", at: attribute.name)
            && scanner.holds("delivery_request_protocol", at: attribute.value)
            || scanner.holds("status", at: attribute.name) && scanner.holds("0", at: attribute.value)
          guard isKnown else { throw .notADeliveryAgent }
          isGreeting = true
        case .endOfList:
          guard isGreeting, scanner.isAtBoundary else { throw .notADeliveryAgent }
          return scanner.bytes
        }
      }
      return nil
    }
  }
}

/// How a delivery went. Kept as the bytes that came, so that what we do not know goes on unchanged.
struct DeliveryReport: Equatable, Sendable {
  let bytes: Bytes
  /// Whether nothing is left to do for any recipient.
  let isDone: Bool
  /// Why the agent says that the destination as a whole cannot be reached; empty where it says nothing of the kind.
  let destinationProblem: String

  /// Nothing is left to do for any recipient: delivered, or bounced.
  static let done = DeliveryReport(isDone: true)
  /// Some recipient needs another attempt; this says nothing about the destination.
  static let deferred = DeliveryReport(isDone: false)
  /// Some recipient is to be tried again, and the queue manager shall rest the destination for this reason.
  init(resting reason: String) { self.init(isDone: false, enhancedStatus: "4.3.0", reason: reason) }

  private init(isDone: Bool, enhancedStatus: String = "", reason: String = "") {
    var bytes = Bytes()
    // In this order: the queue manager reads it so. The first "status" is the destination's, the last the delivery's.
    bytes.append(attribute: "status", enhancedStatus)
    for name in ["diag_type", "diag_text", "mta_type", "mta_mname", "action"] {
      bytes.append(attribute: name, "")
    }
    bytes.append(attribute: "reason", reason)
    bytes.append(attribute: "status", isDone ? "0" : "1")
    bytes.appendEndOfList()
    self.init(bytes: bytes, isDone: isDone, destinationProblem: printable(reason))
  }

  private init(bytes: Bytes, isDone: Bool, destinationProblem: String) {
    self.bytes = bytes
    self.isDone = isDone
    self.destinationProblem = destinationProblem
  }

  private static let aboutDestination: Set<String> = [
    "status", "diag_type", "diag_text", "mta_type", "mta_mname", "action", "reason",
  ]

  /// The same outcome without the destination, so that the failure of one member does not stop the whole pool.
  var withoutDestinationProblem: DeliveryReport {
    var scanner = AttributeScanner()
    scanner.append(bytes)
    var attributes: [Attribute] = []
    while case .attribute(let attribute)? = try? scanner.next() { attributes.append(attribute) }
    let outcome = attributes.lastIndex { scanner.holds("status", at: $0.name) }
    var kept = Bytes()
    for (index, attribute) in attributes.enumerated() {
      let name = scanner.text(attribute.name)
      let goes = index != outcome && Self.aboutDestination.contains(name)
      kept.append(attribute: name, goes ? [] : bytes[attribute.value])
    }
    kept.appendEndOfList()
    return DeliveryReport(bytes: kept, isDone: isDone, destinationProblem: "")
  }

  /// Reads one report.
  struct Reader {
    private var scanner = AttributeScanner(limit: ProtocolLimits.report)
    private var attributes = 0
    private var statuses: [Range<Int>] = []
    private var reason: Range<Int>?

    /// Takes bytes; returns the report when it is whole.
    mutating func receive(_ more: some Sequence<UInt8>) throws(ProtocolError) -> DeliveryReport? {
      scanner.append(more)
      while let element = try scanner.next() {
        switch element {
        case .attribute(let attribute):
          attributes += 1
          guard attributes <= ProtocolLimits.attributes else { throw .tooManyAttributes }
          if scanner.holds("status", at: attribute.name) { statuses.append(attribute.value) }
          if reason == nil, scanner.holds("reason", at: attribute.name) { reason = attribute.value }
        case .endOfList: return try whole()
        }
      }
      return nil
    }

    private func whole() throws(ProtocolError) -> DeliveryReport {
      guard statuses.count == 2 else { throw .missing("status") }
      guard Int(scanner.text(statuses[1])) != nil else { throw .notANumber("status") }
      return DeliveryReport(
        bytes: Bytes(scanner.bytes[..<scanner.position]), isDone: scanner.holds("0", at: statuses[1]),
        destinationProblem: statuses[0].isEmpty ? "" : words)
    }

    private var words: String {
      guard let reason, !reason.isEmpty else { return "unknown error" }
      return printable(scanner.text(reason))
    }
  }
}
