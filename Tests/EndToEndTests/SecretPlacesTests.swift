// One password in every kind of place, also in those where it is by mistake: no report shows it in any format.

import Checks
import PostfixFiles
import Routing
import TestSupport
import TestTraits
import Testing

@testable import randmap

@Suite(.waits) struct SecretPlacesTests {
  private static let head = "compatibility_level = 3.6\nqueue_directory = /nowhere\n"
  private static let services = "smtp unix - - n - - smtp\n"
  private static let named = "smtp_sasl_password_maps = texthash:$config_directory/sasl_passwd\n"

  /// Values of main.cf with the password S1, most of them wrong in some way.
  private static let settings = [
    "smtp_sasl_password_maps = static:me:S1\nsmtp_sasl_password_maps = static:me:S2\n",
    "smtp_sasl_password_maps = static:me:S1\nsmtp_sasl_password_maps = static:me:S1S2\n",
    "smtp_sasl_password_maps = static:me:pass S1\n", "smtp_sasl_password_maps = static:me:pa,S1\n",
    "smtp_sasl_password_maps = S1\n", "smtp_sasl_password_maps = {S1}\n",
    "smtp_sasl_password_maps = \"S1\"\n",
    "smtp_sasl_password_maps = {S1\n", "smtp_sasl_password_maps = statik:me:S1\n",
    "smtp_sasl_password_maps = inline:{ {[gw1.example]=me:S1 }\n",
    "smtp_sasl_password_maps = inline:{ {[gw1.example] me:S1} }\n",
    "smtp_sasl_password_maps = static:me:pa${S1\n", "smtp_sasl_password_maps = static:me:pa$(S1\n",
    "smtp_sasl_password_maps = static:me:pa$S1\n", "smtp_sasl_password_maps = static:me:pa${x?{S1}\n",
    "smtp_sasl_auth_enable=yes\n smtp_sasl_password_maps=static:me:S1\n",
    "smtp_sasl_auth_enable=yes\n smtp_sasl_password_maps =\n  static:me:S1\n",
    "smtp_sasl_auth_enable = yes smtp_sasl_password_maps = static:me:S1\n",
    "relayhost = [127.0.0.2]\n smtp_sasl_password_maps=static:me:S1\n",
    "relayhost = [127.0.0.2] smtp_sasl_password_maps=static:me:S1\n",
    "default_transport = randmap:{smtp:[127.0.0.2], smtp:[127.0.0.3]}\n smtp_sasl_password_maps=static:me:S1\n",
    "message_size_limit = 10\n my_password = S1\n",
    "transport_maps = texthash:/etc/x\n  lmtp_sasl_password_maps=static:me:S1\n",
    "mydestination = localhost\n  ldap_bindpw = S1\n", "smtp_sasl_password_maps static:me:S1\n",
    "lmtp_sasl_password_maps = cred:S1\n", "x_password = S1\nx_password = S1b\n",
    "cred = me:S1\nsmtp_sasl_password_maps = static:$cred x\ncred = me:S1b\n",
    "smtp_tls_policy_maps = ldap://u:S1@h\n", "virtual_alias_maps = pgsql:postgresql://h/db?password=S1\n",
    " smtp_sasl_password_maps = static:me:S1\n",
    "relayhost = me:S1@127.0.0.2\n", "relayhost =\n  me:S1@127.0.0.2\n",
    "# relayhost = me:S1@127.0.0.2:587\n",
    "smtp_fallback_relay = [127.0.0.2], me:S1@[127.0.0.3]\n",
    "relayhost = me:a,S1@127.0.0.2\n", "relayhost = me:S1,b@127.0.0.2\n", "relayhost = me:a\"S1@127.0.0.2\n",
    "relayhost = me/S1@127.0.0.2\n", "relayhost = [127.0.0.2]:me:S1\n", "relayhost = [127.0.0.2]:587:me:S1\n",
    "relayhost = a.example:me:S1\n", "default_transport = smtp:me:a,S1@127.0.0.2\n",
    "default_transport = smtp:me:S1,b@127.0.0.2\n", "default_transport = smtp:me:a\"S1@127.0.0.2\n",
    "default_transport = smtp:me:a{S1@127.0.0.2\n", "default_transport = smtp:[me:a,S1@127.0.0.2]\n",
    "default_transport = smtp:me/S1@127.0.0.2\n", "default_transport = smtp:[127.0.0.2]:me:S1\n",
    "default_transport = smtp:[127.0.0.2]:587:me:S1\n",
    "default_transport = randmap:{smtp:me:a,S1@127.0.0.2, smtp:[127.0.0.3]:me:S1}\n",
    "virtual_alias_maps = ldap:{bind_pw=S1}\n",
    "transport_maps = ldap:{server_host=127.0.0.1, bind_pw = S1}\n",
  ]
  private static let options = [
    "-o smtp_sasl_password_maps=static:me:pass S1", "-o {smtp_sasl_password_maps=static:me:S1",
    "{ -o smtp_sasl_password_maps=static:me:S1", "-o { smtp_sasl_password_maps = static:me:S1 } x }",
    "-o smtp_sasl_password_maps static:me:S1", "-o smtp_sasl_password_maps = static:me:S1",
    "-o smtp_sasl_password_maps=static:me:pass\n    S1", "-o smtp_sasl_password_maps=S1",
    "-o smtp_sasl_password_maps=hash:/etc/x,\n    static:me:S1",
    "-o smtp_sasl_password_maps=static:me:pa${S1", "-o my_password=S1 -o my_password=S2",
    "-o { my_password S1 }", "-o smtp_sasl_auth_enable=yes,my_password=S1", "--password S1",
    "-o smtp_helo_name=x --password=S1 y", "-o smtp_fallback_relay=me:S1@127.0.0.2",
    "-o { smtp_fallback_relay = me:S1@127.0.0.2 }",
  ]
  private static let lines = [
    "bob:S1 [127.0.0.7]", "bob:S1", "bob@example.com:S1", "[127.0.0.7]:S1", "gw1.example:S1",
    "[gw1.example]:587=me:S1", "[gw1.example] me S1", "[gw1.example] S1", "[gw1.example]\n me:S1",
    "[gw1.example] me:S1\n[gw1.example] me:S1b", " [gw1.example] me:S1", "[gw1.example]|me:S1",
    "\"[gw1.example] me:S1", "[gw1.example] \"me:S1", "[gw1.example]:587:me:S1",
  ]

