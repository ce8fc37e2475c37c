// View 3: every place that decides a destination, as it is written.

import Editing
import PostfixFiles
import Routing

extension Console {
  func drawRoutes(in frame: inout Frame, _ room: Rect) {
    guard let rows = lists.routes, let chosen = chosen(in: .routes) else {
      drawNoRoutes(in: &frame, room)
      return
    }
    let isWide = room.width >= 64
    let key = isWide ? min(32, room.width / 3) : 15
    let place = isWide ? min(24, room.width / 5) : 0
    let value = room.width - 3 - key - place - (isWide ? 6 : 4) - 1
    let columns = [
      Column("", width: 1), Column("PARAMETER OR KEY", width: key), Column("RESULT", width: value),
      Column("WHERE", width: place),
    ]
    frame.header(columns, x: 1, y: room.y)
    frame.list(count: rows.count, chosen: chosen, in: room.inset(top: 1)) { index in
      let route = rows[index]
      return ListItem(height: 1) { frame, y in
        frame.put(index == chosen ? symbols.cursor : " ", x: 0, y: y)
        let state = state(of: route)
        frame.row(
          [
            state.map { [Span(String($0.symbol), Role($0))] } ?? [], [Span(printable(route.name))],
            valueSpans(of: route), [Span("\(shown(path: route.file)):\(route.line)", .dim)],
          ], in: columns, x: 1, y: y)
      }
    }
  }

  /// The worst state of the gateways that the route names first; nil where it names none.
  private func state(of route: Route) -> GatewayState? {
    if let pool = pool(of: route) {
      let states = pool.members.filter { !$0.isDrained }.compactMap { $0.gateways.first }.map {
        statuses[$0]?.state ?? .unknown
      }
      return states.max()
    }
    guard case .entry = route.place else { return nil }
    let kind = ResultKind.destination
    let gateways = DestinationGateways(route.value, kind: kind, in: session.current).gateways
    return gateways.first.map { statuses[$0]?.state ?? .unknown }
  }

  private func pool(of route: Route) -> Pool? {
    session.pools.first { $0.place.route == route.place || $0.aliases.contains(route.name) }
  }

  private func valueSpans(of route: Route) -> [Span] {
    if route.value.isEmpty { return [Span("no result: Postfix skips this line", .warning)] }
    let text = route.value.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard let pool = pool(of: route), pool.notation != .single else { return [Span(printable(text))] }
    let count = pool.members.count
    return [Span("pool of \(count)  ", .info), Span(printable(text), .dim)]
  }

  private func drawNoRoutes(in frame: inout Frame, _ room: Rect) {
    if filters[.routes] != nil {
      frame.empty("No route matches", ["Esc shows all routes again."], in: room)
    } else {
      frame.empty(
        "Nothing decides a destination here yet",
        [
          "Mail goes straight to each domain's own mail exchangers. Press a and type a parameter or an entry of a table:",
          "relayhost [gw1.example]",
        ], in: room)
    }
  }
}
