// What a value comes to when trivial-rewrite(8) reads it, and which values end it: asked of a real one.
import Glibc
import PostfixFiles
import Routing
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct ParameterOracleTests {
  private static let host = "myhostname = lab.randmap.test\n"

  /// Each is the text of relayhost, with what main.cf says beside it.
  static let values: [(main: String, text: String)] = [
    (host, "[gw.$mydomain]"), (host, "[$myhostname]"), (host, "[gw.$myorigin]"),
    ("hh = mail.corp.test\nmyhostname = $hh\n", "[gw.$mydomain]"),
    ("myhostname = mail.$mydomain\nmydomain = corp.test\n", "[gw.$myhostname]"),
    ("myhostname = single\n", "[gw.$mydomain]"), ("mydomain = corp.test\n", "[$myhostname]"),
    ("mydomain = corp.test\n", "[gw.$mydomain]"), ("", "[$myhostname]"), ("", "[gw.$mydomain]"),
    ("mydomain = $myhostname\nmyhostname = a.corp.test\n", "[gw.$mydomain]"),
    (host, "[gw.$smtp_tcp_port]"), (host, "[gw.$smtp_helo_name.test]"), (host, "[gw.$default_database_type]"),
    (host, "[gw.$default_transport.test]"), (host, "[gw.$relayhost2.test]"), (host, "[gw.$mail_name.test]"),
    (host, "[gw.$inet_protocols.test]"), (host, "[gw.$mail_version.test]"),
    (host, "[gw.$process_name.$service_name]"), (host, "[$config_directory]"),
    (host, "[gw.${relay_domains?x}${mail_name?y}${virtual_maps?z}.test]"),
    (host + "mydestination = m.test\ncompatibility_level = 2\n", "[gw.$relay_domains.x]"),
    (host + "mydestination = m.test\n", "[gw.$mydestination.x]"),
    (host, "[gw${{$compatibility_level} <level{1} ? {old} : {new}}.test]"),
    (host, "[gw${{a} == {a}}.test]"), (host, "[gw${ }.test]"), (host, "[gw${:x}.test]"),
    (host + "service_name = q\nprocess_name = r\n", "[gw.$process_name.$service_name]"),
    (host + "smtp_tcp_port = 26\n", "[gw.test]:$smtp_tcp_port"),
    (host, "[gw.$syslog_name.test]"), (host + "multi_instance_name = in\n", "[gw.$syslog_name.test]"),
    (host, "[gw.$max_idle.$message_size_limit.$soft_bounce]"), (host, "[gw.$max_use.$in_flow_delay.test]"),
  ]

  @Test func relayhostComesToWhatPostfixMakesOfIt() throws {
    for (main, text) in Self.values {
      try expectAgreement("mydestination =\n\(main)relayhost = \(text)\n")
      // The same by an override; there it comes later than main.cf.
      try expectAgreement("mydestination =\n\(main)", overrides: ["relayhost = \(text)"])
    }
  }

  @Test func anOverrideOfTheHostNameChangesTheDomain() throws {
    let main = "mydestination =\n" + Self.host + "relayhost = [gw.$mydomain]\n"
    try expectAgreement(main, overrides: ["myhostname = mail.corp.test"])
    try expectAgreement(main, overrides: ["mydomain = corp.test"])
    try expectAgreement(main, overrides: ["myhostname = single"])
  }

  @Test(arguments: [
    "default_transport = smtp:[gw.$mydomain]", "default_transport = smtp:[gw.$local_transport]",
    "default_transport = smtp:[gw.$relocated_maps]", "transport_maps = static:smtp:$relay_transport",
    "transport_maps = static:smtp:$mail_name", "transport_maps = static:smtp:$default_transport",
    "relocated_maps = static:$default_transport", "mydestination = elsewhere.example, $myorigin",
    "mydestination = $relay_transport", "mydestination = $mydomain\nmydomain = elsewhere.example",
    "relay_domains = $mydestination\nmydestination = elsewhere.example",
    "sender_dependent_default_transport_maps = static:smtp:$default_transport",
    "sender_dependent_relayhost_maps = static:[$virtual_transport]",
    "virtual_alias_domains = $virtual_alias_maps\nvirtual_alias_maps = inline:{elsewhere.example=x}",
    "virtual_maps = inline:{elsewhere.example=x}", "address_verify_relayhost = $x",
    "local_transport = error:$empty_address_recipient\nmydestination = elsewhere.example",
    "empty_address_recipient = $mail_name",
  ])
  func aDefaultIsThereOnlyOnceItWasRead(line: String) throws {
    try expectAgreement(Self.host + line + "\n")
  }

  /// Debian's Postfix takes a path for the name of a file; Debian's own main.cf says /etc/mailname.
  @Test(arguments: [
    "own.test\n", "  own.test \t\nother.test\n", "own.test", "OWN.Test\n", "$mydomain\n", "a..b\n",
  ])
  func theOriginMayStandInAFile(text: String) throws {
    let lines = [
      "", "mydestination = $myorigin\n", "relayhost = [gw.$myorigin]\n",
      "default_transport = smtp:$myorigin\n",
      "mydestination = own.test, mydomain\n",
    ]
    for line in lines {
      let trial = try RewriteTrial(
        Self.host + "myorigin = $config_directory/mailname\n" + line, files: ["mailname": text])
      for recipient in ["user", "user@own.test", "user@elsewhere.test"] {
        let (ours, theirs) = (trial.ours(recipient), try trial.theirs(recipient))
        #expect(
          ours.outcomes.map(\.value.withoutReason) == [theirs],
          "\(line)\(recipient): \(ours.summary)\n\(theirs)")
      }
    }
  }

  /// From 3.8 on the file of a list has logical lines.
  @Test(arguments: [
    "  own.test \t\nother.test\n", " own.test\n", "own.test\n other.test\n", "x.test\n own.test\n",
    "# c\n own.test\n",
    "x.test, own.test # c\n other.test\n", "own.test\n\n# c\n other.test",
    "!own.test\n own.test, other.test\n",
    "other.test #\nown.test\n",
  ])
  func aFileOfAListHasTheLinesThatThisReleaseReads(text: String) throws {
    let trial = try RewriteTrial(
      Self.host + "mydestination = $config_directory/list\n", files: ["list": text])
    for name in ["own.test", "other.test", "x.test"] {
      let (ours, theirs) = (trial.ours("u@" + name), try trial.theirs("u@" + name))
      #expect(ours.outcomes.map(\.value.withoutReason) == [theirs], "\(name): \(ours.summary)\n\(theirs)")
    }
  }

  @Test(arguments: [
    "", "\n", " \t\nown.test\n", "own.test other.test\n", "own.test,\n", "# the name\nown.test\n",
  ])
  func aFileWithoutAnOriginEndsAllMail(text: String) throws {
    let trial = try RewriteTrial(
      Self.host + "myorigin = $config_directory/mailname\n", files: ["mailname": text])
    let ours = trial.ours("user").outcomes.first?.value
    let end = try RewriteTrial.end(of: trial.start())
    #expect(
      end != nil && ours == end.map(RouteOutcome.standstill),
      "\(String(describing: ours)) \(end ?? "goes on")")
  }

  static let endings = [
    "inet_protocols = ipv5", "inet_protocols = IPv4", "inet_protocols = ipv4 all", "syslog_facility = foo",
    "syslog_facility = MAIL", "syslog_facility = local3", "mynetworks_style = net", "mynetworks_style = Host",
    "mynetworks_style = net\nmynetworks = 127.0.0.0/8", "default_verp_delimiters = ab",
    "default_verp_delimiters = +", "default_verp_delimiters = +=x", "verp_delimiter_filter = x",
    "myorigin = a b", "myorigin =", "myorigin = $config_directory",
    "myorigin = /dev/fd", "myorigin = ./mailname", "myhostname = $undefined",
    "myhostname = a_b.test",
    "myhostname = foo..bar", "myhostname = foo.", "myhostname = 1.2.3", "myhostname = -a.test",
    "myhostname = mail.$mydomain", "mydomain = foo.", "mydomain =", "mydomain = $myhostname",
    "mydomain = mail.$myhostname\nmyhostname = x.$mydomain", "mydomain = bücher.test",
    "myhostname = a.bücher.test", "mydomain = x.$myorigin\nmyorigin = bücher.test",
    "mydomain = xn--bcher-kva.test", "relayhost = LAB.randmap.test",
    "relayhost = [lab.randmap.test]", "message_size_limit = 10M", "message_size_limit = -1",
    "message_size_limit = 99999999999999999999", "message_size_limit = 3000000000", "soft_bounce = maybe",
    "soft_bounce = YES", "soft_bounce =", "default_privs = root", "mail_owner = root", "setgid_group = root",
    "default_privs = postfix", "compatibility_level = x", "compatibility_level =",
    "compatibility_level = 3.x",
    "compatibility_level = 3.6.1", "compatibility_level = 3.6.1.1", "compatibility_level = 3.1024",
    "line_length_limit = 100", "line_length_limit = 512", "line_length_limit = 3000000000", "max_idle = 0",
    "max_idle = 10x", "max_idle = 10sx", "max_idle = s", "max_idle = 5y", "max_idle = 1h", "max_idle =",
    "max_idle = 4000w", "in_flow_delay = 11s", "in_flow_delay = 10", "in_flow_delay = -1",
    "process_id_directory =", "smtputf8_autodetect_classes =", "known_tcp_ports = foo",
    "info_log_address_format =", "maillog_file = /etc/x", "maillog_file = foo", "lmdb_map_size = 0",
    "lmdb_map_size = 1x", "delay_logging_resolution_limit = 7", "delay_logging_resolution_limit = 0",
    "hash_queue_depth = 0", "hash_queue_names =", "local_transport = $virtual_transport",
    "relay_transport = $default_transport", "default_transport = $relay_transport", "swap_bangpath = x",
    "swap_bangpath = No", "append_at_myorigin = x", "empty_address_recipient =",
    "empty_address_relayhost_maps_lookup_key =", "remote_header_rewrite_domain = $foo",
    "address_verify_relay_transport =", "address_verify_default_transport = $smtp_helo_name",
    "address_verify_transport_maps = foo", "address_verify_sender_dependent_relayhost_maps = x",
    "smtputf8_enable = maybe", "respectful_logging = x", "smtp_helo_timeout = x", "smtpd_banner =",
    "qmgr_message_active_limit = x", "daemon_table_open_error_is_fatal = x", "import_environment = a=b=c",
    "mydestination = !", "relay_domains = !", "relay_domains = !!", "parent_domain_matches_subdomains = /no",
    "virtual_alias_domains = x y:z",
    "daemon_table_open_error_is_fatal = yes\ntransport_maps = hash:/no/such",
    "daemon_table_open_error_is_fatal = yes\nmydestination = hash:/no/such",
    "daemon_table_open_error_is_fatal = yes\nmydestination = /no/such",
    "x = ${", "transport_maps = inline:{a=${}", "mail_name =",
    "virtual_alias_domains = $config_directory", "mydestination = $queue_directory", "relay_domains = !/usr",
    "transport_maps = texthash:/usr", "transport_maps = cidr:/usr",
    "mydestination = cidr:/usr", "relay_domains = texthash:$config_directory",
    "relay_transport = ${empty_address_recipient:smtp}", "queue_run_delay = x",
    "relay_domains = $config_directory", "mydestination = !$config_directory",
    "virtual_mailbox_domains = texthash:$config_directory", "transport_maps = texthash:$config_directory",
  ]

  /// A default that names another parameter is one step further down.
  @Test(arguments: [97, 98, 99, 100, 101])
  func valuesMayNameEachOtherAsDeepAsPostfixTakesIt(depth: Int) throws {
    let names = (0..<depth).map { "a\($0) = $a\($0 + 1)\n" }.joined() + "a\(depth) = x.test\n"
    try expectAgreement(Self.host + names + "default_transport = smtp:$a0\n")
    try expectAgreement(
      Self.host + names + "default_transport = smtp:$a0\naddress_verify_default_transport = smtp\n")
  }

  static let clientValues = [
    "smtp_tls_security_level": ["", "none", "half-dane", "Secure", "encypt", "may encrypt"],
    "smtp_dns_support_level": ["", "DISABLED", "dnssec", "yes"],
    "smtp_address_preference": ["IPv6", "any", "ipv5", "ipv4, ipv6"],
    "smtp_host_lookup": ["dns native", "native,dns", "DNS", "dns:native"],
    "smtp_dns_resolver_options": ["", "res_dnsrch, res_defnames", "RES_DNSRCH", "rotate"],
    "smtp_tls_dane_insecure_mx_policy": ["MAY", "encrypt", "none", "dane-only"],
    "smtp_address_verify_target": ["RCPT", "data", "mail"],
  ]

  /// A word that smtp(8) does not know ends it when it starts, and all its mail waits.
  @Test(arguments: clientValues.keys.sorted())
  func whatEndsAClientIsKnown(name: String) throws {
    for value in Self.clientValues[name] ?? [] {
      let trial = try RewriteTrial(Self.host + "\(name) = \(value)\n")
      let end = try RewriteTrial.end(of: trial.start("smtp"))
      let ours = trial.parameters.startProblem(of: .smtp)
      #expect(ours?.message == end, "\(name) = \(value)")
    }
  }

  /// Values of words that daemons read when they start, with the program that is asked.
  static let daemonValues = [
    "cleanup": [
      "masquerade_classes = envelope", "masquerade_classes =", "masquerade_classes = header_sender",
      "canonical_classes = Envelope_sender", "sender_canonical_classes = envelope_recipient",
      "recipient_canonical_classes = header_sender", "recipient_canonical_classes = header_recipient",
      "propagate_unmatched_extensions = canonicals", "propagate_unmatched_extensions = generic, alias",
      "header_from_format = x",
    ],
    "local": [
      "propagate_unmatched_extensions = x", "allow_mail_to_files = aliases", "allow_mail_to_commands = x",
      "prepend_delivered_header = files", "prepend_delivered_header =", "mailbox_delivery_lock = dot",
      "mailbox_delivery_lock = fcntl:dotlock", "mailbox_delivery_lock = Fcntl",
      "mailbox_delivery_lock = flock,dotlock",
    ],
    "virtual": [
      "virtual_mailbox_lock = dot", "virtual_mailbox_lock = fcntl", "propagate_unmatched_extensions = x",
    ],
    "smtpd": [
      "unknown_address_tempfail_action = x", "unknown_address_tempfail_action = DEFER",
      "unverified_sender_tempfail_action = defer_if_reject", "unknown_helo_hostname_tempfail_action = x",
      "unverified_recipient_tempfail_action = x", "reject_tempfail_action = x",
      "notify_classes = bounces", "notify_classes =", "notify_classes = bounce, Policy",
      "header_from_format = x", "smtputf8_autodetect_classes = x", "smtpd_tls_security_level = on",
    ],
    "bounce": ["header_from_format = x", "header_from_format = Obsolete", "notify_classes = bounces"],
    "postscreen": [
      "postscreen_greet_action = reject", "postscreen_dnsbl_action = Enforce",
      "postscreen_pipelining_action = continue", "postscreen_denylist_action = x",
    ],
    "smtp": [
      "propagate_unmatched_extensions = canonicals", "header_from_format = x", "notify_classes = bounces",
    ],
    "lmtp": ["propagate_unmatched_extensions = canonicals", "header_from_format = x"],
  ]

  @Test(arguments: daemonValues.keys.sorted())
  func whatEndsADaemonIsKnown(program: String) throws {
    // These do without other programs, which are not there.
    let alone =
      "smtpd_relay_restrictions = reject\nlocal_recipient_maps =\nalias_maps =\nvirtual_mailbox_base = /tmp\n"
    for line in Self.daemonValues[program] ?? [] {
      let name = String(line.prefix { $0 != " " })
      let trial = try RewriteTrial(Self.host + alone + line + "\n")
      let end = try RewriteTrial.end(of: trial.start(program))
      let ours = trial.parameters.problems(with: name).first { $0.programs?.contains(program) ?? true }
      if let ours {
        #expect(ours.problem.message == end, "\(program): \(line)")
      } else {
        // It may end of something else: that it runs alone.
        #expect(
          end.map { $0.contains(name) || $0.contains("unknown ") } != true,
          "\(program): \(line): \(end ?? "")")
      }
    }
  }

  @Test func whatEndsTrivialRewriteEndsAllMail() throws {
    var texts = Self.endings.map { (main: Self.host + $0 + "\n", overrides: [String]()) }
    texts += Self.endings.filter { !$0.contains("\n") && !$0.contains("{") }.map { (Self.host, [$0]) }
    while !texts.isEmpty {
      let trials = try texts.prefix(30).map { text in
        (text, try RewriteTrial(text.main, overrides: text.overrides))
      }
      texts.removeFirst(trials.count)
      let running = try trials.map { ($0.0, $0.1.ours("user@elsewhere.example"), try $0.1.start()) }
      for (text, ours, process) in running {
        let end = try RewriteTrial.end(of: process)
        let label = "\(text.main) \(text.overrides): \(ours.summary)\nPostfix: \(end ?? "goes on")"
        if case .standstill(let reason)? = ours.outcomes.first?.value {
          #expect(end != nil, "\(label)")
          // The words are Postfix's, but for values that cannot be expanded: it says of those less than we do.
          if let end, !end.hasPrefix("dictionary") { #expect(Self.areAlike(reason, end), "\(label)") }
        } else {
          #expect(end == nil, "\(label)")
        }
      }
    }
  }

  /// Postfix has the path of main.cf before some of its words.
  private static func areAlike(_ ours: String, _ theirs: String) -> Bool {
    theirs.hasSuffix(ours) || theirs.replacing("open file ", with: "open ").contains(ours.prefix(20))
  }

  private func expectAgreement(
    _ main: String, overrides: [String] = [], _ place: SourceLocation = #_sourceLocation
  ) throws {
    let trial = try RewriteTrial(main, overrides: overrides)
    let ours = trial.ours("user@elsewhere.example", from: "s@sender.example")
    let label = "\(main) \(overrides): \(ours.summary)"
    guard let first = ours.outcomes.first?.value else { throw TestFailure("no outcome") }
    if case .standstill = first {
      #expect(try RewriteTrial.end(of: trial.start()) != nil, "\(label)", sourceLocation: place)
    } else if ours.isComplete {
      #expect(
        try trial.theirs("user@elsewhere.example", from: "s@sender.example") == first.withoutReason,
        "\(label)", sourceLocation: place)
    }
  }

  @Test(arguments: ReadingProgram.allCases)
  func programsReadInTheOrderOfTheTables(program: ReadingProgram) throws {
    let directory = try TemporaryDirectory()
    try directory.makeDirectory("queue")
    try directory.write(
      "main.cf", "queue_directory = \(directory.file("queue"))\nmyhostname = lab.randmap.test\n")
    try directory.write("master.cf", "")
    try age(directory.file("main.cf"), seconds: 3600)
    // It ends as soon as it has read all: its client is not there.
    let command = "\(try daemonDirectory())/\(program.rawValue)"
    let output = try run(
      "/bin/sh",
      ["-c", "MAIL_CONFIG=\(directory.path) exec \(command) -S -V -v -v -t unix -l -z </dev/null 2>&1"])
    let lines = output.standardOutput.split(separator: "\n")
    var read: [String] = []
    for line in lines {
      let words = line.split(separator: " ")
      guard words.count > 2, words[1] == "dict_update:" else { continue }
      let name = String(words[2])
      if name != "process_id", !read.contains(name) { read.append(name) }
    }
    let version = try installedVersion()
    let expected = (ParameterTable.common.definitions + program.table.definitions)
      .filter { $0.since.map { version >= $0 } ?? true }.map(\.name)
      .filter { !["process_id", "myhostname", "queue_directory"].contains($0) }
    #expect(read == expected)
  }
}
