// Makes a SampleConfiguration from a seed.

struct ConfigurationGenerator {
  var dice: Dice
  private var made = SampleConfiguration()
  /// Whether something that is broken is allowed: it would drown the rest if it were in every configuration.
  private var mayBreak = false

  init(seed: UInt64) { dice = Dice(seed: seed) }

  mutating func configuration(queueDirectory: String) -> SampleConfiguration {
    made = SampleConfiguration()
    mayBreak = dice.once(in: 6)
    set("queue_directory", queueDirectory)
    set("data_directory", queueDirectory)
    set("compatibility_level", dice.pick(["0", "2", "3.6", "3.6"]))
    set("myhostname", "lab.randmap.test")
    set("mydomain", dice.pick(["randmap.test", "a.test"]))
    set("inet_interfaces", "127.0.0.1")
    set("inet_protocols", dice.pick(["ipv4", "ipv4", "all"]))
    set("mydestination", domainList(["own.test", "$myhostname", "UPPER.Test"]))
    set("relay_domains", domainList(["rel.test", ".rel.test", "a.test"]))
    if dice.once(in: 2) { set("virtual_mailbox_domains", domainList(["virt.test"])) }
    if dice.once(in: 2) { set("virtual_alias_domains", domainList(["alias.test"])) }
    if dice.once(in: 2) { set("recipient_delimiter", dice.pick(Names.delimiters)) }
    if dice.once(in: 3) {
      set(
        "parent_domain_matches_subdomains",
        dice.pick(["", "transport_maps", "relay_domains, transport_maps"]))
    }
    for (name, standard) in [
      ("default_transport", "smtp"), ("relay_transport", "relay"), ("local_transport", "local:$myhostname"),
      ("virtual_transport", "virtual"),
    ] where dice.once(in: 3) {
      set(name, dice.once(in: 3) ? standard : destination(allowsSpace: true))
    }
    if dice.once(in: 3) {
      set("relayhost", dice.pick(["[hub.test]", "[hub1.test], [hub2.test]:26", "hub.test"]))
    }
    if dice.once(in: 5) { set("myorigin", dice.pick(Names.domains)) }
    if dice.once(in: 8) { set("proxy_interfaces", "192.0.2.9") }
    if dice.once(in: 10) { set("empty_address_recipient", dice.pick(["nobody", "user@a.test"])) }
    if dice.once(in: 10) { set("empty_address_relayhost_maps_lookup_key", "user@a.test") }
    if dice.once(in: 10) { set("double_bounce_sender", "x") }
    addNames()
    addSwitches()
    if mayBreak, dice.once(in: 8) {
      set(
        dice.pick(["relay_transport", "default_transport", "empty_address_recipient", "swap_bangpath"]), "")
    }
    if !dice.once(in: 5) { set("transport_maps", mapList(.recipients)) }
    if dice.once(in: 2) {
      set("sender_dependent_default_transport_maps", mapList(.senders, extra: ["DUNNO", "dunno"]))
    }
    if dice.once(in: 3) {
      set("sender_dependent_relayhost_maps", mapList(.senders, extra: Names.gateways + ["DUNNO"]))
    }
    if dice.once(in: 6) { set("relocated_maps", mapList(.senders, extra: ["new@b.test"])) }
    return made
  }

  /// Names of the machine, and values that name parameters that may not be read yet.
  private mutating func addNames() {
    if dice.once(in: 6) {
      set("my_name", "lab.randmap.test")
      set(
        "myhostname", dice.pick(["$my_name", "lab.$mydomain", "${my_name}", "lab.${undefined}randmap.test"]))
    }
    if dice.once(in: 8) {
      made.overrides.append(("myhostname", dice.pick(["lab.a.test", "single", "$mydomain"])))
    }
    if dice.once(in: 8) { made.settings.removeAll { $0.name == "mydomain" } }
    if dice.once(in: 12) { set("mydomain", dice.pick(["$myhostname", "x.$myorigin", "$mail_name.test"])) }
    guard dice.once(in: 3) else { return }
    let name = dice.pick([
      "relayhost", "default_transport", "relay_transport", "local_transport", "virtual_transport",
      "mydestination", "relay_domains", "empty_address_recipient", "transport_maps", "relocated_maps",
      "sender_dependent_relayhost_maps", "virtual_alias_domains", "myorigin",
    ])
    let other = dice.pick([
      "myhostname", "mydomain", "myorigin", "mydestination", "relayhost", "relay_domains",
      "default_transport",
      "relay_transport", "local_transport", "virtual_transport", "transport_maps", "mail_name",
      "mail_version",
      "process_name", "service_name", "config_directory", "smtp_tcp_port", "smtp_helo_name", "syslog_name",
      "default_database_type", "inet_protocols", "empty_address_recipient", "virtual_alias_maps", "max_idle",
      "swap_bangpath", "append_dot_mydomain", "compatibility_level", "multi_instance_name", "undefined",
    ])
    let reference = dice.pick([
      "$\(other)", "${\(other)?{x.test}:{y.test}}", "${\(other):z.test}", "($\(other))",
    ])
    switch name {
    case "transport_maps", "relocated_maps", "sender_dependent_relayhost_maps":
      set(name, "static:{smtp:\(reference)}")
    case "relayhost": set(name, dice.pick(["[gw.\(reference)]", reference]))
    default: set(name, dice.pick([reference, "smtp:\(reference)", "x.\(reference)"]))
    }
  }

