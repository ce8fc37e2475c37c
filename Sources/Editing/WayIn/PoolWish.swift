// What `pool` is asked for, and what comes of it.

import PostfixFiles
import Routing

/// The mail that is meant, and the gateways that are to share it.
public struct PoolWish: Hashable, Sendable {
  public enum Notation: String, Hashable, Sendable, CaseIterable {
    case agent, stock, file, database
  }

  public var scope: Scope
  public var members: [WantedMember]
  /// Nil: what works here.
  public var notation: Notation?

  public init(_ scope: Scope, _ members: [WantedMember], notation: Notation? = nil) {
    self.scope = scope
    self.members = members
    self.notation = notation
  }

  /// For the history; safe to show.
  public var summary: String {
    printable("pool \(scope): \(members.map(\.description).joined(separator: ", "))")
  }
}

/// What planning a pool has to know of the machine. Tests give what they like.
public struct Machine {
  /// The addresses of its interfaces.
  public var addresses: Set<String>
  /// The name of an address, where it was asked for and has one.
  public var nameOfAddress: (String) -> String?
  public var context: RouteContext

  public init(
    addresses: Set<String>, nameOfAddress: @escaping (String) -> String? = { _ in nil },
    context: RouteContext = RouteContext()
  ) {
    self.addresses = addresses
    self.nameOfAddress = nameOfAddress
    self.context = context
  }

  /// Every address of 127.0.0.0/8 is on each host.
  func has(_ address: String) -> Bool {
    let wanted = HostName.addressBytes(Bytes(address.utf8))
    return address.hasPrefix("127.")
      || addresses.contains { $0 == address || HostName.addressBytes(Bytes($0.utf8)) == wanted }
  }
}

/// A configuration in which the wish is true.
public struct PoolPlan: Sendable {
  public let config: MailConfig
  /// What a person should know beside the diff; safe to show.
  public let notes: [String]
  /// What a person has to say yes to.
  public let guards: [EditGuard]
  /// Where mail goes, before and after.
  public let routes: [RouteChange]
}

extension PoolWish {
  /// A wish as a line of words: `outbound [gw1.example]:587=70 [gw2.example]:587=30`.
  public init(line: String) throws(EditRefusal) {
    let words = line.split { $0.isWhitespace || $0 == "," }.map(String.init)
    guard let first = words.first else {
      throw .badScope("", reason: "need the mail that is meant, such as outbound")
    }
    var members: [WantedMember] = []
    for word in words.dropFirst() { members.append(try WantedMember(word)) }
    self.init(try Scope(first), members)
  }
}

extension MailConfig {
  /// The line that a wish begins with: the scope, and where its mail goes today.
  public func lineOfWish(for scope: Scope) -> String {
    guard let spot = try? spot(for: scope, nextHopsOnly: true, prefersAgent: usesAgent) else {
      return "\(scope) "
    }
    let members =
      spot.sites.first?.content.choices.map { "\($0.result)=\($0.weight)" }
      ?? [spot.single?.text].compactMap { $0 }.filter { !$0.isEmpty }
    return (["\(scope)"] + members).joined(separator: " ") + " "
  }
}