  private func reports(main: String, master: String = services, table: String? = nil, secret: String) throws
    -> [String]
  {
    let directory = try TemporaryDirectory()
    func with(_ text: String) -> String {
      text.replacing("S1", with: secret).replacing("S2", with: secret + "more")
    }
    try directory.write("main.cf", with(Self.head + main))
    try directory.write("master.cf", with(master))
    if let table { try directory.write("sasl_passwd", with(table) + "\n") }
    let environment = PostfixFiles.Environment()
    let config = try MailConfig(directory: directory.path, environment: environment).readingFiles()
    var texts = checks(of: config)
    let safe = SafeConfig(config)
    let resolver = Resolver(safe.config, context: RouteContext())
    let addresses = ["u@127.0.0.2", "u@example.com", "u@localhost"]
    let routes = RouteReport(
      addresses.map { (written: $0, answer: resolver.route(Bytes($0.utf8), from: [])) }, in: safe.config,
      folded: false, shown: { $0 }, lookUp: { _ in nil })
    let pools = PoolsReport(safe.config, shown: { $0 })
    texts += (routes.text + pools.text).map(safe.shown)
    texts += [safe.shown(try JSON.text(routes.object)).text, safe.shown(try JSON.text(pools.object)).text]
    for name in ["main.cf", "master.cf"] {
      let document = Document(
        path: directory.file(name), bytes: Bytes(try readText(directory.file(name)).utf8))
      let kind = FileKind(of: document)
      let report = Linter().lint(file: document, as: kind)
      let shown = MailConfig(alone: document, as: kind).blankedSecrets?.covering([document]).first ?? document
      texts.append(FramedFormat().render(report) { _ in shown })
    }
    return texts
  }

