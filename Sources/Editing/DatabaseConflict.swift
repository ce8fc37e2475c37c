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
    let asking = edited.askedMaps
    let asked = askedMaps.merging(edited.mapsAskedBefore(asking)) { $0.union($1) }
    var guards: [EditGuard] = []
    let written = edited.editedDocuments.filter { $0.storage == .database }
    for path in Set(asking.keys).union(written.map(\.path)).sorted() {
      guard let now = edited.document(path) else { continue }
      let before = document(path) ?? (now.isNew ? nil : Document(path: path, bytes: now.original))
      guard let before else { continue }
      let conflict = DatabaseConflict(
        in: path, databaseText(path) ?? DatabaseText(before), edited.databaseText(path) ?? DatabaseText(now),
        asked: asked[path] ?? [], asking: asking[path] ?? [], isNamed: askedMaps[path] != nil, isOwn: isAsHere
      )
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

  /// Of what main.cf asks for from now on, what it asked for before it was converted to another notation: the settings of a table
  /// lie in its directory. Its rows are its own, then, unless another configuration of this machine asks for them.
  fileprivate func mapsAskedBefore(_ asking: [String: Set<String>]) -> [String: Set<String>] {
    var found: [String: Set<String>] = [:]
    for (database, maps) in asking {
      let known = maps.filter { map in
        guard let settings = document(settingsPath(ofDatabase: map)), !settings.isNew else { return false }
        return settings.original == Bytes(DatabaseSettings.text(database: database, map: map).utf8)
      }
      if !known.isEmpty, !isAskedByOthers(database) { found[database] = known }
    }
    return found
  }

  /// Whether Postfix's own configuration, or another instance that it names, asks a database; also where one of them cannot be read.
  func isAskedByOthers(_ database: String, standard: String = Self.standardDirectory) -> Bool {
    var seen: Set<String> = [Self.real(directory)]
    func asks(_ directory: String, instances: (MailConfig) -> [String]) -> Bool {
      guard let other = read(directory) else {
        return seen.insert(Self.real(directory)).inserted && Self.mayHold(directory)
      }
      let isAsking = seen.insert(Self.real(directory)).inserted && other.asks(database)
      return isAsking || instances(other).contains { asks($0) { _ in [] } }
    }
    return asks(standard) { standard in
      ["alternate_config_directories", "multi_instance_directories"].flatMap {
        (try? standard.parameters.value($0))?.listItems.map(\.text) ?? []
      }
    }
  }

  private func read(_ directory: String) -> MailConfig? {
    try? MailConfig(directory: directory, environment: environment).readingFiles(examiningMachine: false)
  }

  private static func real(_ path: String) -> String { FileReader.realPath(path) ?? path }

  /// Whether a directory that cannot be read may hold a configuration.
  private static func mayHold(_ directory: String) -> Bool {
    do throws(FileError) {
      _ = try FileReader.read("\(directory)/main.cf")
      return true
    } catch { return !error.isMissing }
  }

  private func asks(_ database: String) -> Bool {
    askedMaps.keys.contains { Self.real($0) == Self.real(database) }
      || files.values.contains { if case .unreadable(let problem) = $0 { !problem.isMissing } else { false } }
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
    in path: String, _ before: DatabaseText, _ now: DatabaseText, asked: Set<String>, asking: Set<String>,
    isNamed: Bool,
    isOwn: (RouteRow, [MemberRow]) -> Bool
  ) {
    database = path
    self.isNamed = isNamed
    let kept = Set(now.routes.map(\.row))
    func members(_ rows: DatabaseText, _ pool: String) -> [MemberRow] {
      (rows.pools[pool] ?? []).map(\.member)
    }
    for (route, _) in before.routes where !asked.contains(route.map) {
      if !kept.contains(route) || members(before, route.pool) != members(now, route.pool) {
        changed.append(route)
      } else if asking.contains(route.map), !isOwn(route, members(before, route.pool)) {
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
