// A pool and its members, with weights and shares.

import PostfixFiles

/// Where a pool or a route stands.
public enum Place: Hashable, Sendable {
  /// A main.cf parameter.
  case parameter(String)
  /// An entry of a table, by the path of its source.
  case entry(table: String, key: String)
  /// A pool file, by its path.
  case file(String)
}

/// One distinct result of a pool.
public struct Member: Sendable {
  /// As it is written.
  public let result: String
  /// How often it is listed; of a drained member: how often it would be.
  public let weight: Int
  public let isDrained: Bool
  /// The transport that delivers; nil where the result names none.
  public let transport: String?
  /// Where it delivers to, in the order in which they are tried; empty where that is no gateway, or nothing
  /// that Postfix could parse.
  public let gateways: [Gateway]
  /// Behind the listed gateways: `smtp_fallback_relay`, or the other members where the agent adds them.
  public let safetyNet: [Gateway]
  /// The indices of its items in the pool's text.
  public let items: [Int]
}

/// What the results of a pool are.
public enum ResultKind: Hashable, Sendable {
  /// `transport:nexthop`.
  case destination
  /// A next hop alone: for a relayhost, or after `transport:randmap:`.
  case nextHop
}

/// A list of results to choose from at random; a result that is listed twice is taken twice as often.
public struct Pool: Sendable, Identifiable {
  /// Its name for people and scripts (CONTRACT.md): the parameter, `table:key`, or the path of its file; `#2` behind
  /// it for a further pool in the same place.
  public let id: String
  public let place: Place
  /// A main.cf parameter that names its file, if that is how it is reached.
  public let alias: String?
  public let kind: ResultKind
  public let text: PoolText
  /// In the order in which they first stand; drained ones last.
  public let members: [Member]
  /// The logical line that it stands in, up to the next one, so that comments behind it belong to it; of a pool file
  /// the whole file. Nil where it stands in no file.
  public let anchor: FileRange?
  /// Which pool of that line it is, from 1.
  public let ordinal: Int

  public var notation: Notation { text.notation }

  /// The sum of the weights of the members that get mail.
  public var totalWeight: Int { members.reduce(0) { $0 + ($1.isDrained ? 0 : $1.weight) } }

  /// Weight / total; 0 for a drained member.
  public func share(_ member: Member) -> Double {
    member.isDrained || totalWeight == 0 ? 0 : Double(member.weight) / Double(totalWeight)
  }

  /// Where its text begins, to point at.
  public var start: FileRange? {
    text.items.first.flatMap { text.text.span($0) } ?? text.text.span() ?? anchor
  }
}

extension Sequence<Pool> {
  /// Each text once: after `default_transport = $relay_transport` the two are one pool with two names, and an edit of
  /// one is an edit of the other.
  public var eachTextOnce: [Pool] {
    var seen: Set<FileRange> = []
    return filter { pool in pool.start.map { seen.insert($0).inserted } ?? true }
  }
}
