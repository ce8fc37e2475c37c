// The parameters that are in force: master.cf's `-o` before main.cf before the environment before the built-in
// defaults, with `$name` expanded.

import Glibc
import Synchronization

/// What main.cf does not say: the machine, and Postfix's version.
package struct Environment: Sendable {
  package var hostName: String
  /// Where the paths that the configuration names are to be found instead (`--map`).
  package var pathMap = PathMap()
  /// Whose marks the files may have in them.
  package var template: TemplateLanguage?
  /// Seconds since 1970; a test turns this clock.
  package var clock: @Sendable () -> Int = { Glibc.time(nil) }
  private let release: AskedOnce<PostfixVersion>
  private var types = AskedOnce<Set<String>?> { nil }

  package init(hostName: String = "localhost.localdomain", version: PostfixVersion = .assumed) {
    self.init(hostName: hostName) { version }
  }

  /// - Parameter askingVersion: is called the first time that an answer depends on the version: starting
  ///   postconf(1) costs more than everything else that a small command does.
  package init(hostName: String, askingVersion: @escaping @Sendable () -> PostfixVersion) {
    self.hostName = hostName
    release = AskedOnce(ask: askingVersion)
  }

  /// `mail_version`, as far as it matters: `3.7`.
  package var version: PostfixVersion { release.value }

  /// The types of tables that this Postfix has (`postconf -m`); nil where nothing says so.
  package var tableTypes: Set<String>? { types.value }

  /// The same, with `ask` for the types of tables; it is called the first time that an answer depends on them.
  package func askingTableTypes(_ ask: @escaping @Sendable () -> Set<String>?) -> Environment {
    var asking = self
    asking.types = AskedOnce(ask: ask)
    return asking
  }
}

/// Something that is asked for when it is first needed, and remembered.
private final class AskedOnce<Value: Sendable>: Sendable {
  private let ask: @Sendable () -> Value
  private let known = Mutex<Value?>(nil)

  init(ask: @escaping @Sendable () -> Value) { self.ask = ask }

  var value: Value {
    known.withLock { known in
      if let known { return known }
      let answer = ask()
      known = answer
      return answer
    }
  }
}

/// A release of Postfix, as far as behaviour depends on it.
package struct PostfixVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let major: Int
  package let minor: Int

  package init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// `3.7`, `3.7.11` or `3.12-20260821`; nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(whereSeparator: { $0 == "." || $0 == "-" }).prefix(2).map { Int($0) }
    guard parts.count == 2, let major = parts[0], let minor = parts[1] else { return nil }
    self.init(major, minor)
  }

  /// If no Postfix can be asked (docs/scripts.md).
  package static let assumed = PostfixVersion(3, 7)
  /// Next-hop lists, and a relayhost with several values.
  package static let nextHopLists = PostfixVersion(3, 5)

  package var description: String { "\(major).\(minor)" }

  package static func < (left: PostfixVersion, right: PostfixVersion) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }
}