  /// A value that ends trivial-rewrite(8), or looks as if it did.
  private mutating func addWrongValue() {
    let (name, value) = dice.pick([
      ("message_size_limit", "10M"), ("message_size_limit", "-1"), ("soft_bounce", "maybe"),
      ("soft_bounce", "Yes"),
      ("inet_protocols", "ipv5"), ("max_idle", "0"), ("max_idle", "5y"), ("max_idle", "10sx"),
      ("syslog_facility", "mail2"), ("mynetworks_style", "net"), ("verp_delimiter_filter", "x"),
      ("line_length_limit", "10"), ("in_flow_delay", "11"), ("smtputf8_enable", "maybe"),
      ("smtpd_banner", ""),
      ("smtp_helo_timeout", "never"), ("relayhost", "$myhostname"), ("myorigin", "a.test b.test"),
      ("address_verify_transport_maps", "nosuch"), ("address_verify_relay_transport", ""),
      ("default_privs", "root"),
      ("hash_queue_depth", "x"), ("mail_name", ""), ("maillog_file", "/etc/x"),
    ])
    made.settings.append((name, value))
  }

  private mutating func addSwitches() {
    if mayBreak, dice.once(in: 4) { addWrongValue() }
    for name in [
      "append_at_myorigin", "swap_bangpath", "allow_percent_hack", "append_dot_mydomain",
      "resolve_null_domain",
      "resolve_numeric_domain", "resolve_dequoted_address", "allow_min_user", "owner_request_special",
      "show_user_unknown_table_name", "smtputf8_enable",
    ] where dice.once(in: 10) {
      set(name, dice.pick(["yes", "no"]))
    }
  }

  private mutating func set(_ name: String, _ value: String) {
    // One in twenty is set for the service alone.
    if dice.once(in: 20), !["queue_directory", "data_directory", "compatibility_level"].contains(name) {
      made.overrides.append((name, value))
    } else {
      made.settings.append((name, written(value)))
    }
  }

  /// A value as people write it: over several lines, or by another name.
  private mutating func written(_ value: String) -> String {
    switch dice.number(1...16) {
    case 1, 2: return value.replacing(", ", with: ",\n# a comment\n    ")
    case 3: return "\n    " + value
    case 4...6:
      let other = "my_\(made.settings.count)"
      made.settings.append((other, value))
      return dice.pick([
        "$\(other)", "${\(other)}", "$(\(other))", "${\(other)?{$\(other)}}", "${none:{$\(other)}}",
        "${none?{never}:{$\(other)}}", "${config_directory:{never}}$\(other)",
        "${{$config_directory} == { x } ? {never} : {$\(other)}}",
        "${{$compatibility_level} >=level {0} ? {$\(other)} : {never}}",
      ])
    default: return value
    }
  }

  // MARK: - Keys and results

  /// What the keys of a table are compared with.
  private enum Keys { case recipients, senders, domains }

  private mutating func key(_ keys: Keys) -> String {
    let domain = dice.pick(Names.domains)
    let throwing = dice.number(1...10)
    switch keys {
    case .recipients where throwing <= 3, .senders where throwing <= 5: return quoted(Names.address(&dice))
    case .recipients where throwing <= 7: return domain
    case .recipients where throwing == 8: return "." + domain
    case .recipients where throwing == 9: return dice.pick([".test", "test", "a.test", ".a.test"])
    case .recipients: return "*"
    case .senders where throwing <= 7: return "@" + domain
    case .senders where throwing == 8: return dice.pick(["user", "user+ext", "User"])
    case .senders: return "<>"
    case .domains: return dice.pick(Names.domains + [".a.test", ".test", "rel.test", "test"])
    }
  }

  /// `"a b"@domain`, as tables hold it.
  private func quoted(_ address: String) -> String {
    address.hasPrefix("a b@") ? "\"a b\"" + address.dropFirst(3) : address
  }

