// The classes of recipients whose transport is a parameter of their own, and the pool of such a class in transport_maps:
// Postfix has no table in the place of relay_transport and virtual_transport.

import PostfixFiles

/// Recipients whose transport is a parameter of their own.
package enum DomainClass: CaseIterable, Sendable {
  case relay, virtualMailboxes

  package init?(_ transport: RoutingParameter) {
    guard let found = Self.allCases.first(where: { $0.transport == transport }) else { return nil }
    self = found
  }

  package var transport: RoutingParameter {
    switch self {
    case .relay: .relayTransport
    case .virtualMailboxes: .virtualTransport
    }
  }

  /// The parameter with the names of its domains.
  package var list: String {
    switch self {
    case .relay: "relay_domains"
    case .virtualMailboxes: "virtual_mailbox_domains"
    }
  }

  /// Those that are looked at before it (resolve.c of trivial-rewrite(8)): a domain that is in one of them too is theirs.
  package var listsBefore: [String] {
    switch self {
    case .relay: ["mydestination", "virtual_mailbox_domains"]
    case .virtualMailboxes: ["mydestination"]
    }
  }

  /// Of its pool in a database.
  package var poolName: String {
    switch self {
    case .relay: "relay"
    case .virtualMailboxes: "virtual"
    }
  }
}

extension MailConfig {
  /// The names of a list; nil where it holds anything else.
  package func plainNames(of parameter: String) -> [String]? {
    guard let value = try? parameters.value(parameter) else { return nil }
    let names = value.listItems.map { $0.text.lowercased() }
    return names.contains { $0.hasPrefix("!") || $0.contains("/") || $0.contains(":") } ? nil : names
  }
}

extension MailConfig {
  /// Whether a class has no domain that somebody wrote down: by default relay_domains is $mydestination in old configurations,
  /// and its pool would have the keys of local domains.
  package func hasNoDomain(_ domainClass: DomainClass) -> Bool {
    domainClass == .relay && !parameters.isSet(domainClass.list) || isEmpty(domainClass)
  }

  /// The class whose mail asks a parameter, where no domain is in it at all: the default of old configurations has some.
  package func emptyClass(of parameter: RoutingParameter) -> DomainClass? {
    DomainClass(parameter).flatMap { isEmpty($0) ? $0 : nil }
  }

  private func isEmpty(_ domainClass: DomainClass) -> Bool { parameters.text(domainClass.list).isEmpty }

  /// Whether a domain in transport_maps means its subdomains too, so that Postfix does not ask for `.domain`.
  package var matchesSubdomains: Bool {
    plainNames(of: "parent_domain_matches_subdomains")?.contains(RoutingParameter.transportMaps.rawValue)
      ?? false
  }
}

/// Why transport_maps cannot match what a class matches.
package struct ClassKeysError: Error {
  package let message: String
}

extension MailConfig {
  /// The keys that match in transport_maps what the list of a class matches.
  package func transportKeys(of domainClass: DomainClass) throws(ClassKeysError) -> [String] {
    let list = domainClass.list
    guard let domains = plainNames(of: list) else {
      throw ClassKeysError(
        message:
          "\(list) is not a plain list of names: need the domains themselves there, with no table, file or \"!\""
      )
    }
    guard !domains.isEmpty else {
      throw ClassKeysError(
        message:
          "\(list) is empty, so no mail takes \(domainClass.transport)"
      )
    }
    let parents = Set(plainNames(of: "parent_domain_matches_subdomains") ?? [])
    // virtual_mailbox_domains never does.
    let matchesSubdomains = matchesSubdomains
    let listTakesParents = domainClass == .relay && parents.contains(list)
    var keys: [String] = []
    for domain in domains {
      if listTakesParents {
        // A name with a dot in front matches nothing then.
        if domain.hasPrefix(".") { continue }
        keys += matchesSubdomains ? [domain] : [domain, ".\(domain)"]
      } else if matchesSubdomains {
        throw ClassKeysError(message: "transport_maps matches subdomains here, and \(list) does not")
      } else if domainClass == .relay || !domain.hasPrefix(".") {
        keys.append(domain)
      }
    }
    guard !keys.isEmpty else {
      throw ClassKeysError(
        message: "no name in \(list) matches any mail: need names without a dot in front")
    }
    return keys
  }
}
