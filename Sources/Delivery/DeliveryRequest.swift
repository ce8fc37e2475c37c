// A delivery request of the queue manager: kept as the bytes that came, so that what we do not know goes on unchanged.

import PostfixFiles

/// One message for one next hop, with some of its recipients.
public struct DeliveryRequest: Sendable {
  /// The attributes of the message, the end of their list included, then a list for each recipient.
  private let bytes: Bytes
  private let nextHopValue: Range<Int>
  private let countValue: Range<Int>
  private let headEnd: Int
  private let recipientLists: [Range<Int>]

  /// What stands behind `randmap:`: a pool.
  public let nextHop: Bytes
  public let queueID: String
  /// The queue that its file is in: `active`.
  let queueName: String
  public let sender: String
  /// The addresses, in order.
  public let recipients: [String]

  /// The same request for another next hop; only for the recipients at `chosen`, if some are named.
  public func passedOn(to nextHop: String, recipients chosen: [Int]? = nil) -> Bytes {
    let count = chosen?.count ?? recipients.count
    var passed = Bytes()
    passed.reserveCapacity(bytes.count + nextHop.utf8.count)
    let values = [(nextHopValue, nextHop), (countValue, String(count))]
    var at = 0
    for (range, value) in values.sorted(by: { $0.0.lowerBound < $1.0.lowerBound }) {
      passed += bytes[at..<range.lowerBound]
      passed += value.utf8
      at = range.upperBound
    }
    passed += bytes[at..<headEnd]
    if let chosen {
      for index in chosen { passed += bytes[recipientLists[index]] }
    } else {
      passed += bytes[headEnd...]
    }
    return passed
  }

  /// Reads one request from a stream.
  struct Reader {
    private var scanner: AttributeScanner
    private var attributes = 0
    private var found: [Needed: Range<Int>] = [:]
    private var headEnd: Int?
    private var count = 0
    private var listStart = 0
    private var lists: [Range<Int>] = []
    private var addresses: [String] = []
    private var address: String?

    /// What is looked for among the attributes of the message: the rest only goes on.
    private enum Needed: String, CaseIterable {
      case nextHop = "nexthop"
      case count = "recipient_count"
      case queueID = "queue_id"
      case queueName = "queue_name"
      case sender
    }

    init(limit: Int = ProtocolLimits.request) { scanner = AttributeScanner(limit: limit) }

    /// Whether nothing came yet.
    var isUntouched: Bool { scanner.bytes.isEmpty }

    /// Takes bytes; returns the request when it is whole.
    mutating func receive(_ more: some Sequence<UInt8>) throws(ProtocolProblem) -> DeliveryRequest? {
      scanner.append(more)
      while let element = try scanner.next() {
        switch element {
        case .attribute(let attribute): try take(attribute)
        case .endOfList: if try endList() { return try whole() }
        }
      }
      return nil
    }

    private mutating func take(_ attribute: Attribute) throws(ProtocolProblem) {
      attributes += 1
      guard attributes <= ProtocolLimits.attributes else { throw .tooManyAttributes }
      let name = scanner.bytes[attribute.name]
      if headEnd == nil {
        // No text is made of the thirty others.
        for needed in Needed.allCases where name.elementsEqual(needed.rawValue.utf8) {
          found[needed] = attribute.value
        }
      } else if name.elementsEqual("recipient".utf8) {
        address = scanner.text(attribute.value)
      }
    }

    /// Whether that was the last list of the request.
    private mutating func endList() throws(ProtocolProblem) -> Bool {
      attributes = 0
      if headEnd == nil {
        headEnd = scanner.position
        let text = scanner.text(try value(.count))
        guard let number = Int(text), number > 0 else { throw .notANumber(Needed.count.rawValue) }
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

    private func value(_ name: Needed) throws(ProtocolProblem) -> Range<Int> {
      guard let range = found[name] else { throw .missing(name.rawValue) }
      return range
    }

    private func whole() throws(ProtocolProblem) -> DeliveryRequest {
      guard scanner.isAtBoundary, let headEnd else { throw .trailingBytes }
      let nextHop = try value(.nextHop)
      return DeliveryRequest(
        bytes: scanner.bytes, nextHopValue: nextHop, countValue: try value(.count),
        headEnd: headEnd, recipientLists: lists, nextHop: Bytes(scanner.bytes[nextHop]),
        queueID: scanner.text(try value(.queueID)),
        queueName: found[.queueName].map { scanner.text($0) } ?? "", sender: scanner.text(try value(.sender)),
        recipients: addresses)
    }
  }
}