  /// A value of a table or of a transport parameter.
  private mutating func destination(allowsSpace: Bool) -> String {
    let gateway = dice.pick(Names.gateways)
    let plain = [
      "smtp:\(gateway)", "relay:\(gateway)", "smtp:\(gateway)", "smtp:", "smtp", "lane1:", "error:", "retry:",
      "error:5.1.1", "discard:", "lmtp:unix:/run/l", "randmap:!smtp:[a]!smtp:[b]", "SMTP:[Gw.Test]",
    ]
    let spaced = ["error:5.1.1 no such user", "smtp:\(gateway), [last.test]", "discard:all of it"]
    return dice.pick(allowsSpace ? plain + spaced : plain)
  }

  private mutating func result(_ extra: [String], allowsSpace: Bool) -> String {
    if !extra.isEmpty, !dice.once(in: 3) { return dice.pick(extra) }
    if dice.once(in: 6) { return dice.pick([":", ":\(dice.pick(Names.gateways))"]) }
    return destination(allowsSpace: allowsSpace)
  }

  // MARK: - Tables

  private mutating func mapList(_ keys: Keys, extra: [String] = []) -> String {
    var tables = (0..<dice.number(1...3)).map { _ in table(keys, extra: extra, depth: 0) }
    // Without a type: the end of trivial-rewrite(8).
    if mayBreak, dice.once(in: 15) {
      tables.append(dice.pick(["/etc/postfix/transport", "randmap:", "hash"]))
    }
    return tables.joined(separator: dice.pick([" ", ", "]))
  }

  private mutating func table(_ keys: Keys, extra: [String], depth: Int) -> String {
    if mayBreak, dice.once(in: 8) { return brokenTable() }
    switch dice.number(1...(depth < 2 ? 14 : 10)) {
    case 1, 2: return pool(extra)
    case 3, 4: return inlineTable(keys, extra)
    case 5: return dice.once(in: 3) ? "static:\(result(extra, allowsSpace: false))" : inlineTable(keys, extra)
    case 6, 7: return "texthash:$config_directory/\(textTable(keys, extra, onceEach: true))"
    case 8:
      guard dice.once(in: 3) else { return inlineTable(keys, extra) }
      let type = dice.pick(["hash", "lmdb", "cdb", "btree"])
      let file = textTable(keys, extra, onceEach: false)
      made.indexed.append((type, file))
      return "\(type):$config_directory/\(file)"
    case 9: return "regexp:$config_directory/\(file(regexpRules(extra).joined(separator: "\n") + "\n"))"
    case 10:
      let rules = regexpRules(extra).filter { !$0.hasPrefix("#") }
      return "regexp:{\(rules.map { "{\($0.replacing("$", with: "$$"))}" }.joined(separator: ", "))}"
    case 11, 12: return pipe(keys, extra)
    default:
      let parts = (0..<dice.number(1...3)).map { _ in table(keys, extra: extra, depth: depth + 1) }
      return dice.once(in: 3)
        ? "pipemap:{\(parts.joined(separator: ", "))}" : "unionmap:{\(parts.joined(separator: ", "))}"
    }
  }

  private mutating func pool(_ extra: [String]) -> String {
    let members = (0..<dice.number(1...4)).map { _ in
      result(extra.map { $0.replacing(" ", with: "") }, allowsSpace: false)
    }
    let listed = members.flatMap { Array(repeating: $0, count: dice.number(1...3)) }
    return "randmap:{\(listed.joined(separator: dice.pick([", ", " ", ","])))}"
  }

  private mutating func inlineTable(_ keys: Keys, _ extra: [String]) -> String {
    let entries = (0..<dice.number(1...5)).map { _ in
      let written = key(keys)
      if written.hasPrefix("\"a b\""), dice.once(in: 2) {
        let key = dice.once(in: 4) ? written.replacing("\"a b\"", with: "a\\ b") : written
        return "{\(key) = \(result(extra, allowsSpace: true))}"
      }
      let key = written.replacing("\"a b\"", with: "ab")
      return dice.once(in: 2)
        ? "{ \(key) = \(dice.once(in: 8) ? "  " : "")\(result(extra, allowsSpace: true)) }"
        : "\(key)=\(result(extra, allowsSpace: false))"
    }
    return "inline:{\(entries.joined(separator: ", "))}"
  }

