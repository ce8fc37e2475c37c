// Editing the places that decide a destination: main.cf parameters and table entries; and what a text must be to
// be written there.

import PostfixFiles
import Routing

extension MailConfig {
  func settingRoute(_ key: String, to value: String, table: String?) throws(EditRefusal) -> MailConfig {
    let value = value.trimmingSpace
    if table == nil, try isMail(key) {
      throw .badText(
        key,
        reason:
          "it is a kind of mail, and no key of a table; to send that mail there: randmap pool \(key.asArgument) \(value.asArgument)"
      )
    }
    try refuseOtherParameter(key, table: table)
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
      edited.update(document.appending("\(key)\t\(value)"))
      return edited
    }
    edited.update(document.replacingValue(entry.value, of: entry.line, with: value))
    return edited
  }

  func removingRoute(_ key: String, table: String?) throws(EditRefusal) -> MailConfig {
    if table == nil, try isMail(key) { return try removingDecision(of: try Scope(key)) }
    try refuseOtherParameter(key, table: table)
    var edited = self
    if table == nil, let assignment = RoutingParameter(rawValue: key).flatMap({ main[$0] }) {
      edited.update(main.document.removing(assignment.line))
      return edited
    }
    let path = try tablePath(for: key, table: table)
    guard let document = files[path]?.document, let entry = Table(document).first(key) else {
      throw .unknownRoute(key)
    }
    edited.update(document.removing(entry.line))
    return edited.removingEmptyTable(path)
  }

  /// Whether a word means mail, as in `randmap pool`, and no key. Refuses one that is a key too.
  private func isMail(_ key: String) throws(EditRefusal) -> Bool {
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
  private func refuseOtherParameter(_ key: String, table: String?) throws(EditRefusal) {
    let isParameter = main[key] != nil || key.contains("_") && !key.contains { ".@".contains($0) }
    if table == nil, isParameter, RoutingParameter(rawValue: key) == nil { throw .notARoute(key) }
  }

  /// The parameter that a person names in the place of a table, where it has no table for keys yet.
  private func tableToMake(_ name: String?) -> RoutingParameter? {
    guard let parameter = name.flatMap({ RoutingParameter(rawValue: $0) }), parameter.takesTables,
      keyedTable(of: parameter) == nil
    else { return nil }
    return parameter
  }

  /// The table that a person means: the named one, otherwise the one that has the key, otherwise the only one.
  private func tablePath(for key: String, table: String?) throws(EditRefusal) -> String {
    let paths = tablePaths
    if let parameter = table.flatMap({ RoutingParameter(rawValue: $0) }),
      let path = keyedTable(of: parameter)
    {
      return path
    }
    if let table {
      let matches = paths.filter { $0 == absolute(table) || $0 == table || $0.hasSuffix("/\(table)") }
      guard let first = matches.first else { throw .unknownTable(table) }
      guard matches.count == 1 else { throw .ambiguousTable(key, tables: matches) }
      return first
    }
    let holders = paths.filter { path in
      (files[path]?.document).flatMap { Table($0).first(key) } != nil
    }
    if let only = holders.first ?? (paths.count == 1 ? paths.first : nil), holders.count <= 1 { return only }
    if holders.isEmpty, paths.isEmpty { throw .unknownRoute(key) }
    throw .ambiguousTable(key, tables: holders.isEmpty ? paths : holders)
  }

  // MARK: - What a text must be, asked as a person types

  /// Why `result` cannot be a member of `pool`; nil where it can. In Postfix's words.
  package func problem(with result: String, in pool: Pool) -> String? {
    if result.isEmpty {
      return "need a result such as \(pool.kind == .nextHop ? "[host]:port" : "smtp:[host]:port")"
    }
    if let reason = Self.problem(withLine: result) ?? Self.problem(withGateway: result) { return reason }
    if let reason = pool.notation.form.problem(withItem: result) { return reason }
    if pool.place.isInMainCf, result.contains("$") {
      return "$ would be expanded in main.cf: need the text itself"
    }
    if pool.kind == .nextHop, Self.namesTransport(result) {
      return "the members of \(pool.id) are next hops without a transport, such as [gw1.example]:587"
    }
    return pool.kind == .nextHop
      ? problem(withNextHop: SourcedText(builtIn: result))
      : problem(withDestination: SourcedText(builtIn: result), needsTransport: true)
  }

  /// Whether a text that should be a next hop begins with a transport: what is after its colon is no port, and a host would
  /// have a dot in its name. To smtp(8), "lane1:" is a host.
  static func namesTransport(_ text: String) -> Bool {
    // The first of a list: the other hosts may have dots.
    guard let first = nextHopItems(SourcedText(builtIn: text)).first else { return false }
    let destination = Destination(first)
    let (name, rest) = (destination.transport.text, destination.nextHop.text)
    return destination.hasColon && !name.isEmpty && !name.contains { $0 == "." || $0 == "[" }
      && (rest.isEmpty || rest.contains { $0 == "." || $0 == "[" || $0 == ":" })
  }

  /// Why `value` cannot be the value of a parameter or an entry; nil if it can.
  package func problem(withRoute value: String, key: String, table: String?) -> String? {
    if let reason = Self.problem(withLine: value) { return reason }
    let parameter = table == nil ? RoutingParameter(rawValue: key) : nil
    if value.isEmpty {
      if let parameter, !parameter.isDestination { return nil }
      return parameter != nil
        ? "trivial-rewrite(8) would end and all mail would wait: need a transport, or remove the line"
        : "need a result such as smtp:[host]:port; to delete the entry, remove it"
    }
    if parameter?.takesTables == true { return nil }
    if parameter == nil, let path = try? tablePath(for: key, table: table), holdsKeys(path) { return nil }
    let text =
      (parameter != nil ? try? parameters.expand(SourcedText(builtIn: value)) : nil)
      ?? SourcedText(builtIn: value)
    if PoolText(value: text) != nil { return nil }
    return parameter?.resultKind == .nextHop
      ? problem(withNextHop: text) : problem(withDestination: text, needsTransport: false)
  }

  /// Whether the answers of a table are what the next one in a pipemap:{} is asked for, and no destinations.
  private func holdsKeys(_ path: String) -> Bool {
    tableSites.contains { $0.source == path && $0.table?.role == .key }
  }

  /// Why a table in a file has no such key; nil where it may.
  static func problem(withKey key: String) -> String? {
    if key.isEmpty || key.utf8.contains(where: { $0.isSpace || $0 == 0 }) || key.hasPrefix("#") {
      return "need a key without white space that does not start with #"
    }
    // Quotes are taken out when the table is read.
    return key.contains("\"") ? "need a key without \"" : nil
  }

  /// The characters of a key that end it in an inline: table, or mean something else there.
  static func charactersOutsideInline(_ key: String) -> [Character] {
    var found: [Character] = []
    for character in key where "={}$,\"\\".contains(character) || character.isWhitespace {
      if !found.contains(character) { found.append(character) }
    }
    return found
  }

  /// Postfix takes a word for no answer where it looks for a gateway.
  static func problem(withGateway text: String) -> String? {
    SourcedText(builtIn: text).isNoAnswer
      ? "a table says that where the next setting is to decide, and it is no gateway; need a host such as [gw1.example]:587"
      : nil
  }

  static func problem(withLine text: String) -> String? {
    text.utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }
      ? "need one line without control characters" : nil
  }

  func problem(withDestination text: SourcedText, needsTransport: Bool) -> String? {
    let destination = Destination(text)
    let name = destination.transport.text
    if name.isEmpty {
      return needsTransport ? "need a transport: \"smtp:\(text.text.drop { $0 == ":" })\"" : nil
    }
    if name.hasPrefix("[") {
      return "\"\(name)\" would be the name of the transport: need \"smtp:\(text.text)\""
    }
    if let master {
      guard master.transport(name) != nil else {
        return name == "lane"
          ? "\"lane:\" is for randmap pool, which makes the transport: need one of master.cf, such as smtp:[gw1.example]"
          : "no transport \"\(name)\" in master.cf"
      }
    }
    return gatewayTransport(name) == nil ? nil : problem(withNextHop: destination.nextHop, transport: name)
  }

  private func problem(withNextHop text: SourcedText, transport: String? = nil) -> String? {
    let mailProtocol = transport.flatMap { gatewayTransport($0) }?.approach.mailProtocol ?? .smtp
    if mailProtocol.isLocalSocket(text) { return nil }
    for item in mailProtocol.items(of: text) {
      do throws(NextHopProblem) { _ = try HostPort(item.text) } catch {
        return
          "\(error.message) in \"\(printableNextHop(item.text))\": \(mailProtocol)(8) would die of it, and other mail of its transport would wait"
      }
    }
    return nil
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
    applying([Splice(range: line.range.lowerBound..<min(line.range.upperBound + 1, count), bytes: [])])
  }
}
