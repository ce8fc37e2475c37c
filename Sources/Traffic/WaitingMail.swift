// The mail that waits in Postfix's queue, by the gateways that it was last tried at, with since when and why.
//
// postqueue(1) does not say where a message is to go; it says why it is still there, and that names the gateway:
// `connect to gw.example[192.0.2.1]:25: Connection refused`. The memory that this takes does not grow with the queue.

import Gateways
import PostfixFiles

/// What waits for one gateway.
package struct WaitingForGateway: Sendable {
  package fileprivate(set) var messages = 0
  /// When the oldest of them came, in seconds since 1970.
  package fileprivate(set) var oldest: Int?
  package fileprivate(set) var reasons = Reasons()
  /// The queue IDs of the first of them.
  package fileprivate(set) var queueIDs: [String] = []
  /// More are not kept.
  package static let mostQueueIDs = 50

  package init() {}
}

package struct WaitingMail: Sendable {
  /// All messages in the queue, also those that were not tried yet.
  package private(set) var total = 0
  package private(set) var byGateway: [Gateway: WaitingForGateway] = [:]
  private let channels: Channels
  /// The start of a line whose end has not come yet.
  private var rest: [UInt8] = []
  /// More of a line is not looked at: a message with very many recipients.
  private static let longest = 1 << 20

  /// - Parameters:
  ///   - gateways: those that are looked for.
  ///   - addresses: further names and addresses of a gateway.
  package init(_ gateways: [Gateway], addresses: [Gateway: Set<String>] = [:]) {
    channels = Channels(gateways.map { Channel(gateway: $0, tag: "") }, addresses: addresses)
  }

  /// A part of the listing, cut anywhere.
  package mutating func feed(_ piece: ArraySlice<UInt8>) {
    var start = piece.startIndex
    while let end = piece[start...].firstIndex(of: .newline) {
      keep(piece[start..<end])
      take(rest)
      rest.removeAll(keepingCapacity: true)
      start = end + 1
    }
    keep(piece[start...])
  }

  /// The listing has ended.
  package mutating func finish() {
    if !rest.isEmpty { take(rest) }
    rest = []
  }

  private mutating func keep(_ part: ArraySlice<UInt8>) {
    rest += part.prefix(max(0, Self.longest - rest.count))
  }

  /// One message. A line that is not an object counts, and has no other effect.
  private mutating func take(_ line: [UInt8]) {
    total += 1
    let message = QueuedMessage(line)
    var seen: Set<Gateway> = []
    for (reason, address) in message.reasons {
      let bytes = reason.span
      guard let relay = LogRelay.inWords(bytes, 0..<bytes.count),
        let channel = channels.find(
          tag: nil, host: bytes.text(relay.host), address: bytes.text(relay.address), port: relay.port)
      else { continue }
      let gateway = channels.all[channel].gateway
      guard seen.insert(gateway).inserted else { continue }
      var waiting = byGateway[gateway] ?? WaitingForGateway()
      waiting.messages += 1
      if let arrival = message.arrival { waiting.oldest = min(waiting.oldest ?? arrival, arrival) }
      if waiting.queueIDs.count < WaitingForGateway.mostQueueIDs { waiting.queueIDs.append(message.queueID) }
      var people = People()
      people.add(message.sender[...])
      people.add(address[...])
      waiting.reasons.add(
        Reason(bytes, words: 0..<bytes.count, people: people, queueID: nil).knownBy(message.queueID))
      byGateway[gateway] = waiting
    }
  }
}

/// What one line of the listing says, as far as it is needed.
private struct QueuedMessage {
  private(set) var queueID = ""
  private(set) var arrival: Int?
  private(set) var sender: [UInt8] = []
  /// Of each recipient that has one, with its address.
  private(set) var reasons: [(reason: [UInt8], address: [UInt8])] = []
  private var address: [UInt8] = []
  /// More are not looked at.
  private static let mostReasons = 1_000

  init(_ line: [UInt8]) {
    var at = 0
    var key: Range<Int>?
    while at < line.count {
      if line[at] == UInt8(ascii: "\"") {
        let end = Self.stringEnd(line, at)
        let text = at + 1..<end
        at = end + 1
        if at < line.count, line[at] == .colon {
          key = text
        } else if let known = key {
          take(line[known], line[text])
          key = nil
        }
      } else if line[at].isDigit, let known = key, line[known].elementsEqual("arrival_time".utf8) {
        var end = at
        while end < line.count, line[end].isDigit { end += 1 }
        arrival = line.span.number(at..<end)
        (at, key) = (end, nil)
      } else {
        at += 1
      }
    }
  }

  private mutating func take(_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
    if key.elementsEqual("delay_reason".utf8), reasons.count < Self.mostReasons {
      reasons.append((Self.unescaped(value), address))
    } else if key.elementsEqual("address".utf8) {
      address = Self.unescaped(value)
    } else if key.elementsEqual("sender".utf8) {
      sender = Self.unescaped(value)
    } else if key.elementsEqual("queue_id".utf8) {
      queueID = value.text
    }
  }

  /// Where the string ends that begins with the quote at `start`.
  private static func stringEnd(_ line: [UInt8], _ start: Int) -> Int {
    var at = start + 1
    while at < line.count, line[at] != UInt8(ascii: "\"") { at += line[at] == UInt8(ascii: "\\") ? 2 : 1 }
    return min(at, line.count)
  }

  private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    guard text.contains(UInt8(ascii: "\\")) else { return Array(text) }
    var bytes: [UInt8] = []
    var at = text.startIndex
    while at < text.endIndex {
      guard text[at] == UInt8(ascii: "\\"), at + 1 < text.endIndex else {
        bytes.append(text[at])
        at += 1
        continue
      }
      switch text[at + 1] {
      case UInt8(ascii: "u"):
        let digits = text[min(at + 2, text.endIndex)..<min(at + 6, text.endIndex)]
        let scalar = UInt32(digits.text, radix: 16).flatMap { Unicode.Scalar($0) } ?? "?"
        bytes += String(Character(scalar)).utf8
        at += 6
      case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"):
        bytes.append(0x20)
        at += 2
      case let byte:
        bytes.append(byte)
        at += 2
      }
    }
    return bytes
  }
}

extension Reason {
  fileprivate func knownBy(_ queueID: String) -> Reason { Reason(text: text, queueID: printable(queueID)) }
}
