// The parameters that are in force: master.cf's `-o` before main.cf before the environment before the built-in
// defaults, with `$name` expanded.

package struct Parameters: Sendable {
  package let main: MainCf
  package let configDirectory: String
  package let environment: Environment
  private var overrides: [String: SourcedText] = [:]
  /// The names of the service and of its program; nil for what main.cf says to all of them.
  private var service: (name: String, command: String)?

  package init(main: MainCf, configDirectory: String, environment: Environment) {
    self.main = main
    self.configDirectory = configDirectory
    self.environment = environment
  }

  /// The parameters as a service of master.cf sees them.
  package func seen(by service: Service) -> Parameters {
    var seen = self
    for (name, value) in service.overrides { seen.overrides[name] = value }
    seen.service = (service.name, service.command)
    return seen
  }

  /// The parameters as a program sees them that has the usual service name and nothing of its own set.
  package func seen(by program: ReadingProgram) -> Parameters {
    var seen = self
    seen.service = (program == .rewrite ? "rewrite" : program.rawValue, program.rawValue)
    return seen
  }

  /// What main.cf or the service sets it to, before expansion.
  package func setting(_ name: String) -> SourcedText? { overrides[name] ?? main[name]?.value }

  /// The value of `name` before expansion; nil where nothing sets it and Postfix has no such parameter that we know.
  package func raw(_ name: String) -> SourcedText? {
    switch lookup(name, at: .end) {
    case nil: nil
    case .set(let text), .standard(let text, _): text
    case .domain: try? value(name)
    }
  }

  /// Whether main.cf or the service sets it.
  package func isSet(_ name: String) -> Bool { setting(name) != nil }

  /// The value of `name`, expanded; empty without a value. It is what the program that reads it gets at that moment: a
  /// default of what it reads later counts as empty.
  package func value(_ name: String) throws(ExpansionError) -> SourcedText {
    let text = try writtenValue(name)
    guard name == "myorigin", case .name(let line)? = environment.originFiles[text.text] else { return text }
    return SourcedText(builtIn: line.text)
  }

  /// The same where the value of myorigin is still the name of a file: as other values see it.
  private func writtenValue(_ name: String) throws(ExpansionError) -> SourcedText {
    // Nearly all values name no other, and many are asked for.
    switch setting(name).map({ .set($0) }) ?? lookup(name, at: .end) {
    case nil: return SourcedText()
    case .set(let text), .standard(let text, _):
      if !text.bytes.contains(UInt8(ascii: "$")) { return text }
    case .domain: break
    }
    let expansion = expansion
    guard let place = place(of: name, at: .end) else {
      return try expansion.value(of: name, at: .end)
    }
    // It does not see its own default, but is that.
    guard let raw = setting(name) else { return try expansion.value(of: name, at: .end) }
    return try expansion.expand(raw, at: place)
  }

  /// The same as text; empty where it cannot be expanded (then Postfix does not run, and a rule says so).
  package func text(_ name: String) -> String { (try? value(name))?.text ?? "" }

  /// `text` with its `$names` expanded, as those of the value of `name`.
  package func expand(_ text: SourcedText, for name: String? = nil) throws(ExpansionError) -> SourcedText {
    try expansion.expand(text, at: name.flatMap { place(of: $0, at: .end) } ?? .end)
  }

  private var expansion: MacroExpansion { MacroExpansion(size: main.document.count, lookup: lookup) }

  /// What `$name` comes to in a value that is read at `moment`.
  private func lookup(_ name: String, at moment: ReadingMoment) -> MacroValue? {
    switch name {
    // Both are set after main.cf is read.
    case "service_name":
      if let service { return .set(SourcedText(builtIn: service.name)) }
    case "process_name" where setting(name) == nil:
      if let service { return .set(SourcedText(builtIn: service.command)) }
    case "config_directory" where setting(name) == nil:
      return .set(SourcedText(builtIn: configDirectory))
    default: break
    }
    if let set = setting(name) { return .set(set) }
    guard let place = place(of: name, at: moment), let definition = place.definition else {
      guard moment == .end, let standard = Self.furtherDefaults[name] else { return nil }
      return .standard(SourcedText(builtIn: standard), at: .end)
    }
    guard moment.isAfter(place), definition.isKnown(in: environment.version) else { return nil }
    return standard(definition, at: place)
  }

  private func standard(_ definition: ParameterDefinition, at place: ReadingMoment) -> MacroValue {
    func text(_ text: String) -> MacroValue { .standard(SourcedText(builtIn: text), at: place) }
    switch definition.name {
    case "mail_version": return text(environment.version.text)
    case "myhostname":
      let host = environment.hostName
      if host.contains(".") { return text(host) }
      // mydomain has no default yet.
      return text(isSet("mydomain") ? "\(host).$mydomain" : "\(host).localdomain")
    case "mydomain":
      return .domain(of: "myhostname", at: place, otherwise: "localdomain")
    default: return text(definition.standard(in: environment.version))
    }
  }

  /// Where the program reads `name`: nil where that is not known.
  private func place(of name: String, at moment: ReadingMoment) -> ReadingMoment? {
    if let place = ParameterTable.common.place(of: name) { return .common(place) }
    let programs: [ReadingProgram]
    switch moment {
    case .common: return nil
    case .own(let program, _): programs = [program]
    case .end:
      let own = service.flatMap { ReadingProgram(rawValue: $0.command) }
      programs =
        own.map { own in [own] + ReadingProgram.allCases.filter { $0 != own } } ?? ReadingProgram.allCases
    }
    for program in programs {
      if let place = program.table.place(of: name) { return .own(program, place) }
    }
    return nil
  }

  /// The built-in defaults of a release, as far as we know them, without those that the machine or the patch level decides
  /// (a test compares them with `postconf -d`).
  package static func knownDefaults(of version: PostfixVersion) -> [String: String] {
    let tables = [ParameterTable.common] + ReadingProgram.allCases.map(\.table)
    let computed: Set = [
      "mail_release_date", "mail_version", "mydomain", "myhostname", "mynetworks", "process_id",
      "service_name",
    ]
    return tables.flatMap(\.definitions)
      .filter { $0.isKnown(in: version) && !computed.contains($0.name) }
      .reduce(into: furtherDefaults) { $0[$1.name] = $1.standard(in: version) }
  }

  /// Those of parameters that other programs read, and of old names that defaults still use.
  static let furtherDefaults = [
    "default_destination_concurrency_limit": "20",
    "default_destination_recipient_limit": "50",
    "fallback_relay": "",
    "initial_destination_concurrency": "5",
    "virtual_maps": "",
  ]
}
