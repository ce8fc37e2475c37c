// What the rules claim of services and of the tables that smtp(8) asks, shown by mail that a real Postfix sends.

import PostfixFiles
import TestSupport
import TestTraits
import Testing

@testable import Checks

@Suite(.waits) struct ServiceClaimsTests {
  static let codes = [
    "RM129", "RM324", "RM330", "RM332", "RM333", "RM230", "RM336", "RM410", "RM411", "RM412", "RM413",
    "RM513", "RM514",
    "RM515", "RM901",
    "RM902",
    "RM903",
    "RM904",
    "RM906", "RM907", "RM909", "RM912",
  ]

  /// Each transport has one fault; what becomes of one message for it.
  @Test func whatOneFaultDoesToOneTransport() throws {
    let sink = try SmtpSink()
    let faults: [(name: String, options: String, words: String)] = [
      (
        "stray", "-o smtp_fallback_relay=[127.0.0.1]:1, [127.0.0.1]:2",
        "unknown attribute name: [127.0.0.1]:2"
      ),
      ("late", "flags=D -o smtp_helo_name=x.test", "unknown attribute name: -o"),
      ("split", "-o smtp_helo_name = x.test", "invalid \"-o smtp_helo_name\" option value: missing '='"),
      ("name", "-o smtp_bind_address=out1.example", "bad smtp_bind_address parameter: out1.example"),
      ("port", "-o smtp_bind_address=127.0.0.2:0", "bad smtp_bind_address parameter: 127.0.0.2:0"),
      ("mask", "-o smtp_bind_address=127.0.0.2/32", "bad smtp_bind_address parameter: 127.0.0.2/32"),
      (
        "list", "-o smtp_bind_address=127.0.0.2,127.0.0.3",
        "bad smtp_bind_address parameter: 127.0.0.2,127.0.0.3"
      ),
      ("six", "-o smtp_bind_address=::1", "bad smtp_bind_address parameter: ::1"),
      ("quoted", "-o smtp_tls_security_level=\"may\"", "invalid"),
      ("nomaps", "-o smtp_sasl_auth_enable=yes", "specify a password table"),
    ]
    // What looks alike and is sound.
    let sound = [
      ("brackets", "-o smtp_bind_address=[127.0.0.2]"), ("short", "-o smtp_bind_address=127.1"),
      ("flags", "-o smtp_helo_name=x.test flags=D"),
      ("braces", "-o { smtp_fallback_relay = [127.0.0.1]:1, [127.0.0.1]:2 }"),
    ]
    let all = faults.map { ($0.name, $0.options) } + sound
    let master = all.map { "\($0.0) unix - - n - - smtp \($0.1)\n" }.joined()
    let lab = try PostfixLab(
      main: "transport_maps = texthash:$config_directory/transport", master: master,
      files: ["transport": all.map { "\($0.0).test \($0.0):\(sink.address)\n" }.joined()])
    for (name, _) in all { try lab.sendOne(to: ["u@\(name).test"]) }
    try waitUntil("the sound ones to be delivered", seen: lab.log) { sink.count == sound.count }
    for fault in faults {
      try waitUntil("the end of \(fault.name)", seen: lab.log) {
        lab.log.split(separator: "\n").contains { $0.contains("fatal: ") && $0.contains(fault.words) }
      }
    }
    #expect(sink.count == sound.count)
    // The rules say the same of them, and nothing of the sound ones.
    let found = Linter(LintOptions(select: ["RM324", "RM406", "RM410", "RM412", "RM907"]))
      .lint(try MailConfig(directory: lab.configDirectory, environment: Environment()))
    let document = Document(path: "m", bytes: Bytes(try readFile(lab.configDirectory + "/master.cf")))
    let lines = Set(found.diagnostics.map(\.start.line))
    for (name, options) in all where name != "quoted" {
      let service = try #require(MasterCf(document).services.first { $0.name == name })
      #expect(
        lines.contains(service.line.number) == faults.contains { $0.name == name },
        "\(name) \(options) \(found.diagnostics)")
    }
  }

  /// RM411: an override of a route on smtpd(8) or smtp(8) changes nothing; content_filter does.
  @Test func onlyTheRewriterReadsRoutes() throws {
    let main = try SmtpSink()
    let other = try SmtpSink()
    let filtered = try LoopbackAddress.own()
    let lab = try PostfixLab(
      main: "relayhost = \(main.address)",
      master: """
        smtp unix - - n - - smtp -o relayhost=\(other.address) -o smtp_destination_concurrency_limit=1
        \(filtered.host):\(filtered.port) inet n - n - - smtpd
          -o relayhost=\(other.address)
          -o default_transport=smtp:\(other.address)
          -o transport_maps=static:smtp:\(other.address)
        """)
    try lab.sendOne(to: ["u@elsewhere.test"])
    try runSuccessfully(
      postfixTool("smtp-source"),
      ["-f", "s@lab.randmap.test", "-t", "v@elsewhere.test", "\(filtered.host):\(filtered.port)"])
    try waitUntil("both messages", seen: lab.log) { main.count + other.count == 2 }
    #expect(main.count == 2 && other.count == 0, "\(lab.log)")
  }

  /// RM129: proxymap(8) opens what proxy_read_maps names; trivial-rewrite(8) ends for anything else.
  @Test func aProxyTableThatIsNotNamedEndsItsReader() throws {
    let sink = try SmtpSink()
    func lab(readMaps: String) throws -> PostfixLab {
      try PostfixLab(
        main: """
          proxy_read_maps = \(readMaps)
          transport_maps = proxy:texthash:$config_directory/transport
          """,
        files: ["transport": "elsewhere.test smtp:\(sink.address)\n"])
    }
    let words = "service is not configured for table"
    let closed = try lab(readMaps: "$mydestination")
    try closed.sendOne(to: ["u@elsewhere.test"])
    try waitUntil("the end of trivial-rewrite", seen: closed.log) { closed.log.contains(words) }
    let open = try lab(readMaps: "$mydestination $transport_maps")
    try open.sendOne(to: ["u@elsewhere.test"])
    try waitUntil("the message", seen: open.log) { sink.count == 1 }
    #expect(!open.log.contains(words))
  }

  /// RM413: no transport smtp.
  @Test func withoutTheTransportSmtpAllOtherMailWaits() throws {
    let lab = try PostfixLab(main: "relayhost = [127.0.0.1]:1\nmaster_service_disable = smtp/unix")
    try lab.sendOne(to: ["u@elsewhere.test"])
    try lab.waitUntilSettled()
    #expect(lab.deliveries.map(\.reason) == ["mail transport unavailable"], "\(lab.log)")
  }

  /// RM327 of the limit of one transport: the queue manager ends when mail comes for it.
  @Test func aLimitThatIsNoNumberEndsTheQueueManager() throws {
    let lab = try PostfixLab(
      main: "relayhost = [127.0.0.1]:1\nsmtp_destination_concurrency_limit = 20 # limit")
    try lab.sendOne(to: ["u@elsewhere.test"])
    let words = "fatal: bad numerical configuration: smtp_destination_concurrency_limit = 20 # limit"
    try waitUntil("the end of qmgr", seen: lab.log) { lab.log.contains(words) }
    #expect(lab.deliveries.isEmpty, "\(lab.log)")
  }

  /// RM330.
  @Test func aDeferredTransportSendsNothing() throws {
    let sink = try SmtpSink()
    let lab = try PostfixLab(main: "relayhost = \(sink.address)\ndefer_transports = smtp")
    try lab.sendOne(to: ["u@elsewhere.test"])
    try lab.waitUntilSettled()
    #expect(lab.deliveries.map(\.reason) == ["deferred transport"], "\(lab.log)")
    #expect(sink.count == 0)
  }

  /// RM230, RM327 of a level of smtpd(8), RM332, RM333, RM336.
  @Test func whatKeepsSmtpdFromTakingMail() throws {
    let faults = [
      ("-o smtpd_tls_security_level=maybe", "Invalid TLS level \"maybe\""),
      (
        "-o smtpd_relay_restrictions=permit_mynetworks -o smtpd_recipient_restrictions=permit_mynetworks",
        "specify at least one working instance of"
      ),
      (
        "-o { smtpd_client_restrictions = check_client_access static:{FILTER scan} }",
        "requires transport:destination"
      ),
      ("-o smtpd_client_restrictions=permit_mynetwork", "unknown smtpd restriction: \"permit_mynetwork\""),
      ("-o mynetworks=10.0.0.1/8", "non-null host address bits in \"10.0.0.1/8\""),
      ("-o mynetworks=10.0.0.0/33", "10.0.0.0/33"),
    ]
    let ports = try faults.map { _ in try LoopbackAddress.own() }
    let services = zip(ports, faults).map { "\($0.host):\($0.port) inet n - n - - smtpd \($1.0)\n" }
    let lab = try PostfixLab(master: services.joined())
    // smtpd(8) that ends leaves its client waiting.
    let clients = try ports.map {
      try ChildProcess(
        postfixTool("smtp-source"),
        ["-f", "s@lab.randmap.test", "-t", "v@elsewhere.test", "\($0.host):\($0.port)"])
    }
    for (options, words) in faults {
      try waitUntil("what is said of \(options)", seen: lab.log) { lab.log.contains(words) }
    }
    for client in clients.suffix(3) {
      let ended = try client.wait()
      #expect(ended.standardError.contains("451"), "\(ended.summary)")
    }
  }

  /// RM513, RM514, RM515, RM904, RM906.
  @Test func levelsAndPoliciesThatSmtpRefuses() throws {
    let sink = try SmtpSink()
    let gateway = "\(sink.address)"
    let names = ["weak", "raised", "lowered", "plain", "level", "attribute", "good"]
    let lab = try PostfixLab(
      main: "transport_maps = texthash:$config_directory/transport",
      master: """
        tlsmgr unix - - n 1000? 1 tlsmgr
        weak      unix - - n - - smtp -o smtp_tls_wrappermode=yes -o smtp_tls_security_level=may
        raised    unix - - n - - smtp -o smtp_tls_wrappermode=yes -o smtp_tls_security_level=may -o { smtp_tls_policy_maps = inline:{{\(gateway) = encrypt}} }
        lowered   unix - - n - - smtp -o smtp_tls_wrappermode=yes -o smtp_tls_security_level=encrypt -o { smtp_tls_policy_maps = inline:{{\(gateway) = may}} }
        plain     unix - - n - - smtp -o smtp_tls_wrappermode=yes -o smtp_tls_security_level=encrypt
        level     unix - - n - - smtp -o { smtp_tls_policy_maps = inline:{{\(gateway) = encript}} }
        attribute unix - - n - - smtp -o { smtp_tls_policy_maps = inline:{{\(gateway) = encrypt !SSLv3}} }
        good      unix - - n - - smtp -o { smtp_tls_policy_maps = inline:{{\(gateway) = may protocols=!SSLv3}} }
        """,
      files: ["transport": names.map { "\($0).test \($0):\(gateway)\n" }.joined()])
    for name in names { try lab.sendOne(to: ["u@\(name).test"]) }
    try lab.waitUntilSettled()
    func delivery(_ name: String) throws -> Delivery {
      try #require(lab.deliveries.last { $0.recipient == "u@\(name).test" }, "\(name)\n\(lab.log)")
    }
    #expect(
      lab.log.contains("smtp_tls_wrappermode requires \"smtp_tls_security_level = encrypt\" (or stronger)"))
    for name in ["weak", "raised", "lowered", "plain", "level", "attribute"] {
      #expect(try delivery(name).status == .deferred, "\(name)\n\(lab.log)")
    }
    // TLS with a server that does not speak it.
    for name in ["raised", "plain"] { #expect(try delivery(name).reason.contains("TLS")) }
    for name in ["level", "attribute"] {
      #expect(try delivery(name).reason.contains("client TLS configuration problem"), "\(lab.log)")
    }
    #expect(try delivery("good").status == .sent)
  }

  /// RM901, RM902, RM903, RM909, RM912: which credentials smtp(8) finds for a server that offers a login.
  @Test func theKeysThatCredentialsAreLookedUpBy() throws {
    let server = try Greeter(
      greeting: Array("220 gw.test ESMTP\r\n".utf8),
      answer: Array("250-gw.test\r\n250 AUTH PLAIN LOGIN\r\n".utf8))
    let gateway = "\(server.address)"
    let host = server.address.host
    let sender = "sender@lab.randmap.test"
    let cases: [(name: String, table: String, found: String?)] = [
      ("written", "{\(gateway) = user:word}", "user"), ("host", "{\(host) = user:word}", "user"),
      ("bare", "{\(host):\(server.address.port) = user:word}", nil),
      ("sender", "{\(sender) = user:word}", nil),
      ("another", "{[127.0.0.99]:587 = user:word}", nil),
      ("nocolon", "{\(gateway) = user word}", "user word"),
      ("comment", "{\(gateway) = user:word # first}", "user"),
      ("quotes", "{\(gateway) = 'user:word'}", "'user"),
      ("star", "{* = user:word}", nil), ("transport", "{smtp:\(gateway) = user:word}", nil),
    ]
    let lab = try PostfixLab(
      main: """
        transport_maps = texthash:$config_directory/transport
        smtp_sasl_security_options = noanonymous
        """,
      master: cases.map {
        "\($0.name) unix - - n - - smtp -v -o syslog_name=postfix/\($0.name) -o smtp_sasl_auth_enable=yes "
          + "-o { smtp_sasl_password_maps = inline:{\($0.table)} }\n"
      }.joined(),
      files: ["transport": cases.map { "\($0.name).test \($0.name):\(gateway)\n" }.joined()])
    for example in cases { try lab.sendOne(to: ["u@\(example.name).test"], from: sender) }
    for example in cases {
      var said = ""
      try waitUntil("the lookup of \(example.name)", seen: lab.log) {
        let lines = lab.log.split(separator: "\n").filter { $0.contains("postfix/\(example.name)/smtp[") }
        said = lines.first { $0.contains("smtp_sasl_passwd_lookup: ") }.map(String.init) ?? ""
        return !said.isEmpty
      }
      if let user = example.found {
        #expect(said.contains("user `\(user)'"), "\(said)")
        let word = ["nocolon": "", "comment": "word # first", "quotes": "word'"][example.name] ?? "word"
        #expect(said.contains("pass `\(word)'"), "\(said)")
      } else {
        #expect(said.contains("no auth info found"), "\(said)")
      }
    }
  }
}
