// What people write in a table by mistake, and the line that they are told to write instead.

import PostfixFiles
import Testing

@testable import Checks

@Suite struct AdviceTests {
  @Test(arguments: [
    ("example.com, example.net smtp:[gw1.example]", "need a line for each domain or address"),
    ("example.com, example.net smtp:[gw1.example]", "need \"smtp:[gw1.example]\""),
    ("example.com = smtp:[gw1.example]", "need \"smtp:[gw1.example]\""),
    ("example.com= smtp:[gw1.example]", "need white space after the key"),
    ("u@example.com v@example.net", "need \"smtp:[host]\", or the line in a table of virtual_alias_maps"),
    ("example.com gw1.example", "need \"smtp:gw1.example\""),
    ("example.com smtp:[gw1.example] 70", "randmap pool SCOPE '[gw1.example]=70' ..."),
    ("example.com smtp:[gw1.example]:25=70%", "randmap pool SCOPE '[gw1.example]:25=70%' ..."),
    (
      "example.com randmap:{smtp:[gw1.example], smtp:[gw2.example]}",
      "randmap pool to:DOMAIN (or from:SENDER) GATEWAY GATEWAY"
    ),
  ])
  func ofATransportTable(line: String, advice: String) {
    var config = MailConfig(
      directory: "/etc/postfix", main: "transport_maps = hash:/etc/postfix/transport\n",
      master: "smtp unix - - n - - smtp\n")
    let path = "/etc/postfix/transport"
    config.files[path] = .read(Document(path: path, bytes: Bytes((line + "\n").utf8)))
    let messages = Linter().lint(config).diagnostics.map(\.message)
    #expect(messages.contains { $0.contains(advice) }, "\(messages)")
  }

  /// None of them shows the password.
  @Test(arguments: [
    ("[gw1.example]:587=user:secret", "need \"[gw1.example]:587  user:password\""),
    ("[gw1.example]:587", "need \"[gw1.example]:587  user:password\""),
    ("gw1.example:587:user:secret # first", "\"gw1.example:587...\""),
    ("smtp:[gw1.example]:587 user:secret", "\"smtp:[gw1.example]:587\" is never asked for"),
    ("* user:secret", "need a line for each gateway"),
    ("[gw1.example]:587 user:secret # first", "need the comment on a line of its own"),
    ("[gw1.example]:587 \"user:secret\"", "need it without quotes"),
  ])
  func ofATableOfCredentials(line: String, advice: String) {
    var config = MailConfig(
      directory: "/etc/postfix",
      main: """
        relayhost = [gw1.example]:587
        smtp_sasl_auth_enable = yes
        smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd

        """,
      master: "smtp unix - - n - - smtp\n")
    let path = "/etc/postfix/sasl_passwd"
    config.otherFiles[path] = .read(Document(path: path, bytes: Bytes((line + "\n").utf8)))
    let messages = Linter().lint(config).diagnostics.map(\.message)
    #expect(messages.contains { $0.contains(advice) }, "\(messages)")
    #expect(!messages.joined().contains("secret"), "\(messages)")
  }

  @Test(arguments: [
    ("transport_maps = hash: /etc/postfix/transport", "need no blank after the colon"),
    ("transport_maps = hash:/etc/postfix/transport.db", "need the name without \".db\""),
    ("transport_maps = hash:transport", "by its whole path"),
    ("smtp_destination_concurrency_limit = 20 # limit", "qmgr(8) ends at the first mail for transport smtp"),
    ("smtp_destination_concurrency_limit = 20 # limit", "need the comment on a line of its own"),
    ("message_size_limit = 10000000 # ten", "need the comment on a line of its own"),
    ("message_size_limit = 10M", "need a whole number without a unit"),
    ("relayhost = ${RELAY}", "nothing sets $RELAY"), ("relayhost = $(gw)", "nothing sets $gw"),
    (
      "relay_transport = randmap:{relay:[a.example], relay:[b.example]}",
      "randmap pool class:relay GATEWAY GATEWAY"
    ),
    ("content_filter = randmap:{smtp:[a.example], smtp:[b.example]}", "a filter is one destination"),
    (
      "sender_dependent_default_transport_maps = randmap:{\"smtp:[a.example]\", smtp:[b.example]}",
      "need it without quotes: \"smtp:[a.example]\""
    ),
    ("default_transport = smpt:[a.example]", "need \"smtp\", or a service \"smpt unix\" that is private"),
    ("relayhost = none", "need an empty value"), ("defer_transports = smtp", "waits in the queue"),
  ])
  func ofMainCf(line: String, advice: String) {
    var config = MailConfig(
      directory: "/etc/postfix", main: line + "\n", master: "smtp unix - - n - - smtp\n")
    for path in ["/etc/postfix/transport.db", "/var/spool/postfix/transport"] {
      config.files[path] = .unreadable(FileError(path: path, reason: "No such file or directory", .missing))
    }
    let messages = Linter().lint(config).diagnostics.map(\.message)
    #expect(messages.contains { $0.contains(advice) }, "\(messages)")
  }

  /// Names that are known, or asked for by a condition, and limits of no transport that is there.
  @Test(arguments: [
    "relayhost = ${relay?$relay}", "relayhost = ${relay:[gw1.example]}",
    "relayhost = $gw\ngw = [gw1.example]",
    "mydestination = $myhostname, localhost.$mydomain", "nosuch_destination_concurrency_limit = x",
    "transport_maps = pcre:{{/a$$/ smtp:[gw1.example]}}", "relayhost = [none.example]",
    "defer_transports = uucp",
  ])
  func nothingIsWrongWith(line: String) {
    let config = MailConfig(
      directory: "/etc/postfix", main: line + "\n",
      master: "smtp unix - - n - - smtp\nlocal unix - n n - - local\n")
    let found = Linter().lint(config).diagnostics.filter { $0.severity >= .warning && $0.code != "RM413" }
    #expect(found.isEmpty, "\(found)")
  }

  /// A setting that is indented is said once, and nothing of what Postfix makes of the long value.
  @Test(arguments: [
    ("mydestination = localhost\n  relayhost = [b.example]\n", 1),
    ("transport_maps = hash:/etc/postfix/missing\n relayhost = [b.example]\n myorigin = $mydomain\n", 2),
    ("myhostname = a.example\n# a comment\n\trelayhost=[b.example]\n", 1),
    ("import_environment = MAIL_CONFIG\n  mail_debug=yes\n", 0),
    ("transport_maps = inline:{\n  { a.example = smtp:[b.example] } }\n", 0),
    ("postscreen_dnsbl_sites =\n  list_a.example=127.0.0.2\n", 0),
  ])
  func anIndentedSetting(main: String, count: Int) {
    let config = MailConfig(directory: "/etc/postfix", main: main, master: "smtp unix - - n - - smtp\n")
    let found = Linter().lint(config).diagnostics.filter { $0.severity == .error }
    #expect(found.map(\.code) == Array(repeating: "RM328", count: count), "\(found)")
  }
}
