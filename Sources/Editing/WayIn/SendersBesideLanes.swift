// A domain of senders beside a pool for all mail in the same list of tables. Postfix asks all tables for the whole address before it asks
// any for the domain, so that pool would answer first: it is asked for the domain too then, and comes after the domain's own entry.

import PostfixFiles
import Routing

extension MailConfig {
  /// With the pool for all mail behind the entries for domains, where `scope` is such a domain.
  func lettingDomainsPass(_ scope: Scope, of parameter: RoutingParameter) throws(EditRefusal) -> MailConfig {
    guard case .from(let name) = scope, !name.contains("@"),
      let site = poolSites().first(where: {
        $0.parameter == parameter && $0.answersAll && !$0.isInDatabase
      }),
      let item = site.site.table?.item, let place = item.text.span(), place.file == main.document.path
    else { return self }
    let nullKey = "empty_address_\("\(parameter)".dropping(prefix: "sender_dependent_"))_lookup_key"
    guard environment.version >= .inlinePatterns, parameters.text(nullKey) == "<>" else {
      throw .cannotPool(
        "\(scope)",
        reason:
          "\(parameter) (\(place.file):\(main[parameter]?.line.number ?? 0)) answers for whole addresses, and Postfix asks for those before a domain: name the senders, such as from:user@\(name), or take that pool out first, with randmap remove-route outbound"
      )
    }
    var edited = self
    edited.update(
      main.document.applying([
        Splice(
          range: place.range.lowerBound..<place.range.lowerBound,
          bytes: Bytes("pipemap:{\n        unionmap:\(TableSpec.otherSenders),\n        ".utf8)),
        Splice(range: place.range.upperBound..<place.range.upperBound, bytes: Bytes("}".utf8)),
      ]))
    return edited
  }
}
