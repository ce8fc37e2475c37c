// How the Routes view looks: a row for each place, with the state of the gateways that it names.

import Editing
import Gateways
import PostfixFiles
import Routing

extension RoutesView {
  func draw(in frame: inout Frame, _ area: Rect, _ facts: Facts) {
    guard let rows, let chosen else {
      drawEmpty(in: &frame, area)
      return
    }
    let isWide = area.width >= 64
    let key = isWide ? min(32, area.width / 3) : 15
    let place = isWide ? min(24, area.width / 5) : 0
    let value = area.width - 3 - key - place - (isWide ? 6 : 4) - 1
    let columns = [
      Column("", width: 1), Column("PARAMETER OR KEY", width: key, order: "key"),
      Column("RESULT", width: value, order: "result"),
      Column("WHERE", width: place, order: "where"),
    ]
    frame.header(columns, x: 1, y: area.y, sorting: sorting)
    let names = DistinctNames(
      around: chosen, of: rows.count, rows: area.height, width: key, frame.symbols
    ) { printable(rows[$0].name) }
    // Rows name few transports: each is worked out once for all of them.
    let transports = Transports(facts.session.current)
    frame.list(count: rows.count, chosen: chosen, in: area.inset(top: 1)) { index in
      let route = rows[index]
      return ListItem(height: 1) { frame, y in
        let pool = pool(of: route, facts)
        frame.put(index == chosen ? frame.symbols.cursor : " ", x: 0, y: y)
        let state = state(of: route, pool, facts, transports)
        frame.row(
          [
            state.map { [Span(String($0.symbol), Role($0))] } ?? [], [Span(names[index])],
            valueSpans(of: route, facts), [Span("\(facts.shown(path: route.file)):\(route.line)", .dim)],
          ], in: columns, x: 1, y: y)
      }
    }
  }

  /// The worst state of the gateways that the route names first; nil where it names none.
  private func state(
    of route: Route, _ pool: Pool?, _ facts: Facts, _ transports: Transports
  ) -> GatewayState? {
    if let pool {
      let states = pool.members.filter { !$0.isDrained }.compactMap { $0.gateways.first }.map(facts.state)
      return states.max { $0.badness < $1.badness }
    }
    guard case .entry = route.place else { return nil }
    let gateways = DestinationGateways(route.value, kind: .destination, by: transports).gateways
    return gateways.first.map(facts.state)
  }

  /// The mail of an entry that one gateway gets; nil of any other row.
  func mail(_ route: Route, _ facts: Facts) -> Scope? {
    guard case .entry(let table, let key) = route.place, pool(of: route, facts) == nil else { return nil }
    return facts.mail(ofEntry: key, in: table, route.value)
  }

  /// The pool, of one destination or of several, that another gateway comes into. Nil of an entry, and of a list of tables with
  /// keys: beside that comes another entry.
  func poolToJoin(_ route: Route, _ facts: Facts) -> Pool? {
    guard case .parameter(let parameter) = route.place, let pool = pool(of: route, facts) else { return nil }
    guard parameter.takesTables else { return pool }
    if case .place = pool.purpose, parameter != .transportMaps { return pool }
    return nil
  }

  private func pool(of route: Route, _ facts: Facts) -> Pool? { pools(of: route, facts).first { _ in true } }

  /// One value may have several: a table in braces with a pool for each of its keys.
  private func pools(of route: Route, _ facts: Facts) -> some Sequence<Pool> {
    facts.session.pools.lazy.filter { $0.place.route == route.place || $0.aliases.contains(route.name) }
  }

  private func valueSpans(of route: Route, _ facts: Facts) -> [Span] {
    if route.value.isEmpty { return [Span("no result: Postfix skips this line", .warning)] }
    // Nearly all values are one word of ASCII.
    let isWord = route.value.bytes.allSatisfy { $0 > UInt8(ascii: " ") && $0 < 0x7F }
    let text =
      isWord
      ? route.value.text : route.value.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let pools = Array(pools(of: route, facts).prefix(Self.mostPools))
    guard let pool = pools.first, pool.notation != .single else { return [Span(printable(text))] }
    let mail = mail(of: pools)
    let words =
      (pools.count == 1 ? "pool of \(pool.members.count)" : "\(pools.count) pools")
      + (mail.isEmpty ? "" : " for \(mail)")
    return [Span("\(words)  ", .info), Span(printable(text), .dim)]
  }

  /// So many pools of one value are looked at for a row.
  private static let mostPools = 100

  /// The keys that pools are for, where they have keys: a value in braces may begin with anything.
  private func mail(of pools: [Pool]) -> String {
    let keys = pools.flatMap { pool -> [String] in
      if case .keys(let keys, _) = pool.purpose { keys.sorted() } else { [] }
    }
    let shown = keys.prefix(2).map { printable($0) }.joined(separator: ", ")
    return keys.count > 2 ? "\(shown) and \(keys.count - 2) more" : shown
  }

  private func drawEmpty(in frame: inout Frame, _ area: Rect) {
    if filter != nil {
      frame.empty("No route matches", ["Esc shows all routes again."], in: area)
    } else {
      frame.empty(
        "Nothing decides a destination here yet",
        [
          "Mail goes straight to each domain's own mail exchangers. n shares it between gateways, a sets one route, @ "
            + "shows where the mail for an address goes."
        ], in: area)
    }
  }
}
