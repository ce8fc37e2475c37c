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
    // By default that is the list of the local domains in old configurations, and then no line sets it: the pool has the place.
    if config.hasNoDomain(domainClass), let place = place(of: list) ?? place(of: .transportMaps) {
      return [
        Finding(
          place,
          "\(list) is \(parameters.isSet(list) ? "empty" : "not set"), and its pool still has a key for \(printable(pool.keys.first ?? "")): this mail still goes to the pool; "
            + "need randmap remove-route class:\(domainClass.poolName) --write", count: pool.keys.count)
      ]
    }
    let keys: [String]
    do throws(ClassKeysError) { keys = try config.transportKeys(of: domainClass) } catch {
      return [
        Finding(
          value, else: place(of: list),
          "the pool of \(list) has a key for each domain, and cannot follow the list any more: \(error.message)"
        )
      ].compactMap(\.self)
    }
    let (own, listed) = (Set(pool.keys), Set(keys))
    let command = "randmap pool class:\(domainClass.poolName) --write"
    var findings: [Finding] = []
    let tables = TransportKeys(of: config)
    let missing = tables.hasUnknown ? [] : keys.filter { !own.contains($0) && !tables.keys.contains($0) }
    if let first = missing.first(where: { !$0.hasPrefix(".") }) ?? missing.first {
      let item = value.listItems.first {
        [first, String(first.drop { $0 == "." })].contains($0.text.lowercased())
      }
      findings += [
        Finding(
          item ?? value, else: place(of: list),
          "\(words(first)) in \(list), and not in the pool of \(list): this mail goes by \(domainClass.transport). "
            + "Need \(command)", count: missing.count)
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
}
