// The lists that say what kind of mail a domain gets, in the order in which trivial-rewrite(8) asks them.

import PostfixFiles
import Routing

/// The classes of recipients; the first one that has the domain decides.
struct DomainClasses: Sendable {
  /// In the order of trivial-rewrite(8).
  let lists: [DomainNames]

  init(_ subject: Subject) {
    lists = ["mydestination", "virtual_alias_domains", "virtual_mailbox_domains", "relay_domains"].map {
      DomainNames($0, in: subject.config, subject.parameters)
    }
  }

  subscript(parameter: String) -> [String] {
    lists.first { $0.parameter == parameter }?.names.map(\.text) ?? []
  }
}

extension Subject {
  /// The domains that this host delivers or relays for, as far as they can be read here. Those of
  /// virtual_alias_domains are not asked for in transport_maps.
  var ownDomains: [String] {
    let classes = DomainClasses(self)
    var seen: Set<String> = []
    return ["mydestination", "virtual_mailbox_domains", "relay_domains"].flatMap { classes[$0] }
      .filter { !$0.hasPrefix("localhost") && $0.contains(where: { $0 != "." }) && seen.insert($0).inserted }
  }

  /// The tables of own domains whose names are unknown.
  var unknownOwnDomains: [String] {
    var seen: Set<String> = []
    return DomainClasses(self).lists.filter { $0.parameter != "virtual_alias_domains" }.flatMap(\.unknown)
      .map(\.text).filter { seen.insert($0).inserted }
  }

  /// The relay_domains that are not local to this host.
  var relayDomains: [String] {
    let classes = DomainClasses(self)
    let local = Set(classes["mydestination"] + classes["virtual_mailbox_domains"])
    return classes["relay_domains"].filter { !local.contains($0) }
  }
}
