// Which member takes a delivery: by weight, at random or always the same for one key; and the order of those after it.

import PostfixFiles
import Routing

/// What keeps mail on the same member, where that is asked for: gateways that greylist or limit rates like it.
package enum Stickiness: String, Hashable, Sendable, CaseIterable {
  case none
  /// The domain of the (first) recipient.
  case recipientDomain = "recipient-domain"
  case sender

  /// The key of a request; nil where the choice is random.
  func key(sender: String, recipient: String?) -> String? {
    switch self {
    case .none: nil
    case .sender: sender.lowercased()
    case .recipientDomain: recipient.map { domain(of: $0) }
    }
  }
}

/// SplitMix64, begun at random. The system's own generator takes a system call for each number, and no attacker gains
/// by guessing which gateway comes next.
struct Chance: RandomNumberGenerator {
  private var state = UInt64.random(in: 0...UInt64.max)

  init() {}

  /// One that gives the same numbers for the same seed.
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// One whose numbers have nothing to do with those that follow here.
  mutating func another() -> Chance {
    Chance(seed: next())
  }
}

/// The part after the last `@`, in lower case; empty without an `@`.
func domain(of address: String) -> String {
  guard let at = address.lastIndex(of: "@") else { return "" }
  return address[address.index(after: at)...].lowercased()
}

/// The order of members by weight, decided by a key: what leaves or joins the list moves only the keys that it had or
/// gets (rendezvous hashing).
struct StickyOrder {
  private let keyHash: UInt64

  private static let start: UInt64 = 0xCBF2_9CE4_8422_2325

  init(key: String) { keyHash = Self.hash(of: key) }

  /// For what comes after the members of `first`.
  var chance: Chance { Chance(seed: keyHash) }

  /// What tells a member from others: worked out once for each, as a lookup in a large pool asks for all of them.
  static func hash(of name: String) -> UInt64 { Agent.hash(name.utf8, seed: start) }

  /// - Parameters:
  ///   - hashes: of the members, see `hash(of:)`.
  ///   - weights: of the same.
  func whole(_ hashes: [UInt64], _ weights: [Int]) -> [Int] {
    weightedOrder(weights) { mixed(hashes[$0] ^ keyHash) }
  }

  /// The first `count` of them.
  func first(_ count: Int, _ hashes: [UInt64], _ weights: [Int]) -> [Int] {
    weightedOrder(weights, first: count) { mixed(hashes[$0] ^ keyHash) }
  }
}

/// FNV-1a, with a final mixing so that every bit of the key reaches the high bits.
func hash(_ bytes: some Sequence<UInt8>, seed: UInt64) -> UInt64 {
  var hash = seed
  for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  return mixed(hash)
}

/// A number of which each bit depends on all bits of `number`.
private func mixed(_ number: UInt64) -> UInt64 {
  var mixed = (number ^ (number >> 33)) &* 0xFF51_AFD7_ED55_8CCD
  mixed = (mixed ^ (mixed >> 33)) &* 0xC4CE_B9FE_1A85_EC53
  return mixed ^ (mixed >> 33)
}
