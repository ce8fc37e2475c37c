// What else Postfix uses a table of routes for. A key in the table of transport_maps may be a domain of relay_domains as well,
// or a recipient that this host accepts: then more than a route comes and goes with it.

import PostfixFiles
import Routing

/// Another setting that reads the text of a table.
struct TableUse: Hashable, Sendable {
  let parameter: String
  /// The service of master.cf that sets it; nil: main.cf.
  let service: String?

  /// What it asks the table for.
  private enum Keys {
    case domains, recipients
    /// Any key, and its value counts.
    case all
  }

  private var keys: Keys {
    if OtherTableParameter.domains.contains(parameter) { return .domains }
    return ["local_recipient_maps", "relay_recipient_maps"].contains(parameter) ? .recipients : .all
  }

  /// Whether it asks for such a key at all.
  func asks(for key: String) -> Bool {
    switch keys {
    case .domains: !key.contains("@") && key != "*"
    // A name alone is that of a local user.
    case .recipients: key.contains("@") || !key.contains(".") && key != "*"
    case .all: true
    }
  }

  /// Whether it goes by the value of a key, and not by the key alone.
  var takesValues: Bool { keys == .all }

  /// For people.
  var words: String {
    service.map { "\(parameter) of service \($0) in master.cf" } ?? parameter
  }

  /// What it means that keys are gone from the table.
  func words(without names: String) -> String {
    switch keys {
    case .domains where parameter == "relay_domains":
      "this host would refuse mail for \(names) from outside"
    case .domains: "this host would not take mail for \(names) as its own any more"
    case .recipients: "this host would refuse mail for \(names) as that of an unknown user"
    case .all: "there would be no entry for \(names) in it any more"
    }
  }

  /// The same of keys that are new.
  func words(with names: String) -> String {
    switch keys {
    case .domains where parameter == "relay_domains":
      "this host would accept mail for \(names) from anybody, and relay it"
    case .domains: "this host would take mail for \(names) as its own"
    case .recipients: "this host would accept mail for \(names)"
    case .all: "there would be an entry for \(names) in it"
    }
  }
}

extension MailConfig {
  /// Lists of what may be opened or is built, and what probes ask in the place of the routes.
  private static let noUses: Set = [
    "proxy_read_maps", "proxy_write_maps", "alias_database", "address_verify_transport_maps",
    "address_verify_sender_dependent_default_transport_maps",
    "address_verify_sender_dependent_relayhost_maps",
  ]

  /// Every setting of main.cf and every `-o` of master.cf that reads the table at `path` for something else than routes, by
  /// whatever type and with `proxy:` or without. The names of such settings are not known: Postfix has hundreds, and a
  /// restriction class has the name that a person gave it.
  func otherUses(of path: String) -> [TableUse] {
    // A conversion asks for each of thousands of entries.
    workedOut(of: path) { findOtherUses(of: Self.realPath(path)) }
  }

  /// One file has many names.
  private static func realPath(_ path: String) -> String { FileReader.realPath(path) ?? path }

  private func findOtherUses(of path: String) -> [TableUse] {
    let parameters = parameters
    var uses: [TableUse] = []
    func add(_ name: String, _ raw: SourcedText, _ parameters: Parameters, _ service: String? = nil) {
      let use = TableUse(parameter: name, service: service)
      guard RoutingParameter(rawValue: name) == nil, !Self.noUses.contains(name), !uses.contains(use),
        let value = try? parameters.expand(raw, for: name), names(path, in: value), !isOnlyReferred(to: name)
      else { return }
      uses.append(use)
    }
    for assignment in main.assignments where main[assignment.name]?.line == assignment.line {
      add(assignment.name, assignment.value, parameters)
    }
    for service in master?.services ?? [] where !service.overrides.isEmpty {
      let seen = parameters.seen(by: service)
      for (name, value) in service.overrides { add(name, value, seen, service.name) }
    }
    return uses
  }

  /// Whether a name is a parameter of the administrator's own, whose value others have as `$name`.
  private func isOnlyReferred(to name: String) -> Bool {
    let isPostfixs =
      OtherTableParameter.domains.contains(name) || OtherTableParameter.lists.contains(name)
      || ParameterTable.common.place(of: name) != nil || name.hasSuffix("_restrictions")
      || parameters.text("smtpd_restriction_classes").split { $0 == "," || $0.isWhitespace }.contains {
        $0 == name
      }
    let values =
      main.assignments.map(\.value) + (master?.services ?? []).flatMap { $0.overrides.map(\.value) }
    return !isPostfixs && values.contains { $0.refers(to: name) }
  }

  /// Whether a value names a table or a list in the file at `path`.
  private func names(_ path: String, in value: SourcedText, depth: Int = 0) -> Bool {
    value.listItems.contains { item in
      let text = item[item.bytes.prefix { $0 == UInt8(ascii: "!") }.count..<item.count]
      switch text.bytes.first {
      case UInt8(ascii: "/"): return Self.realPath(absolute(text.text)) == path
      // `{ check_sender_access hash:... }`; text that is nested deeper means nothing.
      case .openBrace:
        let inside = text.withoutBraces
        return inside.count < text.count && depth < TableSpec.maximumDepth
          && names(path, in: inside, depth: depth + 1)
      default: if !text.bytes.contains(.colon) { return false }
      }
      return ((try? TableSpec(text))?.flattened ?? []).contains { table in
        if case .file(let name) = table.content { Self.realPath(absolute(name)) == path } else { false }
      }
    }
  }

  /// Whether another setting asks the table at `path` for a key.
  func isAskedElsewhere(for key: String, in path: String) -> Bool {
    otherUses(of: path).contains { $0.asks(for: key) }
  }
}
