// The mail that a person means, as one word.

import PostfixFiles
import Routing

/// Which mail a pool is for.
package enum Scope: Hashable, Sendable, Codable {
  /// All mail that leaves and has no route of its own.
  case outbound
  /// Mail for a domain or an address, or, with a dot in front, for the subdomains of a domain.
  case to(String)
  /// Mail from a domain or an address.
  case from(String)
  /// Mail for the domains in relay_domains.
  case relayDomains
  /// Mail for the domains in virtual_mailbox_domains.
  case virtualMailboxes
  /// The id of a pool, a parameter, or `table:key`.
  case named(String)

  /// Any text is a scope: what is not one of the others is a name, which is looked for in the configuration.
  package init(_ text: String) throws(EditError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    switch (parts[0], parts.count > 1 ? parts[1] : nil) {
    case ("outbound", nil): self = .outbound
    case ("class", "relay"): self = .relayDomains
    case ("class", "virtual"): self = .virtualMailboxes
    case ("class", "local"):
      throw .badScope(
        text,
        reason:
          "mail for the domains of mydestination is delivered on this host, so there is nothing to share: need class:relay or class:virtual"
      )
    case ("class", let name?):
      throw .badScope(text, reason: "no class \"\(name)\": need class:relay or class:virtual")
    case ("to", "*"?):
      throw .badScope(text, reason: "for all mail that leaves, write outbound")
    case ("to", let address?):
      if address.first == ".", let domain = try? Self.checked(String(address.dropFirst()), of: text),
        !domain.contains("@")
      {
        self = .to(".\(domain)")
      } else {
        self = .to(try Self.checked(address, of: text))
      }
    case ("from", let address?): self = .from(try Self.checked(address, of: text))
    default: self = .named(text)
    }
  }

  /// A domain, or an address with a local part.
  private static func checked(_ text: String, of whole: String) throws(EditError) -> String {
    let domain = text.split(separator: "@", omittingEmptySubsequences: false).last.map(String.init) ?? ""
    guard HostName.isValid(domain), text.first != "@", text.utf8.allSatisfy({ !$0.isSpace && $0 > 0x20 })
    else {
      throw .badScope(
        whole, reason: "need a domain or an address, such as to:example.com or from:user@example.com")
    }
    return text.lowercased()
  }
}

extension Scope: CustomStringConvertible {
  /// As it is written in a call.
  package var description: String {
    switch self {
    case .outbound: "outbound"
    case .to(let address): "to:\(address)"
    case .from(let address): "from:\(address)"
    case .relayDomains: "class:relay"
    case .virtualMailboxes: "class:virtual"
    case .named(let name): name
    }
  }

  package init(_ domainClass: DomainClass) {
    switch domainClass {
    case .relay: self = .relayDomains
    case .virtualMailboxes: self = .virtualMailboxes
    }
  }

  /// The mail that a parameter's name means; any other scope is itself.
  var ofMail: Scope {
    guard case .named(let name) = self else { return self }
    return switch RoutingParameter(rawValue: name) {
    case .relayhost, .defaultTransport: .outbound
    case .relayTransport: .relayDomains
    case .virtualTransport: .virtualMailboxes
    default: self
    }
  }

  /// The class whose mail it is.
  var domainClass: DomainClass? {
    switch self {
    case .relayDomains: .relay
    case .virtualMailboxes: .virtualMailboxes
    case .outbound, .to, .from, .named: nil
    }
  }

  /// An address that has mail of it, as the recipient or as the sender; nil where others decide which one that is.
  var address: String? {
    switch self {
    case .to(let name) where name.first == ".": "someone@sub\(name)"
    case .to(let name), .from(let name): name.contains("@") ? name : "someone@\(name)"
    case .outbound, .relayDomains, .virtualMailboxes, .named: nil
    }
  }

  /// For people.
  package var words: String {
    switch self {
    case .outbound: "all mail to the outside"
    case .to(let address):
      "mail for \(address.first == "." ? "subdomains of \(address.dropFirst())" : address)"
    case .from(let address): "mail from \(address)"
    case .relayDomains: "mail for the relay domains"
    case .virtualMailboxes: "mail for the virtual mailbox domains"
    case .named(let name): "the mail of \(name)"
    }
  }
}