package struct Parameters: Sendable {
  package let main: MainCf
  package let configDirectory: String
  package let environment: Environment
  private var overrides: [String: SourcedText] = [:]

  package init(main: MainCf, configDirectory: String, environment: Environment) {
    self.main = main
    self.configDirectory = configDirectory
    self.environment = environment
  }

  /// The parameters as a service of master.cf sees them.
  package func seen(by service: Service) -> Parameters {
    var seen = self
    for (name, value) in service.overrides { seen.overrides[name] = value }
    return seen
  }

  /// The value of `name` before expansion; nil where nothing sets it and Postfix has no such parameter that we know.
  package func raw(_ name: String) -> SourcedText? {
    if let value = overrides[name] ?? main[name]?.value { return value }
    switch name {
    case "config_directory": return SourcedText(builtIn: configDirectory)
    case "mail_version": return SourcedText(builtIn: "\(environment.version)")
    case "myhostname": return SourcedText(builtIn: qualifiedHostName)
    case "mydomain": return SourcedText(builtIn: domain)
    default: return Self.defaults[name].map { SourcedText(builtIn: $0) }
    }
  }

  /// Whether main.cf or the service sets it.
  package func isSet(_ name: String) -> Bool { overrides[name] != nil || main[name] != nil }

  /// The value of `name`, expanded; empty without a value.
  package func value(_ name: String) throws(ExpansionError) -> SourcedText {
    guard let raw = raw(name) else { return SourcedText() }
    return try expand(raw)
  }

  /// The same as text; empty where it cannot be expanded (then Postfix does not run, and a rule says so).
  package func text(_ name: String) -> String { (try? value(name))?.text ?? "" }

  /// `text` with its `$names` expanded.
  package func expand(_ text: SourcedText) throws(ExpansionError) -> SourcedText {
    try MacroExpansion(size: main.document.count, lookup: raw).expand(text)
  }

  /// Postfix appends its default domain to a host name without one.
  private var qualifiedHostName: String {
    environment.hostName.contains(".") ? environment.hostName : "\(environment.hostName).\(domain)"
  }

  private var domain: String {
    let name = (main["myhostname"]?.value.text) ?? environment.hostName
    guard let dot = name.firstIndex(of: "."), !name[dot...].dropFirst().isEmpty else { return "localdomain" }
    return String(name[dot...].dropFirst())
  }

  /// The built-in defaults of the parameters that we need (a test compares them with `postconf -d`).
  package static let defaults: [String: String] = RoutingParameter.allCases.reduce(into: others) {
    $0[$1.rawValue] = $1.builtIn
  }

  private static let others: [String: String] = [
    "allow_min_user": "no",
    "allow_percent_hack": "yes",
    "append_dot_mydomain": "${{$compatibility_level} <level {1} ? {yes} : {no}}",
    "compatibility_level": "0",
    "default_database_type": "hash",
    "default_destination_concurrency_limit": "20",
    "default_destination_recipient_limit": "50",
    "default_privs": "nobody",
    "default_process_limit": "100",
    "disable_dns_lookups": "no",
    "double_bounce_sender": "double-bounce",
    "empty_address_default_transport_maps_lookup_key": "<>",
    "empty_address_recipient": "MAILER-DAEMON",
    "empty_address_relayhost_maps_lookup_key": "<>",
    "fallback_relay": "",
    "hash_queue_depth": "1",
    "hash_queue_names": "deferred, defer",
    "inet_interfaces": "all",
    "inet_protocols": "all",
    "initial_destination_concurrency": "5",
    "known_tcp_ports": "lmtp=24, smtp=25, smtps=submissions=465, submission=587",
    "lmtp_bind_address": "",
    "lmtp_bind_address6": "",
    "lmtp_dns_support_level": "",
    "lmtp_enforce_tls": "no",
    "lmtp_host_lookup": "dns",
    "lmtp_lhlo_name": "$myhostname",
    "lmtp_tcp_port": "24",
    "lmtp_tls_policy_maps": "",
    "lmtp_tls_security_level": "",
    "lmtp_tls_wrappermode": "no",
    "lmtp_use_tls": "no",
    "mail_name": "Postfix",
    "mail_owner": "postfix",
    "message_size_limit": "10240000",
    "multi_instance_name": "",
    "mydestination": "$myhostname, localhost.$mydomain, localhost",
    "myorigin": "$myhostname",
    "owner_request_special": "yes",
    "parent_domain_matches_subdomains":
      "debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks,qmqpd_authorized_clients,"
      + "relay_domains,smtpd_access_maps",
    "proxy_interfaces": "",
    "queue_directory": "/var/spool/postfix",
    "recipient_delimiter": "",
    "relay_domains": "${{$compatibility_level} <level {2} ? {$mydestination} : {}}",
    "relocated_maps": "",
    "resolve_dequoted_address": "yes",
    "resolve_null_domain": "no",
    "resolve_numeric_domain": "no",
    "setgid_group": "postdrop",
    "show_user_unknown_table_name": "yes",
    "smtp_bind_address": "",
    "smtp_bind_address6": "",
    "smtp_dns_support_level": "",
    "smtp_enforce_tls": "no",
    "smtp_helo_name": "$myhostname",
    "smtp_host_lookup": "dns",
    "smtp_tcp_port": "smtp",
    "smtp_tls_policy_maps": "",
    "smtp_tls_security_level": "",
    "smtp_tls_wrappermode": "no",
    "smtp_use_tls": "no",
    "smtputf8_enable": "${{$compatibility_level} <level {1} ? {no} : {yes}}",
    "swap_bangpath": "yes",
    "syslog_name": "${multi_instance_name?{$multi_instance_name}:{postfix}}",
    "virtual_alias_domains": "$virtual_alias_maps",
    "virtual_alias_maps": "$virtual_maps",
    "virtual_mailbox_domains": "$virtual_mailbox_maps",
    "virtual_mailbox_maps": "",
    "virtual_maps": "",
  ]
}
