// The sites of one table specification, one table inside another.

import PostfixFiles

/// Collects the sites of one parameter that takes tables.
struct SiteWalk {
  let config: MailConfig
  let parameter: RoutingParameter
  var sites: [Site] = []
  /// Of the item that is walked: see SiteTable.
  private var firstOfItem: TableSpec?

  /// What the tables around a table make of its answers.
  private struct Surrounding {
    var keys: KeySpace
    var kind: ResultKind?
    var role = SiteTable.Role.answer
    var net: StockNet?
    var isWholeItem = true
  }

  init(config: MailConfig, parameter: RoutingParameter) {
    self.config = config
    self.parameter = parameter
  }

  mutating func add(_ item: TableSpec) {
    firstOfItem = nil
    // Once, and not for each of its pools: there may be thousands.
    if case .pipe(let stages) = item.unproxied.content, let first = stages.first, !first.hasPool {
      firstOfItem = first
    }
    add(item, in: item, Surrounding(keys: parameter.keys, kind: parameter.resultKind))
  }

  private mutating func add(_ spec: TableSpec, in item: TableSpec, _ around: Surrounding) {
    let table = SiteTable(
      item: item, spec: spec, keys: around.keys, role: around.role, net: around.net,
      isWholeItem: around.isWholeItem, firstOfItem: firstOfItem)
    func site(_ place: Place, _ content: Site.Content) -> Site {
      Site(
        place: place, parameter: parameter, content: content, kind: around.kind, table: table, isSet: true)
    }
    switch spec.content {
    case .draw(let items):
      let pool = PoolText(notation: .stock, text: spec.argument, items: items)
      sites.append(site(.item(of: parameter), .draw(pool)))
    case .entries(let entries):
      sites += entries.map { site(.inlineEntry(of: parameter, key: $0.key), .value($0.value)) }
    case .constant(let value): sites.append(site(.item(of: parameter), .value(value)))
    case .file(let path):
      let path = config.absolute(path)
      sites.append(site(.table(path), .source(path)))
    case .patterns(let text): sites.append(site(.item(of: parameter), .patterns(text)))
    case .service:
      let content = config.databaseTable(spec).map { Site.Content.database($0) } ?? .service
      sites.append(site(.item(of: parameter), content))
    case .proxied(let inner): add(inner, in: item, around)
    case .union(let parts):
      for (index, part) in parts.enumerated() {
        var inside = around
        inside.isWholeItem = false
        inside.net = index == 0 ? .afterEach(Array(parts.dropFirst())) : nil
        if index > 0, around.role != .key {
          // The results are joined to one list: only the first names the transport.
          inside.role = .addition
          inside.kind = .nextHop
        }
        add(part, in: item, inside)
      }
    case .pipe(let stages):
      let meaning = stages.count > 1 ? stages.last.flatMap { $0.hasEntries ? $0 : nil } : nil
      for (index, stage) in stages.enumerated() {
        let isLast = index == stages.count - 1
        var inside = around
        inside.isWholeItem = false
        if index > 0 { inside.keys = .results }
        inside.net = index == stages.count - 2 ? meaning.map { .translated(by: $0) } : nil
        if !isLast {
          inside.kind = nil
          inside.role = .key
        } else if meaning != nil, stages[index - 1].hasPool {
          inside.role = .meaning
        }
        add(stage, in: item, inside)
      }
    }
  }
}

extension TableSpec {
  /// Without `proxy:` around it.
  package var unproxied: TableSpec {
    if case .proxied(let inner) = content { inner.unproxied } else { self }
  }

  /// Whether it answers by keys that can be listed.
  fileprivate var hasEntries: Bool {
    switch content {
    case .entries: true
    case .file: if case .pattern = type { false } else { true }
    default: false
    }
  }
}
