// The mail that waits in Postfix's queue, counted by the gateways that it was last tried at.
//
// postqueue(1) does not say where a message is to go; it says why it is still there, and that names the gateway:
// `connect to gw.example[192.0.2.1]:25: Connection refused`.

import FoundationEssentials
import PostfixFiles

/// Where a delivery was tried, as the reason of its delay names it.
package struct DeliverySite: Hashable, Sendable {
  /// In small letters.
  package let host: String
  /// A numeric address, or the path of a socket; nil where the host does not resolve.
  package let address: String?
  /// Nil where the reason does not say.
  package let port: Int?

  package init(host: String, address: String?, port: Int?) {
    self.host = host.lowercased()
    self.address = address
    self.port = port
  }

  /// The first site that a reason names; nil where it names none.
  package init?(inReason reason: String) {
    for word in reason.split(whereSeparator: { $0 == " " || $0 == "," }) {
      if word.hasPrefix("name="), word.count > 5 {
        self.init(host: String(word.dropFirst(5)), address: nil, port: nil)
        return
      }
      guard let open = word.firstIndex(of: "["), open != word.startIndex,
        let close = word[open...].firstIndex(of: "]")
      else { continue }
      let rest = word[word.index(after: close)...]
      self.init(
        host: String(word[..<open]), address: String(word[word.index(after: open)..<close]),
        port: rest.first == ":" ? Int(rest.dropFirst().prefix { $0.isNumber }) : nil)
      return
    }
    return nil
  }
}

/// The messages in the queue.
package struct WaitingMail: Hashable, Sendable {
  /// All of them, also those that were not tried yet.
  package private(set) var total = 0
  /// How many messages were last tried at just these sites: one for each place that a recipient's mail goes to.
  package private(set) var bySites: [Set<DeliverySite>: Int] = [:]

  /// From what `postqueue -j` prints: one JSON object a line. A line that is not an object counts, and has no other effect.
  init(listing: [UInt8]) {
    let decoder = JSONDecoder()
    for line in listing.split(separator: UInt8(ascii: "\n")) {
      total += 1
      guard let message = try? decoder.decode(Message.self, from: Data(line)) else { continue }
      let sites = Set(message.recipients.compactMap { DeliverySite(inReason: $0.delayReason ?? "") })
      if !sites.isEmpty { bySites[sites, default: 0] += 1 }
    }
  }

  /// How many messages wait for a site that `isMeant`.
  package func count(where isMeant: (DeliverySite) -> Bool) -> Int {
    bySites.reduce(0) { $0 + ($1.key.contains(where: isMeant) ? $1.value : 0) }
  }

  private struct Message: Decodable {
    struct Recipient: Decodable {
      let delayReason: String?

      private enum CodingKeys: String, CodingKey { case delayReason = "delay_reason" }
    }

    let recipients: [Recipient]
  }
}

extension PostfixTools {
  /// The mail that waits in the queue of the Postfix that runs by `configDirectory`.
  package func waitingMail(
    configDirectory: String, limit: Duration = .seconds(10)
  ) throws(ToolError) -> WaitingMail {
    guard isOwn(configDirectory) else { throw .notOwn(.postqueue, configDirectory) }
    let output = try run(.postqueue, ["-c", configDirectory, "-j"], limit: limit)
    guard output.status == 0 else {
      throw .failed(.postqueue, status: output.status, words: output.complaint)
    }
    return WaitingMail(listing: output.standardOutput)
  }
}
