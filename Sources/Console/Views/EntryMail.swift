// The mail of a table entry that one gateway gets: `a` on it opens the dialogue, and the entry becomes a pool.

import Editing
import PostfixFiles
import Routing

extension Facts {
  /// Nil of a pool, of an entry that names no gateway, and of a key that no address has.
  func mail(ofEntry key: String, in table: String, _ value: SourcedText) -> Scope? {
    let config = session.current
    guard PoolText(value: value) == nil, !value.isNoAnswer,
      let parameter = config.tableSites.first(where: { $0.source == table })?.parameter
    else { return nil }
    let destination = DestinationGateways(value, kind: parameter.resultKind, in: config)
    if destination.gateways.isEmpty { return nil }
    if key == "*", parameter == .transportMaps { return .outbound }
    return config.samples(ofRoute: key, table: table).first?.scope
  }

  /// The mail of the one entry that names a gateway, where nothing else does.
  func mail(ofEntryNaming use: GatewayUse) -> Scope? {
    guard use.mentions == 1, use.pools.isEmpty, let place = use.place,
      let document = session.current.files[place.file]?.document,
      let index = document.lineIndex(around: place.range.lowerBound),
      let entry = try? Table(document).entry(document.lines[index])
    else { return nil }
    return mail(ofEntry: entry.key.text, in: place.file, entry.value)
  }
}
