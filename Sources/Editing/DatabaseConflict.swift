// A pool database may be in use by more than one configuration, and its rows are in force when they are written. Those that
// nobody asks for here stay after an undo too. Whose they are cannot be told, so a person is asked.

import PostfixFiles
import Routing
import Store

/// Routes of a database that the configuration did not ask for before an edit.
package struct DatabaseConflict: Hashable, Sendable {
  let database: String
  /// What would change, or go.
  var changed: [RouteRow] = []
  /// What would decide for mail of this configuration too.
  var joined: [RouteRow] = []
  /// Whether main.cf names the database already, so that no other one can be taken.
  let isNamed: Bool

  /// One sentence; safe to show.
  var words: String {
    let what = [
      changed.isEmpty ? nil : "would change \(Self.list(changed))",
      joined.isEmpty ? nil : "would make mail of this configuration use \(Self.list(joined)) too",
    ].compactMap(\.self).joined(separator: ", and ")
    let advice = isNamed ? "" : "; use another database with --database PATH"
    return printable("\(database) has routes that may be another configuration's: the edit \(what)\(advice)")
  }

  private static func list(_ routes: [RouteRow]) -> String {
    let shown = routes.prefix(5).map { "\($0.key) to \($0.pool)" }
    return (shown + (routes.count > shown.count ? ["..."] : [])).joined(separator: ", ")
  }
}

extension MailConfig {
  func databaseGuards(against edited: MailConfig) -> [EditGuard] {
    let asked = askedMaps
    let asking = edited.askedMaps
    var guards: [EditGuard] = []
    let written = edited.editedDocuments.filter { $0.storage == .database }
    for path in Set(asking.keys).union(written.map(\.path)).sorted() {
      guard let now = edited.document(path) else { continue }
      let before = document(path) ?? (now.isNew ? nil : Document(path: path, bytes: now.original))
      guard let before else { continue }
      let conflict = DatabaseConflict(
        in: path, PoolRows(text: before.bytes.text), PoolRows(text: now.bytes.text),
        asked: asked[path] ?? [], asking: asking[path] ?? [], isOwn: isAsHere)
      if let conflict { guards.append(.othersRoutes(conflict)) }
    }
    return guards
      + written.filter { document($0.path)?.bytes != $0.bytes }.compactMap { document in
        edited.otherOwner(ofData: document.path).map { .othersDatabase(path: document.path, owner: $0) }
      }
  }

  /// Whether a route gives its mail just what a pool of this configuration gives it now: the rows that a conversion has left, where
  /// the pool comes back to them.
  private func isAsHere(_ route: RouteRow, _ members: [MemberRow]) -> Bool {
    guard let map = RoutingParameter(rawValue: route.map) else { return false }
    let site: PoolSite? =
      switch (route.key, map) {
      case ("*", .senderRelayhostMaps): wholeTable(map) ?? valueSpot(.relayhost).sites.first
      case ("*", .senderTransportMaps): wholeTable(map) ?? valueSpot(.defaultTransport).sites.first
      default:
        (try? keySpot(route.key, of: map, .named(route.key)))?.sites.first ?? classSite(with: route.key)
      }
    return site?.content.isAs(members) ?? false
  }

  private func classSite(with key: String) -> PoolSite? {
    let domainClass = DomainClass.allCases.first { domainClass in
      do throws(ClassKeysError) { return try transportKeys(of: domainClass).contains(key) } catch {
        return false
      }
    }
    return domainClass.flatMap { classSpot($0).sites.first }
  }

  /// What main.cf asks for, by database.
  private var askedMaps: [String: Set<String>] {
    tableSites.reduce(into: [:]) { found, site in
      if case .database(let table) = site.content { found[table.database, default: []].insert(table.map) }
    }
  }
}

extension DatabaseConflict {
  /// Nil where there is none.
  fileprivate init?(
    in path: String, _ before: PoolRows, _ now: PoolRows, asked: Set<String>, asking: Set<String>,
    isOwn: (RouteRow, [MemberRow]) -> Bool
  ) {
    database = path
    isNamed = !asked.isEmpty
    let kept = Set(now.routes)
    func members(_ rows: PoolRows) -> [String: [MemberRow]] { Dictionary(grouping: rows.members, by: \.pool) }
    let (old, new) = (members(before), members(now))
    for route in before.routes where !asked.contains(route.map) {
      if !kept.contains(route) || old[route.pool] != new[route.pool] {
        changed.append(route)
      } else if asking.contains(route.map), !isOwn(route, old[route.pool] ?? []) {
        joined.append(route)
      }
    }
    if changed.isEmpty, joined.isEmpty { return nil }
  }
}

extension PoolContent {
  /// Whether rows have the same members, drained ones too, with the same ratios of their weights.
  func isAs(_ rows: [MemberRow]) -> Bool {
    let same = inOrder
    let active = rows.filter { $0.drain == nil }.sorted { $0.result < $1.result }
    let (old, new) = (active.map(\.weight), same.choices.map(\.weight))
    let (oldTotal, newTotal) = (old.reduce(0, +), new.reduce(0, +))
    guard rows.allSatisfy({ $0.ramp == nil }), active.map(\.result) == same.choices.map(\.result),
      rows.count == active.count + same.drained.count,
      same.drained.allSatisfy({ choice in
        rows.contains {
          $0.result == choice.result && $0.weight * newTotal == choice.weight * oldTotal
            && $0.drain?.reason == choice.drain.why
            && $0.drain?.until.map { Int($0) } == choice.drain.until
        }
      })
    else { return false }
    return zip(old, new).allSatisfy { $0 * newTotal == $1 * oldTotal }
  }
}
