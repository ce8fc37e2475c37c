// One password in every kind of place, also in those where it stands by mistake: no report shows it in any format.

import Checks
import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import randmap

@Suite struct SecretPlacesTests {
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
  ]
  private static let options = [
    "-o smtp_sasl_password_maps=static:me:pass S1", "-o {smtp_sasl_password_maps=static:me:S1",
    "{ -o smtp_sasl_password_maps=static:me:S1", "-o { smtp_sasl_password_maps = static:me:S1 } x }",
    "-o smtp_sasl_password_maps static:me:S1", "-o smtp_sasl_password_maps = static:me:S1",
    "-o smtp_sasl_password_maps=static:me:pass\n    S1", "-o smtp_sasl_password_maps=S1",
    "-o smtp_sasl_password_maps=hash:/etc/x,\n    static:me:S1",
    "-o smtp_sasl_password_maps=static:me:pa${S1", "-o my_password=S1 -o my_password=S2",
    "-o { my_password S1 }", "-o smtp_sasl_auth_enable=yes,my_password=S1", "--password S1",
    "-o smtp_helo_name=x --password=S1 y",
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
