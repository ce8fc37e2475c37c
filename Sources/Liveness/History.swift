// What the last probes of a gateway found, for a strip of the last half hour.

import Gateways
import Routing

/// One point of the history strip: what one probe of the gateway found, whatever state that left it in.
package struct HistoryPoint: Hashable, Sendable {
  package let time: ContinuousClock.Instant
  package let found: GatewayState
  /// Milliseconds.
  package let latency: Double?
}

extension [HistoryPoint] {
  /// The history as a strip of `columns` cells that ends at `end`, oldest first. A cell shows the worst
  /// of the probes that fell into it, or the last one before it; nil before the first probe.
  package func strip(
    columns: Int, span: Duration = .seconds(1800), until end: ContinuousClock.Instant = .now
  ) -> [HistoryPoint?] {
    guard columns > 0 else { return [] }
    var cells: [HistoryPoint?] = []
    var rest = self[...]
    var last: HistoryPoint?
    for column in 1...columns {
      let cellEnd = end - span + span * column / columns
      let inCell = rest.prefix { $0.time <= cellEnd }
      rest = rest.dropFirst(inCell.count)
      // What happened before the strip begins is only what was known then.
      let isWithin = { (point: HistoryPoint) in point.time > end - span }
      let worst = inCell.filter(isWithin).max { $1.found.isWorse(than: $0.found) }
      cells.append(worst ?? inCell.last ?? last)
      last = inCell.last ?? last
    }
    return cells
  }
}
