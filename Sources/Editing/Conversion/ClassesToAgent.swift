// The pool of a class of recipients on its way from transport_maps back into the parameter of the class: the agent needs no
// keys for it, and the class may get more domains.

import PostfixFiles
import Routing

/// The site of the pool of a class, as stock Postfix has it.
struct ClassSite {
  let site: PoolSite
  let domainClass: DomainClass
}

extension Converter {
  /// The selected pools that the parameter of a class can hold with the same meaning. All others stay where they are.
  var classPools: [ClassSite] {
    DomainClass.allCases.compactMap { domainClass in
      guard let own = config.classSpot(domainClass).sites.first, own.isTable, !own.isInDatabase,
        let site = selected.first(where: { $0.index == own.index }),
        config.classKeyChange(at: config.classSpot(domainClass)).isEmpty,
        (try? classPool(domainClass, site)) != nil, !isHidden(site)
      else { return nil }
      return ClassSite(site: site, domainClass: domainClass)
    }
  }

  /// Whether another table has one of its keys: which of the two decides depends on their order.
  private func isHidden(_ site: PoolSite) -> Bool {
    let keys = Set(site.ownKeys)
    return config.tables(.transportMaps).compactMap { try? $0.get() }.contains { table in
      // Patterns are asked for whole addresses, and decide before both.
      table.text.span() != site.site.table?.item.text.span() && !table.unproxied.isPattern
        && (config.databaseTable(table.unproxied) != nil
          || config.entries(of: table.unproxied)?.contains { keys.contains($0.key) } ?? true)
    }
  }

  mutating func putBack(_ pools: [ClassSite]) throws(EditError) {
    guard !pools.isEmpty else { return }
    for pool in pools { _ = try separated(pool.site.content, for: pool.site) }
    let maps = RoutingParameter.transportMaps
    guard let list = config.tableList(of: maps) else { throw .notInOnePlace(maps.rawValue) }
    let gone = list.indices(of: pools.compactMap { $0.site.site.table?.item })
    guard gone.count == pools.count else { throw .notInOnePlace(maps.rawValue) }
    var lines: [String] = []
    for pool in pools {
      let transport = pool.domainClass.transport
      let assignment = assignment(transport, pool.site.content)
      if config.main[transport] != nil {
        replaceAssignment(of: transport, with: assignment)
      } else {
        lines += assignment
      }
      replace(pool.site, at: [transport])
    }
    guard gone.count < list.items.count else { return replaceAssignment(of: maps, with: lines) }
    do throws(ListError) {
      for splice in try list.removing(gone) { self.splice(config.main.document.path, splice.range, "") }
    } catch {
      throw .notInOnePlace(maps.rawValue)
    }
    guard !lines.isEmpty, let line = config.main[maps]?.line else { return }
    let start = line.range.lowerBound
    splice(config.main.document.path, start..<start, lines.map { "\($0)\n" }.joined())
  }
}
