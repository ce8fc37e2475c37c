// A delivery request of the queue manager: kept as the bytes that came, so that what we do not know goes on unchanged.

import PostfixFiles

/// One message for one next hop, with some of its recipients.
package struct DeliveryRequest: Sendable {
  /// The attributes of the message, the end of their list included, then a list for each recipient.
  private let bytes: Bytes
  private let nextHopValue: Range<Int>
  private let countValue: Range<Int>
  private let headEnd: Int
  private let recipientLists: [Range<Int>]

  /// The part after `randmap:`: a pool.
  package let nextHop: Bytes
  package let queueID: String
  /// The queue that its file is in: `active`.
  let queueName: String
  package let sender: String
  /// Of the message, in bytes; nil where the queue manager does not say.
  let messageSize: Int?
  /// The addresses, in order.
  package let recipients: [String]

  /// The same request for another next hop; only for the recipients at `chosen`, if some are named.
  package func passedOn(to nextHop: String, recipients chosen: [Int]? = nil) -> Bytes {
    var passed = Bytes()
    passed.reserveCapacity(bytes.count + nextHop.utf8.count)
    var values = [(range: nextHopValue, value: nextHop)]
    if let chosen { values.append((countValue, String(chosen.count))) }
    var at = 0
    for (range, value) in values.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      passed += bytes[at..<range.lowerBound]
      passed += value.utf8
      at = range.upperBound
    }
    guard let chosen else { return passed + bytes[at...] }
    passed += bytes[at..<headEnd]
    for index in chosen { passed += bytes[recipientLists[index]] }
    return passed
  }

  /// Reads one request from a stream.
  struct Reader {
    private var scanner: AttributeScanner
    private var attributes = 0
    private var found = Found()
    private var headEnd: Int?
    private var count = 0
    private var listStart = 0
    private var lists: [Range<Int>] = []
    private var addresses: [String] = []
    private var address: String?

    /// What is looked for among the attributes of the message: the rest only goes on.
    private struct Found {
      var nextHop: Range<Int>?
      var count: Range<Int>?
      var queueID: Range<Int>?
      var queueName: Range<Int>?
      var sender: Range<Int>?
      var size: Range<Int>?
    }

    init(limit: Int = ProtocolLimits.request) { scanner = AttributeScanner(limit: limit) }

    /// Whether nothing came yet.
    var isUntouched: Bool { scanner.bytes.isEmpty }

    /// Takes bytes; returns the request when it is whole.
    mutating func receive(_ more: some Sequence<UInt8>) throws(ProtocolError) -> DeliveryRequest? {
      scanner.append(more)
      while let element = try scanner.next() {
        switch element {
        case .attribute(let attribute): try take(attribute)
        case .endOfList: if try endList() { return try whole() }
        }
      }
      return nil
    }

    private mutating func take(_ attribute: Attribute) throws(ProtocolError) {
      attributes += 1
      guard attributes <= ProtocolLimits.attributes else { throw .tooManyAttributes }
      let name = attribute.name
      if headEnd != nil {
        if scanner.holds("recipient", at: name) { address = scanner.text(attribute.value) }
      } else if scanner.holds("nexthop", at: name) {
        found.nextHop = attribute.value
      } else if scanner.holds("recipient_count", at: name) {
        found.count = attribute.value
      } else if scanner.holds("queue_id", at: name) {
        found.queueID = attribute.value
      } else if scanner.holds("queue_name", at: name) {
        found.queueName = attribute.value
      } else if scanner.holds("sender", at: name) {
        found.sender = attribute.value
      } else if scanner.holds("size", at: name) {
        found.size = attribute.value
      }
    }

    /// Whether that was the last list of the request.
    private mutating func endList() throws(ProtocolError) -> Bool {
      attributes = 0
      if headEnd == nil {
        headEnd = scanner.position
        guard let range = found.count else { throw .missing("recipient_count") }
        guard let number = Int(scanner.text(range)), number > 0 else { throw .notANumber("recipient_count") }
        guard number <= ProtocolLimits.recipients else { throw .tooManyRecipients }
        count = number
      } else {
        guard let address else { throw .emptyRecipient }
        addresses.append(address)
        lists.append(listStart..<scanner.position)
        self.address = nil
      }
      listStart = scanner.position
      return lists.count == count
    }

    private func whole() throws(ProtocolError) -> DeliveryRequest {
      guard scanner.isAtBoundary, let headEnd else { throw .trailingBytes }
      guard let nextHop = found.nextHop else { throw .missing("nexthop") }
      guard let count = found.count else { throw .missing("recipient_count") }
      guard let queueID = found.queueID else { throw .missing("queue_id") }
      guard let sender = found.sender else { throw .missing("sender") }
      return DeliveryRequest(
        bytes: scanner.bytes, nextHopValue: nextHop, countValue: count,
        headEnd: headEnd, recipientLists: lists, nextHop: Bytes(scanner.bytes[nextHop]),
        queueID: scanner.text(queueID), queueName: found.queueName.map { scanner.text($0) } ?? "",
        sender: scanner.text(sender), messageSize: found.size.flatMap { Int(scanner.text($0)) },
        recipients: addresses)
    }
  }
}
