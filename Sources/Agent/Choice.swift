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

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// One whose numbers have nothing to do with those that follow here.
  mutating func another() -> Chance {
    var other = Chance()
    other.state = next()
    return other
  }
}

/// The part after the last `@`, in lower case; empty without an `@`.
func domain(of address: String) -> String {
  guard let at = address.lastIndex(of: "@") else { return "" }
  return address[address.index(after: at)...].lowercased()
}

/// The order of `members` by weight, decided by a key: what leaves or joins the list moves only the keys that it had or
/// gets (rendezvous hashing).
func stickyOrder(_ members: [(name: String, weight: Int)], key: String) -> [Int] {
  weightedOrder(members.map(\.weight)) { index in
    hash(key.utf8, seed: hash(members[index].name.utf8, seed: 0xCBF2_9CE4_8422_2325))
  }
}

/// FNV-1a, with a final mixing so that every bit of the key reaches the high bits.
func hash(_ bytes: some Sequence<UInt8>, seed: UInt64) -> UInt64 {
  var hash = seed
  for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
  hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
  return hash ^ (hash >> 33)
}
