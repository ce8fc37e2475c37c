// Pools that leave a database: in another notation, without their routes, and without a table that has no pool left.

import PostfixFiles
import Routing
import Store

extension MailConfig {
  /// `wanted`, which are pools in databases, in another notation; of `names` those that are left.
  func leavingDatabases(
    _ wanted: [PoolSite], of names: [String], to target: ConversionTarget
  ) throws(EditError) -> (config: MailConfig, notes: [EditNote], rest: [String]) {
    var config = self
    var notes: [EditNote] = []
    for site in wanted {
      try site.guardNoPlan()
      // The names of a class went together.
      guard let current = config.poolSite(as: site) else { continue }
      var spot = try config.spot(of: current, named: site.id)
      if let ofClass = config.classSpot(of: current) { spot = ofClass }
      let content = try current.content.reduced(for: site.id)
      let notation: PoolWish.Notation =
        switch target {
        case .stock: .stock
        case .file: .file
        default: .agent
        }
      // A class's pool follows its list in another notation.
      notes +=
        config.classKeyChange(at: spot).notes(list: DomainClass(spot.parameter)?.list ?? "its list")
        .map { "\(site.id): \($0)" }.asNotes
      config = try config.making(content, at: spot, .named(site.id), in: notation, notes: &notes)
    }
    notes += self.notes(onDatabasesLeftBy: config).asNotes
    let done = Set(wanted.map(\.id))
    return (config, notes, names.filter { name in !done.contains(pool(name)?.id ?? name) })
  }

  /// The names of a class in the database, where a site is one of them.
  private func classSpot(of site: PoolSite) -> PoolSpot? {
    guard site.isInDatabase, site.parameter == .transportMaps else { return nil }
    return DomainClass.allCases.map(classSpot).first { $0.sites.contains { $0.id == site.id } }
  }

  /// Without the routes to a pool that a spot has. Where a table asks for no other pool, main.cf does not name it any more;
  /// the rows stay then, because a daemon asks for them until it is reloaded.
  func leavingDatabase(_ site: PoolSite, at spot: PoolSpot) throws(EditError) -> MailConfig {
    guard case .database(let table) = site.site.content, let document = document(table.database) else {
      throw .notInOnePlace(site.id)
    }
    let routes = poolSites().filter { $0.isInDatabase && $0.parameter == site.parameter }
    let isOfClass = DomainClass(spot.parameter) != nil
    let own = routes.filter { $0.id == site.id && (isOfClass || $0.routeKey == site.routeKey) }
    guard own.count < routes.count else { return try removingTable(of: site) }
    var rows = PoolRows(text: document.bytes.text)
    let keys = Set(own.compactMap(\.routeKey))
    rows.routes.removeAll { $0.map == table.map && keys.contains($0.key) }
    var edited = self
    edited.write(rows, to: document)
    return edited
  }
}

extension MailConfig {
  /// Without the table of a database in the list of its parameter. Its path begins with a `$name`, so it is taken by where
  /// it is written.
  private func removingTable(of site: PoolSite) throws(EditError) -> MailConfig {
    let count = tables(site.parameter).count
    guard count > 1, let place = site.value.span() else { return try removingItem(of: site) }
    guard place.file == main.document.path, let assignment = main[site.parameter],
      let whole = assignment.value.span()
    else { throw .notInOnePlace(site.parameter.rawValue) }
    let bytes = main.document.bytes
    var range = place.range
    while range.upperBound < whole.range.upperBound, bytes[range.upperBound].isListSeparator {
      range = range.lowerBound..<range.upperBound + 1
    }
    if range.upperBound == whole.range.upperBound {
      range = place.range
      while range.lowerBound > whole.range.lowerBound, bytes[range.lowerBound - 1].isListSeparator {
        range = range.lowerBound - 1..<range.upperBound
      }
    }
    var edited = self
    edited.update(main.document.applying([Splice(range: range, bytes: [])]))
    return edited
  }
}

extension PoolContent {
  /// Weights that a list can have.
  fileprivate func reduced(for pool: String) throws(EditError) -> PoolContent {
    let divisor = max(1, (choices + drained).map(\.weight).commonDivisor)
    let total = choices.reduce(0) { $0 + $1.weight / divisor }
    guard total <= largestTotal else {
      throw .cannotConvert(
        pool,
        reason:
          "its weights come to \(total) parts, and other notations list each part: need at most \(largestTotal); "
          + "set smaller ones first, with randmap set \(pool.asArgument) MEMBER WEIGHT"
      )
    }
    if let large = drained.first(where: { $0.weight / divisor > largestTotal }) {
      let name = large.result.asArgument
      throw .cannotConvert(
        pool,
        reason:
          "its drained member \(large.result) has a weight of \(large.weight), which comes to \(large.weight / divisor) parts, and "
          + "other notations list each part: need at most \(largestTotal); remove it first, or give it a smaller weight: "
          + "randmap restore \(name), randmap set \(pool.asArgument) \(name) WEIGHT, and randmap drain \(name)"
      )
    }
    func smaller(_ choice: Choice) -> Choice {
      Choice(result: choice.result, weight: choice.weight / divisor, drain: choice.drain)
    }
    return PoolContent(kind: kind, choices: choices.map(smaller), drained: drained.map(smaller))
  }
}
