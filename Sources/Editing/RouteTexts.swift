// What a text must be to be written where a destination is decided, asked as a person types.

import PostfixFiles
import Routing

extension MailConfig {
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
    return holdsNextHops(key, parameter, table: table)
      ? problem(withNextHop: text) : problem(withDestination: text, needsTransport: false)
  }

  /// Whether a value there is a next hop alone, as in each table of sender_dependent_relayhost_maps.
  private func holdsNextHops(_ key: String, _ parameter: RoutingParameter?, table: String?) -> Bool {
    if let parameter = parameter ?? tableToMake(table) { return parameter.resultKind == .nextHop }
    guard let path = try? tablePath(for: key, table: table) else { return false }
    let uses = tableSites.filter { $0.source == path }.map(\.parameter.resultKind)
    return !uses.isEmpty && uses.allSatisfy { $0 == .nextHop }
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
      do throws(NextHopError) { _ = try HostPort(item.text) } catch {
        return
          "\(error.message) in \"\(printableNextHop(item.text))\": \(mailProtocol)(8) would end with an error, and other mail of its transport would wait"
      }
    }
    return nil
  }
}
