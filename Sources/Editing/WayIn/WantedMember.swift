// A member of a pool as a person asks for it: where the mail goes, and how much of it.

import PostfixFiles
import Routing

package struct WantedMember: Hashable, Sendable, Codable {
  package enum Goal: Hashable, Sendable, Codable {
    /// A next hop (`[gw1.example]:587`) or a destination (`smtp:[gw1.example]`, `lane1:`), as it is written.
    case text(String)
    /// A transport that sends from this address.
    case lane(String)
  }

  package enum Weight: Hashable, Sendable, Codable {
    case number(Int)
    /// A fraction of 1.
    case share(Double)
  }

  package var goal: Goal
  package var weight: Weight

  package init(_ goal: Goal, weight: Weight = .number(1)) {
    self.goal = goal
    self.weight = weight
  }

  /// `MEMBER`, `MEMBER=3` or `MEMBER=30%`.
  package init(_ text: String) throws(EditError) {
    var member = Substring(text)
    weight = .number(1)
    if let equals = text.lastIndex(of: "=") {
      weight = try Weight(String(text[text.index(after: equals)...]), of: text)
      member = text[..<equals]
    }
    let name = String(member).trimmingSpace
    guard !name.isEmpty else { throw .badText(text, reason: "need a member, such as [gw1.example]:587=70") }
    // A weight that is a word of its own.
    if name.allSatisfy({ $0.isNumber || $0 == "%" || $0 == "." }), !HostName.isAddress(name) {
      throw .badText(text, reason: "need the gateway before it, such as [gw1.example]:587=\(name)")
    }
    guard name.hasPrefix("lane:") else {
      goal = .text(name)
      return
    }
    let address = String(name.dropFirst("lane:".count).filter { $0 != "[" && $0 != "]" })
    guard HostName.isAddress(address) else {
      throw .badText(name, reason: "need an address after lane:, such as lane:192.0.2.1")
    }
    goal = .lane(address)
  }

  var isLane: Bool { if case .lane = goal { true } else { false } }

  package var description: String {
    switch goal {
    case .text(let text): text
    case .lane(let address): "lane:\(address)"
    }
  }
}

extension WantedMember.Weight {
  /// As it is written.
  var words: String {
    switch self {
    case .number(let number): "\(number)"
    case .share(let share): Ramp.percent(share)
    }
  }

  /// `3`, `30%`.
  package init(_ text: String, of whole: String) throws(EditError) {
    if text.hasSuffix("%") {
      guard let points = Double(String(text.dropLast()).trimmingSpace), points.isFinite else {
        throw .badText(whole, reason: "need a percentage such as 30%")
      }
      if points == 0 { throw .zeroWeight }
      guard points > 0, points <= 100 else {
        throw .badText(whole, reason: "need a percentage above 0% and up to 100%")
      }
      self = .share(points / 100)
      return
    }
    guard let number = Int(text) else {
      throw .badText(whole, reason: "need a weight such as 3, or a share such as 30%")
    }
    if number == 0 { throw .zeroWeight }
    // How large it may be depends on the notation of the pool (`WeightChoice`).
    if number < 1 { throw .badWeight(number, maximum: largestTotal) }
    self = .number(number)
  }
}

extension WantedMember.Weight {
  /// The same, where it is one that a member can have.
  package init(checking weight: Self, of whole: String) throws(EditError) {
    switch weight {
    case .number(0): throw .zeroWeight
    case .number(let number) where number < 1: throw .badWeight(number, maximum: largestTotal)
    case .share(let share) where !(share > 0 && share < 1): throw .badShare
    default: self = weight
    }
  }
}
