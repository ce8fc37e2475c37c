// Templates and copies: a repository is checked as what it will be, and nothing is said of what is not known yet.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Checks

@Suite struct TemplateTests {
  private func codes(_ main: String, _ language: TemplateLanguage) throws -> [String] {
    let directory = try TemporaryDirectory()
    try directory.writeOld("main.cf", main)
    try directory.writeOld(
      "master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\nlocal unix - n n - - local\n")
    var environment = Environment(hostName: "mx1.example")
    environment.template = language
    let config = try MailConfig(directory: directory.path, environment: environment).readingFiles()
    return Linter(LintOptions(severity: .warning)).lint(config).diagnostics.map {
      "\($0.start.line):\($0.code)"
    }
  }

  @Test(arguments: [TemplateLanguage.jinja, .auto])
  func jinjaIsUnknownText(language: TemplateLanguage) throws {
    let main = """
      # {{ ansible_managed }}
      {{ ansible_managed | comment }}
      {# why #}
      myhostname = {{ inventory_hostname }}
      {% if relay is defined %}
      relayhost = [{{ relay }}]:{{ port | default(587) }}
      {% else %}
      relayhost = [gw1.example
      {% endif %}
      smtp_fallback_relay = [gw2.example:587]
      {%- for x in more %}
      my_{{ x }} = 1
      {%- endfor %}
      sender_dependent_relayhost_maps = inline:{{@a.example=[gw3.example]}}
      """
    // The faults outside of the marks are said all the same.
    #expect(try codes(main, language) == ["8:RM501", "10:RM502"])
  }

  @Test(arguments: [TemplateLanguage.erb, .auto])
  func erbIsUnknownText(language: TemplateLanguage) throws {
    let main = """
      # <%= @warning %>
      myhostname = <%= @fqdn %>
      <% if @relay -%>
      relayhost = <%= @relay %>
      <% else -%>
      relayhost = [gw1.example]:99999
      <% end -%>
      """
    #expect(try codes(main, language) == ["6:RM503"])
  }

  @Test func columnsStayWhatTheyAre() {
    let text = Bytes("a = {{ x }} [gw\n  {% if y %}\n".utf8)
    let template = TemplateText(text, .jinja)
    #expect(template.bytes.count == text.count)
    #expect(template.bytes.text == "a = xxxxxxx [gw\n  #xxxxxxxxx\n")
    #expect(template.unknown == [4..<11] && template.hasStatements)
    #expect(TemplateText(Bytes("a = {{ x\n".utf8), .jinja).unknown.isEmpty)
  }

  /// What a copy names below /etc/postfix is never the machine's.
  @Test func aCopyIsReadFromItselfOrFromWhereTheCallSays() throws {
    let repository = try TemporaryDirectory()
    try repository.makeDirectory("etc")
    try repository.makeDirectory("tables")
    let main = "transport_maps = texthash:/etc/postfix/transport\nrelay_domains = /etc/postfix/domains\n"
    try repository.writeOld("etc/main.cf", main)
    let services = "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\nlocal unix - n n - - local\n"
    try repository.writeOld("etc/master.cf", services)
    try repository.writeOld("etc/transport", "a.example  smtp:[gw1\n")
    try repository.writeOld("etc/domains", "*.a.example\n")
    try repository.writeOld("tables/transport", "a.example  smtp:[gw1.example:587]\n")
    func found(_ environment: Environment) throws -> [String] {
      let config = try MailConfig(directory: repository.file("etc"), environment: environment).readingFiles()
      return Linter().lint(config).diagnostics.map {
        "\($0.file.dropFirst(repository.path.count + 1)):\($0.start.line):\($0.code)"
      }
    }
    let plain = Environment(hostName: "mx1.example")
    let beside = try found(plain)
    #expect(beside == ["etc/domains:1:RM323", "etc/main.cf:1:RM326", "etc/transport:1:RM501"], "\(beside)")
    var mapped = plain
    mapped.pathMap.add("/etc/postfix", in: repository.file("tables"))
    #expect(try found(mapped).contains("tables/transport:1:RM502"))
    #expect(try !found(mapped).contains("etc/main.cf:1:RM326"))
  }

  /// A table of this machine is none of a copy: nothing is said of it, and an answer that would need it is incomplete.
  @Test func aFileOfTheMachineIsNoneOfACopy() throws {
    let repository = try TemporaryDirectory()
    try repository.writeOld(
      "main.cf",
      "mydestination = /etc/hostname\nrelay_domains = hash:/srv/mail/domains\ntransport_maps = hash:/var/lib/none/transport\n"
    )
    try repository.writeOld(
      "master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\nlocal unix - n n - - local\n")
    let config = try MailConfig(directory: repository.path, environment: Environment(hostName: "mx1.example"))
      .readingFiles()
    #expect(config.otherFiles["/etc/hostname"]?.document == nil)
    let found = Linter(LintOptions(severity: .warning)).lint(config).diagnostics
    #expect(found.isEmpty, "\(found)")
    let answer = Resolver(config, context: RouteContext(isCopy: true)).route("u@example.com")
    #expect(!answer.isComplete && answer.unknown.count == 3, "\(answer.unknown)")
    #expect(
      answer.outcomes.map(\.value) == [
        .destination(transport: Bytes("smtp".utf8), nextHop: Bytes("example.com".utf8))
      ])
  }

  @Test func aRouteThroughATemplateIsIncomplete() throws {
    let directory = try TemporaryDirectory()
    try directory.writeOld(
      "main.cf", "relayhost = [{{ relay }}]\ntransport_maps = texthash:$config_directory/t\n")
    try directory.writeOld("master.cf", "smtp unix - - n - - smtp\n")
    try directory.writeOld("t", "a.example smtp:[{{ gw }}]:25\nb.example {{ x }}\nc.example nosuch:x\n")
    var environment = Environment(hostName: "mx1.example")
    environment.template = .jinja
    let config = try MailConfig(directory: directory.path, environment: environment)
    let resolver = Resolver(config)
    for domain in ["a", "b", "other"] { #expect(!resolver.route("u@\(domain).example").isComplete) }
    #expect(DestinationFates(config).fate(transport: "xxxxxxx", nextHop: "b.example") == nil)
    // What is known is checked: the first entry with a fault is in a line that is open.
    let found = Linter(LintOptions(select: ["RM202"])).lint(config.readingFiles()).diagnostics
    #expect(found.map(\.start.line) == [3], "\(found)")
  }
}
