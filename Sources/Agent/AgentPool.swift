// A pool as the agent delivers by it: its members with their transports, next hops and weights, checked beforehand,
// because a next hop that smtp(8) cannot parse kills it, and other mail of that transport waits.

import Gateways
import PostfixFiles
import Routing
import Synchronization

private let poolNumbers = Atomic(0)

/// Why a pool takes no mail, in words for the mail log.
struct PoolError: Error, Hashable, Sendable, CustomStringConvertible {
  let message: String
  /// The same without the text of a file, for clients that may not read the file.
  private let messageWithoutText: String
  var description: String { message }

  init(_ message: String, withoutText other: String = "the pool cannot be used") {
    self.message = printable(message)
    messageWithoutText = printable(other)
  }

  /// One whose words are of no file.
  init(withoutText message: String) { self.init(message, withoutText: message) }

  func words(for asker: Asker) -> String { asker == .postfix ? message : messageWithoutText }
}

/// One distinct result of a pool, with what a delivery needs of it.
struct AgentMember: Hashable, Sendable {
  /// As it is written.
  let result: String
  let weight: Int
  let transport: String
  /// As it is written; empty where the recipient's domain takes its place.
  let nextHop: String
  /// The items of the next hop, where the transport is smtp(8) or lmtp(8) and tries a list in order; none of a local
  /// socket, which cannot be part of a list.
  let items: [String]
  /// The gateways of these items.
  let targets: [Target]
}

struct AgentPool: Sendable {
  /// What counts and messages call it: the name or path in the request, otherwise its text.
  let name: String
  let members: [AgentMember]
  /// Results that were left out, and why.
  let problems: [String]
  /// Of each pool that was made another one: what is kept by it is of this pool and of no other.
  let number = poolNumbers.add(1, ordering: .relaxed).newValue
  /// The weights, each with those before it.
  let sums: [Int]
  let weights: [Int]
  /// What tells each member from others, for a choice by a key.
  let hashes: [UInt64]
  /// When it changes though its file does not: a drain ends. Seconds since 1970.
  let nextChange: Int?

  /// About how much memory it takes.
  var bytes: Int {
    members.reduce(problems.reduce(name.utf8.count) { $0 + $1.utf8.count }) { sum, member in
      sum + 8 + 4 * member.result.utf8.count + 400 * max(1, member.targets.count)
    }
  }

  /// - Throws: when no member can take mail.
  ///
  /// - Parameters:
  ///   - kind: where next hops are asked for, results may be next hops alone: they are smtp(8)'s.
  ///   - transport: of which results are next hops.
  init(
    name: String, text: PoolText, kind: ResultKind = .destination, transport: String? = nil,
    in config: MailConfig
  ) throws(PoolError) {
    if kind == .nextHop || transport != nil { text.hideLogins() }
    self.name = name
    nextChange = text.nextChange
    var weights: [String: Int] = [:]
    var order: [String] = []
    for result in text.results {
      if weights[result] == nil { order.append(result) }
      weights[result, default: 0] += 1
    }
    guard !order.isEmpty else {
      throw PoolError("pool \(shortened(name)) is empty", withoutText: "the pool is empty")
    }
    if !text.ramps.isEmpty {
      // Only the ratios of weights matter.
      for (result, share) in text.shares(of: text.results) {
        weights[result] = max(1, Int((share * 1_000_000).rounded()))
      }
    }
    var members: [AgentMember] = []
    var problems: [String] = []
    for result in order {
      do throws(PoolError) {
        members.append(
          try AgentMember(
            result, weight: weights[result] ?? 1,
            fixedTransport: transport ?? text.transport, kind: kind, in: config))
      } catch {
        problems.append("\(printable(result)): \(error)")
      }
    }
    guard !members.isEmpty else {
      throw PoolError(
        "pool \(shortened(name)) has no usable member: \(problems.joined(separator: "; "))",
        withoutText: "the pool has no usable member")
    }
    self.members = members
    self.problems = problems
    self.weights = members.map(\.weight)
    sums = runningSums(of: self.weights)
    hashes = members.map { StickyOrder.hash(of: $0.result) }
  }
}

extension AgentMember {
  fileprivate init(
    _ result: String, weight: Int, fixedTransport: String?, kind: ResultKind, in config: MailConfig
  ) throws(PoolError) {
    let delivered: AgentResult
    do throws(AgentResultError) {
      delivered = try AgentResult(result, fixedTransport: fixedTransport, kind: kind, in: config)
    } catch {
      throw PoolError(error.message)
    }
    self.result = result
    self.weight = weight
    transport = delivered.transport
    nextHop = delivered.nextHop.text
    items = delivered.items
    targets = delivered.targets
  }
}

/// A name that may be a whole in-line pool, short enough for a message.
func shortened(_ name: String) -> String {
  let safe = printable(name.split(whereSeparator: \.isWhitespace).joined(separator: " "))
  return safe.count <= 120 ? safe : "\(safe.prefix(117))..."
}
