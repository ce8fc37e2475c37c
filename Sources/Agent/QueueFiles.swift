// Where the queue manager keeps the file of a message (queue_directory, hash_queue_names, hash_queue_depth; measured).

import Glibc
import PostfixFiles

/// The layout of a queue directory.
struct QueueFiles: Sendable {
  private let directory: String
  /// The queues whose files are spread over directories, in small letters.
  private let hashed: Set<String>
  private let depth: Int

  init(directory: String, hashed: [String] = [], depth: Int = 1) {
    self.directory = directory
    self.hashed = Set(hashed.map { $0.lowercased() })
    self.depth = depth
  }

  init(_ parameters: Parameters) {
    self.init(
      directory: parameters.text("queue_directory"),
      hashed: parameters.text("hash_queue_names").split { $0 == "," || $0.isWhitespace }.map(String.init),
      depth: Int(parameters.text("hash_queue_depth")) ?? 1)
  }

  /// The path of the file of message `id` in `queue`; nil where these cannot be names of files.
  func path(queue: String, id: String) -> String? {
    let areNames = !queue.isEmpty && !id.isEmpty && !(queue + id).utf8.contains { $0 == UInt8(ascii: "/") }
    guard areNames else { return nil }
    var path = "\(directory)/\(queue)/"
    if hashed.contains(queue.lowercased()) {
      let key = Array(Self.microseconds(ofLongID: id) ?? id)
      for level in 0..<max(0, depth) { path += "\(level < key.count ? key[level] : "_")/" }
    }
    return path + id
  }

  /// Whether bounce(8) keeps a file of the message: some recipient of it was refused for good. It is there as long as the
  /// queue manager works on the message.
  func hasRefusedRecipients(id: String) -> Bool {
    path(queue: "bounce", id: id).map { access($0, F_OK) == 0 } ?? false
  }

  private static let digits = Array("0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz".utf8)

  /// The microseconds of a long queue ID in hexadecimal, as a short ID begins with them, so that both are spread in
  /// the same way: a long one is seconds (6 digits to the base of 52, or more), microseconds (4), `z`, inode number.
  private static func microseconds(ofLongID id: String) -> String? {
    let id = Array(id.utf8)
    guard let separator = id.lastIndex(of: UInt8(ascii: "z")), separator >= 10 else { return nil }
    var number = 0
    for digit in id[separator - 4..<separator] {
      guard let value = digits.firstIndex(of: digit) else { return "00000" }
      number = number * digits.count + value
    }
    let text = String(number, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 5 - text.count)) + text
  }
}
