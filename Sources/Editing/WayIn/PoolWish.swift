// What `pool` is asked for, and what comes of it.

import PostfixFiles
import Routing

/// The mail that is meant, and the gateways that are to share it.
package struct PoolWish: Hashable, Sendable, Codable {
  /// What a person typed.
  package enum Origin: String, Hashable, Sendable, Codable {
    /// An edit of one member, which has no options of `pool`.
    case edit
  }

  package enum Notation: String, Hashable, Sendable, CaseIterable, Codable {
    case agent, stock, file, database
  }

  package var scope: Scope
  package var members: [WantedMember]
  /// Nil: what works here.
  package var notation: Notation?
  /// The path of the database, for a pool that comes into one. Nil: the one that main.cf names, or the usual one.
  package var database: String?
  /// Nil: `pool`.
  package var origin: Origin?

  package init(
    _ scope: Scope, _ members: [WantedMember], notation: Notation? = nil, database: String? = nil
  ) {
    self.scope = scope
    self.members = members
    self.notation = notation
    self.database = database
  }

  /// For the history; safe to show.
  package var summary: String { printable("pool \(scope): \(words.joined(separator: ", "))") }

  /// As it is called on a command line, with the word for the mail of a parameter.
  package var call: String {
    (["randmap", "pool", "\(scope.ofMail)".asArgument] + words.map(\.asArgument)).joined(separator: " ")
  }

  /// The members with their weights.
  private var words: [String] {
    // 1 is what a member has that names no weight: beside percentages it means the rest.
    let isInNumbers = members.allSatisfy { if case .number = $0.weight { true } else { false } }
    let isEqual = members.allSatisfy { $0.weight == .number(1) }
    return members.map { member in
      let isSaid = member.weight != .number(1) || (isInNumbers && !isEqual)
      return isSaid ? "\(member.description)=\(member.weight.words)" : member.description
    }
  }
}

extension PoolWish {
  /// What chooses a notation: only `pool` has the option, and who names a pool by its id may have typed an edit of a member.
  func words(choosing notation: Notation) -> String {
    let option = "--notation \(notation)"
    let isName = if case .named = scope { true } else { false }
    return isName || origin == .edit ? "\(call) \(option)" : option
  }
}

extension MailConfig {
  /// The pool of a domain, where a class has a list that is no list of names: of its other domains nothing is known here.
  func adviceForOneDomain(of wish: PoolWish, on machine: Machine) -> String? {
    guard let domainClass = wish.scope.ofMail.domainClass, plainNames(of: domainClass.list) == nil,
      let domain = domainsToShow(of: domainClass).first ?? domains(in: domainClass.list).first
    else { return nil }
    var other = wish
    other.scope = .to(domain)
    return (try? planning(other, on: machine)).map { _ in "; for one domain: \(other.call)" }
  }
}

/// What planning a pool has to know of the machine. Tests give what they like.
package struct Machine {
  /// The addresses of its interfaces.
  package var addresses: Set<String>
  /// The name of an address, where it was asked for and has one.
  package var nameOfAddress: (String) -> String?
  package var context: RouteContext

  package init(
    addresses: Set<String>, nameOfAddress: @escaping (String) -> String? = { _ in nil },
    context: RouteContext = RouteContext()
  ) {
    self.addresses = addresses
    self.nameOfAddress = nameOfAddress
    self.context = context
  }

  /// Every address of 127.0.0.0/8 is on each host.
  package func has(_ address: String) -> Bool {
    let wanted = HostName.addressBytes(Bytes(address.utf8))
    return address.hasPrefix("127.")
      || addresses.contains { $0 == address || HostName.addressBytes(Bytes($0.utf8)) == wanted }
  }
}

/// A configuration in which the wish is true.
package struct PoolPlan: Sendable {
  package let config: MailConfig
  /// What a person should know beside the diff; safe to show.
  package let notes: [String]
  /// What a person has to say yes to.
  package let guards: [EditGuard]
  /// Where mail goes, before and after.
  package let routes: [RouteChange]

  /// The call that makes it of a wish, with the option that it needs.
  func call(of wish: PoolWish) -> String { guards.isEmpty ? wish.call : "\(wish.call) --force" }
}

extension MailConfig {
  /// Who shares the mail of a scope today, with weights; one member where it is one destination, and none where the mail
  /// goes to the domains' own servers.
  package func membersToday(of scope: Scope) throws(EditError) -> [WantedMember] {
    if scope == .outbound, let single = entryForAllMail()?.single {
      return [WantedMember(.text(single.text))]
    }
    let spot = try spot(for: scope, nextHopsOnly: true, prefersAgent: false)
    if let site = spot.sites.first {
      return site.content.choices.map { WantedMember(.text($0.result), weight: .number($0.weight)) }
    }
    guard let text = spot.single?.text, !text.isEmpty else { return [] }
    return [WantedMember(.text(text))]
  }
}
