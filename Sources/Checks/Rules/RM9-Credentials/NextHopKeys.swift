// The tables that smtp(8) and lmtp(8) ask for a next hop: smtp_sasl_password_maps and smtp_tls_policy_maps. Their keys are
// compared byte for byte with the next hop as it is written, folded to lower case.

import Gateways
import PostfixFiles
import Routing

struct NextHopKeys: Sendable {
  struct Entry: Sendable {
    /// In lower case.
    let key: String
    let keyText: SourcedText
    /// Whether it is of an inline: table: then that text is the whole table, with all passwords.
    var isInline = false
    /// Of credentials a secret: it is never part of a message.
    let value: SourcedText

    /// The key, for a message.
    var quoted: Bytes { credentialKey(isInline ? Bytes(key.utf8) : keyText.bytes) }
  }

  let parameter: String
  /// In the order of the tables; of two with one key in one table the first counts.
  private(set) var entries: [Entry] = []
  /// The later ones of two with one key in one table, with the first.
  private(set) var repeats: [(later: Entry, first: Entry, type: TableType)] = []
  /// The lines that postmap(1) leaves out, or stores as something else.
  private(set) var refused: [(line: LogicalLine, document: Document, problem: TableLineError)] = []
  /// Whether all tables could be read: what another has in it is not known here.
  private(set) var isComplete = true
  private var byKey: [String: Int] = [:]

  /// - Parameter parameters: of main.cf, or as a service sees them with its overrides.
  init(_ parameter: String, in config: MailConfig, _ parameters: Parameters) {
    self.parameter = parameter
    guard let value = try? parameters.value(parameter) else {
      isComplete = false
      return
    }
    for item in value.listItems {
      guard let spec = try? TableSpec(item) else {
        isComplete = false
        continue
      }
      add(spec.unproxied, config)
    }
  }

  private mutating func add(_ spec: TableSpec, _ config: MailConfig) {
    switch spec.content {
    case .entries(let entries):
      for (key, value) in entries { add(Entry(key: key, keyText: spec.text, isInline: true, value: value)) }
    case .file(let path):
      guard let document = config.otherFiles[config.absolute(path)]?.document else {
        isComplete = false
        return
      }
      if case .pattern = spec.type {
        isComplete = false
        return
      }
      var own: [String: Entry] = [:]
      for line in document.lines {
        let found: TableEntry
        do throws(TableLineError) {
          found = try Table(document).entry(line)
        } catch {
          refused.append((line, document, error))
          continue
        }
        let entry = Entry(key: found.key.text.lowercased(), keyText: found.key, value: found.value)
        if let first = own[entry.key] {
          repeats.append((entry, first, spec.type))
        } else {
          own[entry.key] = entry
          add(entry)
        }
      }
    default: isComplete = false
    }
  }

  private mutating func add(_ entry: Entry) {
    if byKey[entry.key] == nil { byKey[entry.key] = entries.count }
    entries.append(entry)
  }

  func entry(_ key: String) -> Entry? { byKey[key].map { entries[$0] } }
}

/// A gateway as a next hop names it, and the keys that it is looked up by.
struct AskedGateway: Sendable {
  /// The item of the next-hop list, as it is written.
  let item: SourcedText
  let host: HostPort
  let service: Service?

  var written: String { item.text.lowercased() }
  var hostName: String { host.host.lowercased() }

  /// What smtp_sasl_password_maps is asked for: the server's name, then the next hop. Without brackets the name is that
  /// of a mail exchanger, which DNS decides.
  var credentialKeys: [String] { host.isBracketed ? [hostName, written] : [written] }

  /// The same host in other spellings: `gw`, `[gw]`, `gw:587`, `smtp:[gw]:587`.
  static func bareHost(_ key: String) -> String {
    let key =
      ["smtp:", "smtps:", "relay:", "submission:"].first { key.hasPrefix($0) }
      .map { key.dropFirst($0.count) }.map(String.init) ?? key
    guard let parsed = try? HostPort(key) else { return key }
    return parsed.host.lowercased()
  }
}

extension Subject {
  /// Of main.cf.
  func nextHopKeys(of parameter: String) -> NextHopKeys {
    nextHopKeys[parameter] ?? NextHopKeys(parameter, in: config, parameters)
  }

  /// The gateways that mail leaves by, wherever they are named outside of large tables; the values of these are looked at
  /// up to a number that a person could have written.
  var askedGateways: [AskedGateway] { askedGateways(by: .smtp) }

  func askedGateways(by mailProtocol: MailProtocol) -> [AskedGateway] {
    var views = resultViews
    var seen: Set<String> = []
    for use in tables where seen.insert(use.path).inserted {
      guard let document = config.files[use.path]?.document, let kind = use.values,
        document.lines.count <= 20_000
      else { continue }
      if case .pattern = use.type { continue }
      views += Table(document).entries.map {
        ResultView(
          $0.value, kind: kind, place: .entry(table: use.path, key: $0.key.text), in: self)
      }
    }
    return views.filter { $0.mailProtocol == mailProtocol }.flatMap(\.askedGateways)
  }

  /// The tables of a kind, of main.cf and of services with one of their own, with the gateways that each is asked for.
  func keysByClient(_ end: String) -> [(keys: NextHopKeys, gateways: [AskedGateway], program: String)] {
    [MailProtocol.smtp, .lmtp].flatMap {
      mailProtocol -> [(keys: NextHopKeys, gateways: [AskedGateway], program: String)] in
      let parameter = "\(mailProtocol.rawValue)\(end)"
      let own = (config.master?.services ?? []).filter { service in
        service.isTransport && service.isSMTPClient && service.overrides.contains { $0.name == parameter }
      }
      let main = nextHopKeys(of: parameter)
      guard !own.isEmpty || !main.entries.isEmpty else { return [] }
      let names = Set(own.map(\.name))
      let gateways = askedGateways(by: mailProtocol)
      let program = "\(mailProtocol.rawValue)(8)"
      let others = gateways.filter { gateway in gateway.service.map { !names.contains($0.name) } ?? true }
      return [(main, others, program)]
        + own.map { service in
          (
            NextHopKeys(parameter, in: config, parameters.seen(by: service)),
            gateways.filter { $0.service?.name == service.name }, program
          )
        }
    }.filter { !$0.keys.entries.isEmpty }
  }

  /// Whether every table of routes could be read.
  var knowsItsGateways: Bool {
    let maps = maps.compactMap { try? $0.table.get() }.flatMap(\.flattened)
    return !maps.contains(where: \.isService)
      && tables.allSatisfy { (config.files[$0.path]?.document?.lines.count).map { $0 <= 20_000 } ?? false }
  }
}

extension ResultView {
  var askedGateways: [AskedGateway] {
    zip(items, hosts).compactMap { item, host in
      host.map { AskedGateway(item: item, host: $0, service: transportService) }
    }
  }
}
