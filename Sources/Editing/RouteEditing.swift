// Editing the places that decide a destination: main.cf parameters and table entries.

import PostfixFiles
import Routing

extension MailConfig {
  func settingRoute(_ key: String, to value: String, table: String?) throws(EditError) -> MailConfig {
    let value = value.trimmingSpace
    if table == nil, try isMail(key) {
      throw .badText(
        key,
        reason:
          "it is a kind of mail, and no key of a table; to send that mail there: randmap pool \(key.asArgument) \(value.asArgument)"
      )
    }
    try refuseOtherParameter(key, table: table)
    if table == nil, RoutingParameter(rawValue: key) == nil, tablePaths.isEmpty, key.contains(".") {
      throw .badText(
        key,
        reason:
          "main.cf names no table for entries yet; to send its mail there: randmap pool \("to:\(key)".asArgument) \(value.asArgument)"
      )
    }
    // What a value must be, its table says.
    if table == nil, RoutingParameter(rawValue: key) == nil { _ = try tablePath(for: key, table: nil) }
    if let reason = problem(withRoute: value, key: key, table: table) {
      throw .badText(value, reason: reason)
    }
    var edited = self
    if table == nil, let parameter = RoutingParameter(rawValue: key) {
      guard let assignment = main[parameter] else {
        edited.update(main.document.appending("\(key) = \(value)"))
        return edited
      }
      edited.update(main.document.replacingValue(assignment.value, of: assignment.line, with: value))
      return edited
    }
    if let parameter = tableToMake(table) {
      if let reason = Self.problem(withKey: key) { throw .badText(key, reason: reason) }
      return try setting(key, of: parameter, to: value, at: nil, inTable: true).config
    }
    let path = try tablePath(for: key, table: table)
    guard let document = files[path]?.document else { throw .unknownTable(path) }
    guard let entry = Table(document).first(key) else {
      if let reason = Self.problem(withKey: key) { throw .badText(key, reason: reason) }
      edited.update(document.adding(value, for: key))
      return edited
    }
    edited.update(document.replacingValue(entry.value, of: entry.line, with: value))
    return edited
  }

  func removingRoute(_ key: String, table: String?) throws(EditError) -> MailConfig {
    if table == nil, try isMail(key) { return try removingDecision(of: try Scope(key)) }
    try refuseOtherParameter(key, table: table)
    var edited = self
    if table == nil, let assignment = RoutingParameter(rawValue: key).flatMap({ main[$0] }) {
      edited.update(main.document.removing(assignment.line))
      return edited
    }
    if table == nil, holders(of: key).isEmpty { throw .unknownRoute(key) }
    let path = try tablePath(for: key, table: table)
    guard let document = files[path]?.document, let entry = Table(document).first(key) else {
      throw .unknownRoute(key)
    }
    edited.update(document.removing(entry.line))
    return edited.removingEmptyTable(path)
  }

  /// Whether a word means mail, as in `randmap pool`, and no key. Refuses one that is a key too.
  private func isMail(_ key: String) throws(EditError) -> Bool {
    if ["to:", "from:", "class:"].contains(where: key.hasPrefix) { return true }
    guard key == "\(Scope.outbound)" else { return false }
    if let path = tablePaths.first(where: { (files[$0]?.document).flatMap { Table($0).first(key) } != nil }) {
      throw .badCall(
        "\"\(key)\" is all mail that leaves, and a key of \(path): for the key add --table \(path.asArgument); for the mail say the parameter, such as relayhost"
      )
    }
    return true
  }

  /// Refuses what is a parameter and decides no destination: nothing else has such a name without a domain's dot.
  private func refuseOtherParameter(_ key: String, table: String?) throws(EditError) {
    let isParameter = main[key] != nil || key.contains("_") && !key.contains { ".@".contains($0) }
    if table == nil, isParameter, RoutingParameter(rawValue: key) == nil { throw .notARoute(key) }
  }

  /// The parameter that a person names in the place of a table, where it has no table for keys yet.
  func tableToMake(_ name: String?) -> RoutingParameter? {
    guard let parameter = name.flatMap({ RoutingParameter(rawValue: $0) }), parameter.takesTables,
      keyedTable(of: parameter) == nil
    else { return nil }
    return parameter
  }

  /// Whether a person means the table at `path` by `name`: its path, or the end of it.
  func isTable(_ path: String, named name: String) -> Bool {
    path == absolute(name) || path == name || path.hasSuffix("/\(name)")
  }

  /// The table that a person means: the named one, otherwise the one that has the key, otherwise the only one.
  func tablePath(for key: String, table: String?) throws(EditError) -> String {
    let paths = tablePaths
    if let parameter = table.flatMap({ RoutingParameter(rawValue: $0) }),
      let path = keyedTable(of: parameter)
    {
      return path
    }
    if let table {
      let matches = paths.filter { isTable($0, named: table) }
      guard let first = matches.first else { throw .unknownTable(table) }
      guard matches.count == 1 else { throw .ambiguousTable(key, tables: matches) }
      return first
    }
    let holders = holders(of: key)
    if paths.isEmpty { throw .unknownRoute(key) }
    let asked = paths.filter { isAsked(key, in: $0) }
    // Where no table is asked for it, a person chooses, and is told so.
    let choice = holders.isEmpty ? asked.isEmpty ? paths : asked : holders
    if choice.count == 1 { return choice[0] }
    throw .ambiguousTable(key, tables: choice, deciding: deciding(among: holders, for: key))
  }

  /// The tables that have the key.
  private func holders(of key: String) -> [String] {
    tablePaths.filter { path in (files[path]?.document).flatMap { Table($0).first(key) } != nil }
  }

  /// Whether some setting that names the table looks such a key up.
  private func isAsked(_ key: String, in path: String) -> Bool {
    let route = RouteName(key: key, table: path)
    let parameters = route.parameters(in: self)
    return parameters.isEmpty || route.isPattern(in: self)
      || parameters.contains { OddKey(key, in: $0.keys) == nil }
  }
}

extension String {
  var trimmingSpace: String {
    let bytes = Bytes(utf8)
    return bytes[bytes.trimmed(0..<bytes.count)].text
  }
}

extension Document {
  /// With `value`, a part of `line`, replaced.
  func replacingValue(_ value: SourcedText, of line: LogicalLine, with text: String) -> Document {
    if let place = value.span() { return applying([Splice(range: place.range, bytes: Bytes(text.utf8))]) }
    let end = line.range.upperBound
    return applying([Splice(range: end..<end, bytes: Bytes(((text.isEmpty ? "" : " ") + text).utf8))])
  }

  /// With a line at the end; a last line without a newline gets one first.
  func appending(_ line: String) -> Document {
    let needsNewline = count > 0 && self[count - 1..<count] != [.newline]
    return applying([
      Splice(range: count..<count, bytes: Bytes(((needsNewline ? "\n" : "") + line + "\n").utf8))
    ])
  }

  /// Without a logical line, the comments between its parts included.
  func removing(_ line: LogicalLine) -> Document {
    applying([Splice(range: wholeLine(line.range), bytes: [])])
  }

  /// A line with its newline, where it has one.
  func wholeLine(_ line: Range<Int>) -> Range<Int> { line.lowerBound..<min(line.upperBound + 1, count) }
}
