// Lanes beside what some senders have. A domain of senders has its entry in the list of tables that the pool for all mail is in, and
// Postfix asks all of them for the whole address before it asks any for the domain, so that this pool would answer first: it is asked for
// the domain too then, after that entry.

import PostfixFiles
import Routing

extension MailConfig {
  /// With the pool for all mail after the entries for domains, where `scope` is such a domain.
  func lettingDomainsPass(_ scope: Scope, of parameter: RoutingParameter) throws(EditError) -> MailConfig {
    guard case .from(let name) = scope, !name.contains("@"),
      let site = poolSites().first(where: {
        $0.parameter == parameter && $0.answersAll && !$0.isInDatabase
      }),
      let item = site.site.table?.item, let place = item.text.span(), place.file == main.document.path
    else { return self }
    let nullKey = parameter.nullSenderKey
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
          bytes: Bytes(Self.startsLettingPass[0].utf8)),
        Splice(range: place.range.upperBound..<place.range.upperBound, bytes: Bytes("}".utf8)),
      ]))
    return edited
  }

  /// What is in front of such a pool, in lines of their own and in one.
  private static let startsLettingPass = [String(repeating: "-", count: SpecText.width), "-"].map { pool in
    String(SpecText.lettingPass(.leaf(pool)).rendered(indent: 4).dropLast(pool.count + 1))
  }

  /// With pools for all mail in their short form again, where the last entries that they let pass are gone since `before`.
  func endingToLetDomainsPass(since before: MailConfig) -> MailConfig {
    var edited = self
    for parameter in [RoutingParameter.senderTransportMaps, .senderRelayhostMaps]
    where before.tables(parameter).count > 1 && edited.tables(parameter).count == 1 {
      guard let site = edited.wholeTable(parameter), site.answersOtherSenders, !site.isInDatabase,
        let place = site.site.table?.item.text.span(), place.file == edited.main.document.path
      else { continue }
      let document = edited.main.document
      // Only in the form that randmap writes: another form was written by a person, and stays.
      let text = document[place.range].text
      let starts = Self.startsLettingPass + Self.startsLettingPass.map { $0.replacing("\n", with: "\r\n") }
      guard let start = starts.first(where: text.hasPrefix), text.hasSuffix("}") else { continue }
      let (from, to) = (place.range.lowerBound, place.range.upperBound)
      edited.update(
        document.applying([
          Splice(range: from..<from + start.utf8.count, bytes: []), Splice(range: to - 1..<to, bytes: []),
        ]))
    }
    return edited
  }
}

extension MailConfig {
  /// Whether lanes at a place leave the next hop to relayhost and to what some senders have in its place. Lanes with a next hop of
  /// their own, and a database, which names one for each, do not.
  func leavesRelaysToSenders(_ spot: PoolSpot) -> Bool {
    guard spot.parameter == .defaultTransport, !parameters.text(.senderRelayhostMaps).isEmpty,
      wholeTable(.senderRelayhostMaps) == nil, spot.single.map({ Destination($0).nextHop.isEmpty }) ?? true
    else { return false }
    return spot.sites.allSatisfy { site in
      site.isTable && !site.isInDatabase
        && site.content.choices.allSatisfy { NextHopList($0.result, kind: .destination).hops.isEmpty }
    }
  }
}

extension PoolSpot {
  /// The same, where lanes have another next hop; empty: none of their own.
  func withHop(_ hop: String) -> PoolSpot {
    PoolSpot(
      place: place, kind: kind, transport: transport, hop: hop, sites: sites, single: single, entry: entry)
  }
}
