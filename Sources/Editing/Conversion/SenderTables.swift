// Tables for some senders beside a relayhost that goes: what they say has to stand without it.

import PostfixFiles
import Routing

extension MailConfig {
  /// Refuses a table for the transports of some senders that takes its next hops from relayhost, or decides for all senders:
  /// all other entries name their gateway in full, and mail of a sender without an entry goes as all mail does.
  func guardHopsOfSenders(for site: PoolSite) throws(EditError) {
    let maps = RoutingParameter.senderTransportMaps
    guard !parameters.text(maps).isEmpty else { return }
    for pool in poolSites() where pool.parameter == maps && pool.isTable {
      guard !pool.answersAll, !pool.answersOtherSenders else {
        throw .cannotConvert(site.id, reason: "\(maps) decides for all senders: take that pool out first")
      }
      for choice in pool.content.choices + pool.content.drained {
        try guardHop(of: SourcedText(builtIn: choice.result), in: pool.id, for: site)
      }
    }
    for table in tableSites(of: maps) where table.table?.role == .answer {
      let name = table.table?.spec.text.text ?? maps.rawValue
      switch table.content {
      case .value(let value): try guardHop(of: value, in: name, for: site)
      case .source(let path) where table.table?.spec.isPattern == false:
        guard let document = document(path) else { throw unreadSenders(name, for: site) }
        for entry in Table(document).entries { try guardHop(of: entry.value, in: path, for: site) }
      case .source, .patterns:
        guard let rules = (table.table?.spec).flatMap(patternRules) else {
          throw unreadSenders(name, for: site)
        }
        for result in rules.patternResults { try guardHop(of: result, in: name, for: site) }
      case .service: throw unreadSenders(name, for: site)
      case .draw, .database: continue
      }
    }
  }

  private func guardHop(of result: SourcedText, in table: String, for site: PoolSite) throws(EditError) {
    if result.isNoAnswer { return }
    let destination = Destination(result)
    guard destination.transport.text.isEmpty || destination.nextHop.isEmpty else { return }
    throw .cannotConvert(
      site.id,
      reason:
        "\"\(result.text)\" in \(table), which is for some senders, takes its next hop from relayhost: write both there first, such as smtp:[gw1.example]"
    )
  }

  private func unreadSenders(_ table: String, for site: PoolSite) -> EditError {
    .cannotConvert(
      site.id,
      reason:
        "\(table) decides for some senders, and may take next hops from relayhost, but cannot be listed here: take it out first"
    )
  }
}
