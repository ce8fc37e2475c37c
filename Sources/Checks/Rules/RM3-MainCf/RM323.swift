// RM323: An item of a list of domains matches no domain

import PostfixFiles
import Routing

extension Rule {
  static let rm323 = Rule(
    "RM323", .warning, "An item of a list of domains matches no domain",
    why: """
      The lists take names of domains; there are no wildcards. ".example.com" matches the subdomains of
      example.com in relay_domains alone, and only where parent_domain_matches_subdomains does not contain
      relay_domains. By default it does: then "example.com" matches its subdomains too. mydestination and
      the virtual_ lists match each name exactly; a pcre: or regexp: table takes patterns.
      """,
    bad: Example(
      main: """
        relay_domains = «*.example.com»

        """),
    good: Example(
      main: """
        relay_domains = example.com

        """),
    check: .directory { subject in
      let parents = Set(subject.plainNames("parent_domain_matches_subdomains"))
      return DomainClasses(subject).lists.flatMap { list -> [Finding] in
        list.names.filter { $0.place.span() != nil }.compactMap {
          name -> (DomainNames.Name, (String, String))? in
          let takesParents = list.parameter == "relay_domains" && parents.contains("relay_domains")
          let takesDots = list.parameter == "relay_domains" && !takesParents
          return MeantDomain.fault(of: name.text, takesParents: takesParents, takesDots: takesDots)
            .map { (name, $0) }
        }.prefix(20).compactMap { name, fault in
          Finding(
            name.place, "\"\(printable(name.text))\" \(fault.0), so it matches no domain; need \(fault.1)")
        }
      }
    })
}

/// What was probably meant by a name that can match nothing.
private enum MeantDomain {
  /// What is wrong with it and what to write; nil for a name that can match.
  static func fault(of name: String, takesParents: Bool, takesDots: Bool) -> (String, String)? {
    func subdomains(_ domain: String) -> String {
      takesParents
        ? "\"\(domain)\", which takes its subdomains too here"
        : takesDots ? "\".\(domain)\"" : "each subdomain by its name, or a pcre: table"
    }
    let shown = printable(name)
    if name.hasPrefix("[") { return nil }
    if name.hasPrefix("*") {
      let domain = String(shown.drop { $0 == "*" || $0 == "." })
      return (
        "has a *, and lists of domains have no wildcards",
        domain.isEmpty ? "the names of the domains" : subdomains(domain)
      )
    }
    if name.contains("*") {
      return ("has a *, and lists of domains have no wildcards", "the names of the domains")
    }
    if name.hasPrefix("."), !takesDots {
      return ("begins with a dot", subdomains(String(shown.dropFirst())))
    }
    if let at = name.lastIndex(of: "@") {
      return (
        "is a mail address", "the domain alone: \"\(printable(String(name[name.index(after: at)...])))\""
      )
    }
    if name.hasSuffix("."), name.count > 1 {
      return ("ends with a dot", "\"\(String(shown.dropLast()))\"")
    }
    if name.contains("\"") || name.contains("'") || name.contains(";") {
      let bare = shown.filter { !"\"';".contains($0) }
      return ("has a quote or a semicolon in it", "\"\(bare)\"")
    }
    return nil
  }
}