  private func checks(of config: MailConfig) -> [String] {
    let sources = Dictionary(
      config.documentsToShow.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    let report = Linter().lint(config)
    let formats =
      ReportFormatName.allCases.map { $0.format(framed: false, toolVersion: "1") } + [FramedFormat()]
    return formats.map { $0.render(report) { sources[$0] } }
  }

  private func expectNone(_ secret: String, in texts: [String], _ place: String) {
    for text in texts where text.lowercased().contains(secret.lowercased()) {
      Issue.record("\(place): \(text)")
      return
    }
  }

  /// Letters alone, a long one that a message cuts, and one with signs.
  private static let secrets = ["Geheim7", String(repeating: "Geheim7", count: 200), "Ge!heim#7"]

  @Test(arguments: secrets) func ofMainCf(secret: String) throws {
    for place in Self.settings {
      expectNone(String(secret.prefix(7)), in: try reports(main: place, secret: secret), place)
    }
  }

  @Test(arguments: secrets) func ofMasterCf(secret: String) throws {
    for option in Self.options {
      let services = Self.services + "lane unix - - n - - smtp\n  \(option)\n"
      let inLine = Self.services + "lane unix - - n - - smtp \(option)\n"
      for master in [services, inLine] {
        let texts = try reports(main: "default_transport = lane\n", master: master, secret: secret)
        expectNone(String(secret.prefix(7)), in: texts, option)
      }
    }
  }

  @Test(arguments: secrets) func ofTables(secret: String) throws {
    for line in Self.lines {
      let main = Self.named + "smtp_sasl_auth_enable = yes\nrelayhost = [gw1.example]:587\n"
      expectNone(String(secret.prefix(7)), in: try reports(main: main, table: line, secret: secret), line)
    }
  }

  /// The settings of a database as a table of something else, logins in next hops and URLs where a file is named: what each command
  /// says, also on standard error.
  @Test func ofEachCommand() throws {
    let directory = try TemporaryDirectory()
    let state = ["XDG_STATE_HOME": directory.file("state")]
    let (path, secret) = (directory.path, "Geheim7")
    let pool =
      "randmap:{smtp://u:S1@127.0.0.1:26,user:S1@[127.0.0.1]:26,smtp:me:S1@127.0.0.1,smtp:[me:S1@127.0.0.1]:26}"
    try directory.write(
      "main.cf",
      """
      compatibility_level = 3.6
      queue_directory = \(path)
      maillog_file = /http://u:S1@x
      smtp_tls_policy_maps = texthash:\(path)/mysql.cf
      mydestination = \(path)/mysql.cf
      virtual_alias_maps = ldap://cn=x,o=y:S1@127.0.0.1, ldap://v:S1@127.0.0.1
      transport_maps = hash:mysql://u:S1@127.0.0.1/x
      default_transport = \(pool)
      sender_dependent_default_transport_maps = \(pool)
      relayhost = [me:S1@127.0.0.9]

      """.replacing("S1", with: secret))
    try directory.write("master.cf", "smtp unix - - n - - smtp\nuser unix - - n - - smtp\n")
    try directory.write(
      "mysql.cf",
      "hosts = 127.0.0.1\npassword = S1\npasswordx S1\nconnect postgres://u:S1@127.0.0.1/\n"
        .replacing("S1", with: secret))
    let edit = ["set-route", "relayhost", "[127.0.0.2]:26"]
    var calls = [
      ["pools"], ["pools", "--format", "json"], ["route", "u@x.example", "u@localhost"],
      ["route", "u@x.example", "--format", "json"], edit + ["--format", "json"], ["pool"],
      ["pool", "outbound", "[127.0.0.2]", "[127.0.0.3]", "--format", "json"],
    ]
    calls += ["text", "gcc", "json", "sarif", "github", "checkstyle"].map { ["check", "--format", $0] }
    calls += ["text", "json", "nagios", "prometheus"].map { ["status", "--format", $0] }
    calls += ["text", "json", "csv", "prometheus"].map { ["report", "--format", $0, "/dev/null"] }
    for call in calls {
      let finished = try runRandmap(call + ["-c", path], environment: state)
      #expect(!finished.standardOutput.isEmpty || !finished.standardError.isEmpty)
      expectNone(secret, in: [finished.standardOutput, finished.standardError], "\(call)")
    }
    // What was called is kept, and shown later.
    try directory.makeDirectory("other")
    let other = directory.file("other")
    try directory.write("other/main.cf", "compatibility_level = 3.6\nrelayhost = [127.0.0.9]\n")
    let route = "inline:{ {a.example = ldap://u:\(secret)@127.0.0.1} }"
    let written = try runRandmap(
      ["set-route", "transport_maps", route, "-c", other, "--write", "--force"], environment: state)
    #expect(written.status == .exited(0), "\(written.summary)")
    for call in [
      ["log"], ["log", "--format", "json"], ["log", "--diff"], ["undo", "--dry-run", "--format", "json"],
      ["route", "u@a.example"],
    ] {
      let finished = try runRandmap(call + ["-c", other], environment: state)
      #expect(!finished.standardOutput.isEmpty)
      expectNone(secret, in: [finished.standardOutput, finished.standardError], "\(call)")
    }
  }

  /// The login of a next hop by itself, without the transport before it.
  @Test func ofNextHops() throws {
    for value in ["[me:S1@127.0.0.9]", "[me:S1@127.0.0.9]:587", "smtp:me:S1@127.0.0.9"] {
      for setting in [
        "relayhost", "default_transport", "transport_maps = static", "pool = !smtp:[127.0.0.2]!smtp",
      ] {
        let main = "\(setting)\(setting.contains("=") ? ":" : " = ")\(value)\n"
        expectNone("Geheim7", in: try reports(main: main, secret: "Geheim7"), main)
      }
    }
  }

  /// In tables, which `route` reads one by one, and where a next hop is shown apart from its transport.
  @Test func ofNextHopsInTables() throws {
    let directory = try TemporaryDirectory()
    let (path, secret) = (directory.path, "Geheim7")
    let state = ["XDG_STATE_HOME": directory.file("state")]
    let hops = [
      "me:S1@gw1.example", "me:a,S1@gw1.example", "me:S1\"b@gw1.example", "me/S1@gw1.example",
      "[gw1.example]:me:S1", "[me:S1@gw1.example]:587", "gw1.example:587:me:S1",
    ].map { $0.replacing("S1", with: secret) }
    func table(_ key: String, _ lead: String) -> String {
      hops.enumerated().map { "\(key)\($0).example \(lead)\($1)\n" }.joined()
    }
    try directory.write(
      "main.cf",
      """
      compatibility_level = 3.6
      queue_directory = \(path)
      relay_domains = static:all
      transport_maps = texthash:\(path)/tr
      sender_dependent_relayhost_maps = texthash:\(path)/rh
      virtual_alias_maps = ldap:{bind_pw = \(secret)}

      """)
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    try directory.write("tr", table("d", "smtp:"))
    try directory.write("rh", table("@s", ""))
    let all = hops.indices.map { "u@d\($0).example" }
    var calls = [["route"] + all, ["route", "--format", "json"] + all]
    for number in hops.indices {
      for format in ["text", "json"] {
        calls.append(["route", "u@x.example", "--from", "u@s\(number).example", "--format", format])
      }
    }
    calls += ["text", "gcc", "json", "github"].map { ["check", "--format", $0] }
    calls += [
      ["pools"], ["pools", "--format", "json"],
      ["set-route", "d0.example", "smtp:[127.0.0.2]", "--table", "\(path)/tr", "--format", "json"],
      ["set-route", "@s0.example", "[127.0.0.2]", "--table", "\(path)/rh", "--format", "json"],
      ["pool", "outbound", "[127.0.0.2]", "[127.0.0.3]", "--format", "json"],
    ]
    for call in calls {
      let finished = try runRandmap(call + ["-c", path], environment: state)
      #expect(!finished.standardOutput.isEmpty || !finished.standardError.isEmpty)
      expectNone(secret, in: [finished.standardOutput, finished.standardError], "\(call)")
    }
    let config = try MailConfig(directory: path, environment: Environment()).readingFiles()
    for hop in hops {
      for result in [hop, "smtp:\(hop)"] {
        do {
          _ = try AgentResult(result, fixedTransport: nil, kind: .nextHop, in: config)
          Issue.record("\(result) is taken")
        } catch {
          #expect(!error.message.contains(secret), "\(error.message)")
        }
      }
    }
  }

  /// What an edit says of the configuration, beside the diff, which a pipe gets as it is.
  @Test func ofEdits() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      """
      compatibility_level = 3.6
      queue_directory = /nowhere
      default_transport = randmap:{smtp:[127.0.0.2], smtp:[127.0.0.3]}
       smtp_sasl_password_maps=static:me:Geheim7
      virtual_alias_maps = ldap:{bind_pw=Geheim7}

      """)
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    for call in [
      ["set", "default_transport", "smtp:[127.0.0.2]", "2"], ["set-route", "relayhost", "[127.0.0.3]"],
      ["pool", "outbound", "[127.0.0.4]", "[127.0.0.5]"],
    ] {
      for format in ["text", "json"] {
        let finished = try runRandmap(
          call + ["--force", "--format", format, "-c", directory.path],
          environment: ["XDG_STATE_HOME": directory.file("state")])
        let texts = [finished.standardOutput, finished.standardError].map { text in
          text.split(separator: "\n").filter { format == "json" || !" +-".contains($0.prefix(1)) }.joined(
            separator: "\n")
        }
        #expect(texts.contains { !$0.isEmpty }, "\(finished.summary)")
        expectNone("Geheim7", in: texts, "\(call)")
      }
    }
  }

  /// A text that is cut may have lost the sign that shows what a login is.
  /// It is no secret to the caller, and the answer is about it.
  @Test func anAddressThatWasTypedIsShown() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf", "compatibility_level = 3.6\nqueue_directory = /nowhere\nrelayhost = [127.0.0.2]\n")
    for address in ["x:y@[127.0.0.5]", "smtp:x:y@a.example"] {
      for format in ["text", "json"] {
        let finished = try runRandmap(
          ["route", address, "--from", "v:w@[127.0.0.6]", "--format", format, "-c", directory.path])
        #expect(finished.standardOutput.contains(address), "\(finished.summary)")
        #expect(finished.standardOutput.contains("v:w@[127.0.0.6]"), "\(finished.summary)")
      }
    }
  }

  /// What is no secret is quoted as ever, also beside one, and where a name of a password is about something else.
  @Test func whatIsNoSecretIsQuoted() throws {
    func text(_ main: String) throws -> String { try reports(main: main, secret: "Geheim7").joined() }
    let beside = try text("smtp_sasl_password_maps = static:me:S1\nmessage_size_limit = 10M\n")
    #expect(beside.contains("RM327") && beside.contains("10M"), "\(beside)")
    let twice = try text("relayhost = [127.0.0.2]\nrelayhost = [127.0.0.3]\nmy_password = S1\n")
    #expect(twice.contains("overriding earlier entry in line 3: relayhost=[127.0.0.2]"), "\(twice)")
    let named = try text(
      "# randmap: agent\nsecret_pool = !smtp:[127.0.0.2]!smtp:[127.0.0.3]\ndefault_transport = randmap:secret_pool\n"
    )
    #expect(named.contains("[127.0.0.2]") && named.contains("[127.0.0.3]"), "\(named)")
    let shared = try text(
      "dir = /etc/nowhere\nsmtp_sasl_password_maps = hash:$dir/p\ntransport_maps = hash:$dir/transport\n")
    #expect(shared.contains("/etc/nowhere/transport"), "\(shared)")
    let part = try text("smtp_sasl_password_maps = static:me:pass S1\n")
    #expect(
      part.contains("instead of \\\"********\\\"") || part.contains("instead of \"********\""), "\(part)")
  }
}