  /// Keys that lead to pools: what weighted gateways look like in stock Postfix.
  private mutating func pipe(_ keys: Keys, _ extra: [String]) -> String {
    let choices = ["f1", "f2", "f3"]
    let entries = (0..<dice.number(1...4)).map { _ in "\(key(keys).replacing("\"a b\"", with: "ab"))=x" }
    let results = choices.prefix(dice.number(1...3)).map { "{\($0)=\(result(extra, allowsSpace: true))}" }
    let stages = [
      "inline:{\(entries.joined(separator: ", "))}",
      "randmap:{\(dice.some(choices, 1...4).joined(separator: ", "))}",
      "inline:{\(results.joined(separator: ", "))}",
    ]
    switch dice.number(1...3) {
    case 1: return "pipemap:{\(stages.joined(separator: ", "))}"
    case 2: return "pipemap:{\(stages[1]), \(stages[2])}"
    default: return "pipemap:{\(stages[0]), \(pool(extra))}"
    }
  }

  private mutating func brokenTable() -> String {
    dice.pick([
      "hash:/nonexistent/t", "randmap:{}", "randmap:!a!b", "fail:x", "nosuch:x", "texthash:/nonexistent/t",
      "pipemap:{inline:{own.test=x, a.test=y}, randmap:{}}", "unionmap:{static:smtp:[a], fail:x}",
      "inline:{a.test}", "inline:{{a\"b@own.test = x}}", "inline:{{\"a b@own.test = x}}", "static:{a}b",
      "regexp:/nonexistent/t", "cidr:{{192.0.2.0/24 smtp:[a]}}",
      "pipemap:{static:192.0.2.7, cidr:{{192.0.2.0/25 smtp:[low]}, {::/0 x}}}",
      "texthash:$config_directory/\(file("a.test smtp:[a]\nb.test smtp:[b]\nA.test smtp:[c]\n"))",
    ])
  }

  private mutating func file(_ text: String) -> String {
    let name = "t\(made.files.count)"
    made.files[name] = text
    return name
  }

  private mutating func textTable(_ keys: Keys, _ extra: [String], onceEach: Bool) -> String {
    var seen: Set<String> = []
    var text = dice.once(in: 4) ? "# a comment\n" : ""
    for _ in 0..<dice.number(1...8) {
      let key = key(keys)
      // texthash with a key twice is a table that does not open: that is among the broken ones.
      if onceEach, !seen.insert(key.uppercased()).inserted { continue }
      text += "\(key)\(dice.pick([" ", "\t", "\n  ", "  \t "]))\(result(extra, allowsSpace: true))\n"
      if dice.once(in: 8) { text += dice.pick(["\n", "# comment\n", "novalue\n", "\"open quote x\n"]) }
    }
    return file(text)
  }

  private mutating func regexpRules(_ extra: [String]) -> [String] {
    (0..<dice.number(1...4)).flatMap { _ -> [String] in
      let result = result(extra, allowsSpace: true)
      let domain = dice.pick(Names.domains).replacing(".", with: "\\.")
      switch dice.number(1...9) {
      case 1: return ["/@\(domain)$/ \(result)"]
      case 2: return ["/^user/i \(result)"]
      case 3: return ["!/@.*\(domain)$/ \(result)"]
      case 4: return ["if /@\(domain)/", "/^u/ \(result)", "endif"]
      case 5: return ["/^\\*$/ \(result)"]
      case 6: return ["/^(.+)@\(domain)$/ smtp:[$1]"]
      case 7: return ["/\(domain)/!/user/ \(result)"]
      case 8: return ["/(unclosed/ \(result)", "/x/z \(result)", "nonsense", "endif", "/b/ smtp:[${nosuch}]"]
      default: return ["/^\(domain)$/ \(result)"]
      }
    }
  }

  // MARK: - Lists of domains

  private mutating func domainList(_ usual: [String]) -> String {
    if dice.once(in: 2) { return usual.joined(separator: ", ") }
    var items = dice.some(usual, 1...2)
    for _ in 0..<dice.number(0...2) {
      switch dice.number(1...7) {
      case 1, 2: items.append(key(.domains))
      case 3: items.insert("\(dice.pick(["!", "!", "!!"]))\(key(.domains))", at: 0)
      case 4:
        items.append("$config_directory/\(file("# names\n\(key(.domains)) \(key(.domains))\n!b.test\n"))")
      case 5: items.append("inline:{\(key(.domains))=x}")
      case 6: items.append("texthash:$config_directory/\(textTable(.domains, ["x"], onceEach: true))")
      default:
        items.append(
          dice.pick([
            "regexp:{{/^b\\.test$$/ x}}", "unionmap:{inline:{b.test=x}, inline:{a.test=}}",
            "!inline:{\(key(.domains))=x}", "static:x", "!static:x", "pipemap:{randmap:{a, b}, inline:{a=x}}",
            "cidr:{{192.0.2.0/24 x}}",
            mayBreak ? "hash:/nonexistent/t" : "!regexp:{{/single/ x}}",
          ]))
      }
    }
    return items.joined(separator: dice.pick([" ", ", "]))
  }
}
