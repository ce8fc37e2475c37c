// RM331: The pool of a class has other domains than its list

import PostfixFiles
import Routing

extension Rule {
  static let rm331 = Rule(
    "RM331", .warning, "The pool of a class has other domains than its list",
    why: """
      Postfix takes no table in the place of relay_transport and virtual_transport. So the pool of relay_domains, or of
      virtual_mailbox_domains, is in transport_maps, with a key for each domain of the list. A domain that comes into the list later
      goes by relay_transport (virtual_transport): to one gateway, and not to the pool. A domain that leaves the list still goes to
      the pool: from this host its mail never goes to its own mail servers. `randmap pool class:relay` without gateways brings
      the keys in line. `randmap pool` writes the name of the list beside each key, and this rule looks at such pools only.
      """,
    bad: Example(
      main: """
        relay_domains = a.example, «b.example»
        relay_transport = relay:[in1.example]
        transport_maps = pipemap:{inline:{a.example=relay_domains, .a.example=relay_domains},
            unionmap:{randmap:{relay:[in1.example], relay:[in2.example]}, static:{[in1.example],[in2.example]}}}

        """),
    good: Example(
      main: """
        relay_domains = a.example, b.example
        relay_transport = relay:[in1.example]
        transport_maps = pipemap:{inline:{a.example=relay_domains, .a.example=relay_domains,
                b.example=relay_domains, .b.example=relay_domains},
            unionmap:{randmap:{relay:[in1.example], relay:[in2.example]}, static:{[in1.example],[in2.example]}}}

        """),
    check: .directory { subject in DomainClass.allCases.flatMap { subject.keysOutOfLine(of: $0) } })
}

extension Subject {
  fileprivate func keysOutOfLine(of domainClass: DomainClass) -> [Finding] {
    guard let pool = config.classPool(of: domainClass), let value = try? parameters.value(domainClass.list)
    else { return [] }
    let list = domainClass.list
    guard let keys = try? config.transportKeys(of: domainClass) else {
      return [
        Finding(
          value, else: place(of: list),
          "the pool of \(list) has a key for each domain, and \(list) is no plain list of names any more: a domain that comes or "
            + "goes there changes nothing in the pool; need the domains themselves here")
      ].compactMap(\.self)
    }
    let (own, listed) = (Set(pool.keys), Set(keys))
    let command = "randmap pool class:\(domainClass.poolName)"
    var findings: [Finding] = []
    let missing = keys.filter { !own.contains($0) && mayLack($0) }
    if let first = missing.first(where: { !$0.hasPrefix(".") }) ?? missing.first {
      let item = value.listItems.first {
        [first, String(first.drop { $0 == "." })].contains($0.text.lowercased())
      }
      findings += [
        Finding(
          item ?? value, else: place(of: list),
          "\(words(first)) in \(list), and not in the pool of \(list): its mail goes by \(domainClass.transport); need "
            + "\(command)", count: missing.count)
      ].compactMap(\.self)
    }
    let former = pool.keys.filter { !listed.contains($0) }
    if let first = former.first(where: { !$0.hasPrefix(".") }) ?? former.first,
      let place = place(of: .transportMaps)
    {
      findings.append(
        Finding(
          place,
          "the pool of \(list) has a key for \(printable(first)), which is not in that list: its mail still goes to the pool; "
            + "need \(command)", count: former.count))
    }
    return findings
  }

  private func words(_ key: String) -> String {
    key.hasPrefix(".") ? "subdomains of \(printable(String(key.dropFirst()))) are" : "\(printable(key)) is"
  }

  /// Whether no other table of transport_maps has the key, as far as that can be told.
  private func mayLack(_ key: String) -> Bool {
    config.tableSites(of: .transportMaps).allSatisfy { site in
      switch (site.place, site.content) {
      case (.inlineEntry(_, let own), _): own.lowercased() != key
      case (_, .source(let path)):
        config.files[path]?.document.map { Table($0).first(key) == nil } ?? false
      case (_, .service): false
      case (_, .database(let table)):
        config.databaseText(table.database).map { text in
          !text.routes.contains { $0.row.map == table.map && $0.row.key == key }
        } ?? false
      default: true
      }
    }
  }
}
