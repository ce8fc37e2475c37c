// The keys of a class's pool in transport_maps follow the list of its domains, which may have changed since the pool was made.

import PostfixFiles
import Routing
import Store

/// How the list of a class differs from the keys of its pool.
struct ClassKeyChange {
  /// In the list and not in the pool, without those that another entry of transport_maps decides for.
  var new: [String] = []
  /// In the pool and not in the list.
  var former: [String] = []

  var isEmpty: Bool { new.isEmpty && former.isEmpty }

  /// For people.
  ///
  /// - Parameter list: the parameter with the domains.
  func notes(list: String) -> [String] {
    let (more, less) = (Self.domains(new), Self.domains(former))
    return [
      more.isEmpty ? nil : "the pool now decides for \(more) too, as \(list) says",
      less.isEmpty ? nil : "the pool does not decide for \(less) any more: \(list) does not have it",
    ].compactMap(\.self)
  }

  private static func domains(_ keys: [String]) -> String {
    let domains = keys.filter { !$0.hasPrefix(".") }
    let names = domains.isEmpty ? keys.map { "subdomains of \($0.dropFirst())" } : domains
    return names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }
}

extension MailConfig {
  /// The pool of a class in transport_maps and those of its keys that the list of the class has: their mail is that of the class.
  package func classKeys(_ domainClass: DomainClass) -> (pool: String, keys: Set<String>)? {
    guard let pool = classPool(of: domainClass), let keys = try? transportKeys(of: domainClass) else {
      return nil
    }
    return (pool.pool.id, Set(keys).intersection(pool.keys))
  }

  /// What the list of a class has come to since its pool was written; nothing for a spot of another kind.
  func classKeyChange(at spot: PoolSpot) -> ClassKeyChange {
    guard case .parameter = spot.place, let site = spot.sites.first, site.parameter == .transportMaps,
      let domainClass = DomainClass(spot.parameter), let keys = try? transportKeys(of: domainClass)
    else { return ClassKeyChange() }
    let listed = Set(keys)
    // What has an entry in any table is not the pool's, wherever that is.
    let others = TransportKeys(of: self).keys
    guard site.isInDatabase else {
      return ClassKeyChange(
        new: keys.filter { !others.contains($0) }, former: site.ownKeys.filter { !listed.contains($0) })
    }
    let routes = poolSites().filter { $0.isInDatabase && $0.parameter == site.parameter }
    let known = Set(routes.compactMap(\.routeKey))
    let new = keys.filter { !known.contains($0) && !others.contains($0) }
    let isOwn = site.databasePool == domainClass.poolName
    return ClassKeyChange(
      new: (try? openKeys(new, of: site.parameter, for: site).open) ?? [],
      former: isOwn
        ? routes.filter { $0.id == site.id }.compactMap(\.routeKey).filter { !listed.contains($0) } : [])
  }

  /// With the keys of the lists in the stock pools of classes that are among those named (none: all): in another notation a
  /// class's pool decides for all of its domains.
  func followingLists(of names: [String]) throws(EditError) -> (config: MailConfig, notes: [String]) {
    var config = self
    var notes: [String] = []
    var wanted: Set<String> = []
    for name in names { wanted.formUnion(try poolsNamed(name).map(\.id)) }
    for domainClass in DomainClass.allCases {
      let spot = config.classSpot(domainClass)
      guard let site = spot.sites.first, !site.isInDatabase, names.isEmpty || wanted.contains(site.id) else {
        continue
      }
      let change = config.classKeyChange(at: spot)
      guard !change.isEmpty else { continue }
      config = try config.followingList(change, at: spot)
      notes += change.notes(list: domainClass.list).map { "\(site.id): \($0)" }
    }
    return (config, notes)
  }

  /// With the keys that the list of the class has now.
  func followingList(_ change: ClassKeyChange, at spot: PoolSpot) throws(EditError) -> MailConfig {
    guard !change.isEmpty, let site = spot.sites.first, let domainClass = DomainClass(spot.parameter) else {
      return self
    }
    let allowed = Set(try Converter(self, names: []).classPool(domainClass, site).keys)
    let new = change.new.filter(allowed.contains)
    guard site.isInDatabase else {
      guard change.former.count < site.ownKeys.count + new.count else {
        throw .cannotPool(
          "\(spot.parameter)",
          reason:
            "every domain of \(domainClass.list) has an entry of its own in transport_maps: change those")
      }
      guard let keys = site.keys else { throw .notInOnePlace(site.id) }
      let longer = try adding(new.map { "\($0)=\(domainClass.list)" }, to: keys)
      guard let longerKeys = longer.poolSite(as: site)?.keys else { throw .notInOnePlace(site.id) }
      return try longer.removing(Set(change.former), from: longerKeys)
    }
    guard let pool = site.databasePool, case .database(let table) = site.site.content,
      let document = document(table.database)
    else { throw .notInOnePlace(site.id) }
    var rows = PoolRows(text: document.bytes.text)
    rows.routes.removeAll { $0.map == table.map && $0.pool == pool && change.former.contains($0.key) }
    let known = Set(rows.routes.filter { $0.map == table.map }.map(\.key))
    rows.routes += new.filter { !known.contains($0) }.map { RouteRow(map: table.map, key: $0, pool: pool) }
    var edited = self
    edited.write(rows, to: document)
    return edited
  }
}

extension MailConfig {
  /// The entries in the braces of an `inline:` table, as a list that can be changed.
  private func entryList(of table: TableSpec) throws(EditError) -> (
    list: ListText, keys: [String]
  ) {
    guard case .entries(let entries) = table.content else { throw .notInOnePlace(table.text.text) }
    let inside = 1..<max(1, table.argument.count - 1)
    let items = table.argument.itemRanges(in: inside, where: { $0.isListSeparator }, keepingBraces: true)
    guard items.count == entries.count, let place = table.argument.span(), let document = document(place.file)
    else { throw .notInOnePlace(table.text.text) }
    return (
      ListText(text: table.argument, items: items, document: document),
      entries.map { $0.key.lowercased() }
    )
  }

  /// `new` at the end of an `inline:` table, separated as its entries are.
  private func adding(_ new: [String], to table: TableSpec) throws(EditError) -> MailConfig {
    guard let first = new.first else { return self }
    let (list, keys) = try entryList(of: table)
    var edited = self
    do throws(ListError) {
      var splice = try list.inserting(first, after: keys.count - 1, separator: ", ")
      let separator = splice.bytes.dropLast(first.utf8.count)
      for item in new.dropFirst() { splice.bytes += separator + Bytes(item.utf8) }
      edited.update(list.document.applying([splice]))
    } catch {
      throw .notInOnePlace(table.text.text)
    }
    return edited
  }

  /// Without the entries of these keys.
  func removing(_ gone: Set<String>, from table: TableSpec) throws(EditError) -> MailConfig {
    guard !gone.isEmpty else { return self }
    let (list, keys) = try entryList(of: table)
    var edited = self
    do throws(ListError) {
      let splices = try list.removing(Set(keys.indices.filter { gone.contains(keys[$0]) }))
      edited.update(list.document.applying(splices))
    } catch {
      throw .notInOnePlace(table.text.text)
    }
    return edited
  }
}
