// Where content_filter and FILTER name a transport: a destination like any other.

import PostfixFiles
import Routing

extension Subject {
  /// The destinations of content filters: of main.cf, of services of master.cf, and of the access tables and header
  /// checks that can be read here.
  var filterViews: [ResultView] {
    var views: [ResultView] = []
    let name = "content_filter"
    if let value = setValue(name) {
      views.append(ResultView(value, kind: .destination, place: .filter(parameter: name), in: self))
    }
    for service in config.master?.services ?? [] where service.overrides.contains(where: { $0.name == name })
    {
      guard let value = try? parameters.seen(by: service).value(name), !value.isEmpty else { continue }
      views.append(ResultView(value, kind: .destination, place: .filter(parameter: name), in: self))
    }
    return views
      + actions.compactMap { action in
        guard let target = action.filterTarget else { return nil }
        return ResultView(target, kind: .destination, place: .filter(parameter: nil), in: self)
      }
  }

  /// What the access tables and header checks answer with, as far as FILTER is in it.
  private var actions: [SourcedText] {
    actionsWithFilter { $0.purpose == .access || $0.parameter.hasSuffix("_checks") }
  }

  /// What some of the other tables answer with, as far as FILTER is in it.
  ///
  /// Each file once: restrictions may name one table a thousand times.
  func actionsWithFilter(of isWanted: (OtherTable) -> Bool) -> [SourcedText] {
    var seen: Set<String> = []
    return otherTables.filter(isWanted).flatMap { table -> [SourcedText] in
      guard table.path == nil || seen.insert(table.text.text).inserted else { return [] }
      return values(of: table) { document in
        ["FILTER", "filter", "Filter"].contains { !document.lines(containing: $0).isEmpty }
      }
    }
  }

  /// What a table answers with, as far as it can be read here.
  ///
  /// - Parameter isWanted: whether a file is worth a look.
  func values(of table: OtherTable, where isWanted: (Document) -> Bool = { _ in true }) -> [SourcedText] {
    guard let spec = try? TableSpec(table.text) else { return [] }
    switch spec.content {
    case .entries(let entries): return entries.map(\.value)
    case .constant(let value): return [value]
    case .patterns(let argument):
      return PatternRules(inline: argument).map { results(of: $0, spec.type) } ?? []
    case .file(let path):
      guard let document = config.otherFiles[config.absolute(path)]?.document, isWanted(document) else {
        return []
      }
      if case .pattern = spec.type { return results(of: PatternRules(document), spec.type) }
      return Table(document).entries.map(\.value)
    default: return []
    }
  }

  private func results(of rules: PatternRules, _ type: TableType) -> [SourcedText] {
    type == .pattern("cidr") ? rules.networkResults : rules.patternResults
  }
}

extension SourcedText {
  /// `smtp:[a]` of `FILTER smtp:[a]`; nil for another action.
  fileprivate var filterTarget: SourcedText? {
    guard count > 7, self[0..<6].text.uppercased() == "FILTER", bytes[6].isSpace else { return nil }
    let target = trimmed(7..<count)
    // Without a colon, or with $1 of a pattern in it, nothing is known of it.
    return target.bytes.contains(UInt8(ascii: ":")) && !target.bytes.contains(UInt8(ascii: "$"))
      ? target : nil
  }
}
