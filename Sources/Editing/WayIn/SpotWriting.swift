// Putting a pool where the choice is made and none is. It is written as the agent reads it; a conversion then makes of that what
// the wanted notation needs.

import Changes
import PostfixFiles
import Routing

extension MailConfig {
  /// - Parameter asTable: whether an entry that is new goes into a table of its own kind, and not into main.cf.
  func writing(
    _ content: PoolContent, at spot: PoolSpot, inTable: Bool
  ) throws(EditError) -> (config: MailConfig, place: Place) {
    guard let separator = SeparatorNotation.free(in: content.choices.map(\.result)) else {
      throw .badText(
        content.choices.first?.result ?? "", reason: "no character is left to separate the members")
    }
    let items = content.results.map { [separator].text + $0 }
    let short = "randmap:" + items.joined()
    let text = short.count <= SpecText.width - 20 ? short : "randmap:" + items.map { "\n    \($0)" }.joined()
    switch spot.place {
    case .parameter(let parameter): return (setting(parameter, to: text), .parameter(parameter))
    case .key(let key, of: let parameter):
      var entry = spot.entry
      // In a union other tables may add to the answer: the pool comes in front of it.
      if !inTable, let table = entry?.table, table.isInUnion { entry = nil }
      // A stock pool takes its entry out of the table. Where another setting asks for that too, the pool comes in front.
      if !inTable, case .entry(let table, _)? = entry?.place, isAskedElsewhere(for: key, in: table) {
        entry = nil
      }
      return try setting(key, of: parameter, to: text, at: entry, inTable: inTable)
    }
  }

  /// With `parameter = text`.
  func setting(_ parameter: RoutingParameter, to text: String) -> MailConfig {
    var edited = self
    if let assignment = main[parameter] {
      edited.update(main.document.replacingValue(assignment.value, of: assignment.line, with: text))
    } else {
      edited.update(main.document.appending("\(parameter) = \(text)"))
    }
    return edited
  }

  /// Adds an entry for a key. Makes the table if it does not exist.
  func setting(
    _ key: String, of parameter: RoutingParameter, to text: String, at entry: Site?, inTable: Bool
  ) throws(EditError) -> (config: MailConfig, place: Place) {
    var edited = self
    if let entry, case .value(let value) = entry.content, let place = value.span(),
      let document = document(place.file)
    {
      edited.update(document.applying([Splice(range: place.range, bytes: Bytes(text.utf8))]))
      return (edited, entry.place)
    }
    guard inTable || !Self.charactersOutsideInline(key).isEmpty else {
      let item = "inline:{{\(key)=\(text)}}"
      return (try edited.inserting(item, into: parameter, first: true), .inlineEntry(of: parameter, key: key))
    }
    if let reason = Self.problem(withKey: key) { throw .badText(key, reason: reason) }
    if let path = keyedTable(of: parameter, for: key), let document = files[path]?.document {
      edited.update(document.adding(text, for: key))
      return (edited, .entry(table: path, key: key))
    }
    let type = parameters.text("default_database_type")
    switch TableType(type) {
    case .indexed, .texthash: break
    default:
      throw .cannotPool(
        parameter.rawValue,
        reason:
          "default_database_type is \"\(type)\", and no table of keys can be made of it: need hash or lmdb")
    }
    let (path, name) = try freeTable(for: parameter)
    if let left = emptyTableLeft(at: path) {
      edited.update(left.adding(text, for: key))
    } else {
      edited.update(Self.newTable(path, entry: "\(key)\t\(text)"))
    }
    edited = try edited.inserting("\(type):$config_directory/\(name)", into: parameter, first: false)
    return (edited, .entry(table: path, key: key))
  }

  /// The first table of a parameter that a person writes keys and values into.
  ///
  /// - Parameter key: one that is to come into it: no other setting may ask the table for that.
  func keyedTable(of parameter: RoutingParameter, for key: String? = nil) -> String? {
    let paths = tableSites(of: parameter).lazy.compactMap { site -> String? in
      guard let table = site.table, table.isWholeItem, table.isAnswer, !table.spec.isPattern,
        let path = site.source, files[path]?.document != nil,
        !(key.map { isAskedElsewhere(for: $0, in: path) } ?? false)
      else { return nil }
      return path
    }
    let former = key.flatMap { key in
      paths.first { files[$0]?.document?.placeMark(of: key) != nil }
    }
    return former ?? paths.first
  }

  private func freeTable(for parameter: RoutingParameter) throws(EditError) -> (path: String, name: String) {
    let usual = parameter == .transportMaps ? "transport" : "sender_transport"
    for name in [usual, "randmap_\(usual)"] {
      let path = "\(directory)/\(name)"
      // An index may be there without its text: it has keys that the new one would not.
      let indexes = IndexType.allCases.map { path + $0.suffix }
      if emptyTableLeft(at: path) != nil { return (path, name) }
      let isFree = ([path] + indexes).allSatisfy { FileReader.realPath($0) == nil }
      if isFree, document(path) == nil, !tableSites.contains(where: { $0.source == path }) {
        return (path, name)
      }
    }
    throw .cannotPool(
      parameter.rawValue,
      reason:
        "\(directory)/\(usual) or an index of it exists. It is no table that could be read: name a table in \(parameter) first"
    )
  }

  /// With a table in the list of a parameter.
  func inserting(
    _ item: String, into parameter: RoutingParameter, first: Bool
  ) throws(EditError) -> MailConfig {
    var edited = self
    guard let assignment = main[parameter], !assignment.value.isEmpty else {
      edited = setting(parameter, to: item)
      return edited
    }
    guard let place = assignment.value.span(), place.file == main.document.path else {
      throw .notInOnePlace(parameter.rawValue)
    }
    let at = first ? place.range.lowerBound : place.range.upperBound
    let text = first ? "\(item),\n    " : ",\n    \(item)"
    edited.update(main.document.applying([Splice(range: at..<at, bytes: Bytes(text.utf8))]))
    return edited
  }
}
