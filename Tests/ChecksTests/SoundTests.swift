// No false alarms: what Postfix installs, what its manual pages show and what DESIGN calls sound gives no error and no
// warning.

import PostfixFiles
import TestSupport
import Testing

@testable import Checks

@Suite struct SoundTests {
  private func alarms(_ config: MailConfig) -> [String] {
    Linter().lint(config).diagnostics.filter { $0.severity >= .warning }
      .map { oneLine($0, severity: $0.severity.rawValue) }
  }

  /// The files that the Debian package brings; without Postfix this test can only fail.
  @Test(arguments: ["/etc/postfix/main.cf.proto", "/usr/share/postfix/main.cf.debian"])
  func stockFilesAreSound(main: String) throws {
    let master = "/usr/share/postfix/master.cf.dist"
    func text(_ path: String) throws -> String {
      do throws(FileError) { return try FileReader.read(path).text } catch {
        Issue.record("\(error.message): install the package postfix")
        throw error
      }
    }
    // The installer of Postfix fills this in.
    let filled = try text(main).replacing("\nsetgid_group =\n", with: "\nsetgid_group = postdrop\n")
    let config = MailConfig(directory: "/etc/postfix", main: filled, master: try text(master))
    #expect(alarms(config) == [])
    for (kind, path) in [(FileKind.main, main), (.master, master)] {
      let report = Linter().lint(file: Document(path: path, bytes: try FileReader.read(path)), as: kind)
      #expect(report.diagnostics.filter { $0.severity >= .warning } == [])
      #expect(report.skippedRules > 0)
    }
  }

  /// A drain takes a member out of the list behind the pool too: that is no mistake, and ends with the drain (RM608).
  @Test func aPoolWithOneMemberDrainedIsSound() {
    func pool(_ comment: String, more: String = "[gw1.example]:587") -> MailConfig {
      MailConfig(
        directory: "/etc/postfix",
        main: """
          compatibility_level = 3.6
          myhostname = mx.here.example
          sender_dependent_relayhost_maps =
              unionmap:{
                  randmap:{
                      [gw1.example]:587, \(more),
                      \(comment)
                      },
                  static:{[gw1.example]:587}}

          """)
    }
    #expect(alarms(pool("# randmap: drained [gw2.example]:587 x1 until=2126-11-28T18:00Z")) == [])
    #expect(alarms(pool("# nothing")).contains { $0.contains("RM608") })
    // Of two that get mail, one has another fallback to hope for.
    let two = pool(
      "# randmap: drained [gw2.example]:587 x1 until=2126-11-28T18:00Z", more: "[gw3.example]:587")
    #expect(alarms(two).contains { $0.contains("RM608") })
  }

  /// The shapes of the examples of transport(5) and postconf(5).
  @Test(arguments: [
    "inside.example     :\n.inside.example    :\n*                  smtp:outbound.inside.example\n",
    "example.com      smtp:bar.example:2025\nexample.org   :[gateway.example]\n",
    "example.com      uucp:example\n.example.com     uucp:example\n",
    "example.com      slow:\n", "example.com     :slow.example\n",
    "example.com      lmtp:unix:/run/lmtp\nexample.net lmtp:inet:host.example:24\n",
    ".example.com     error:mail for *.example.com is not deliverable\n",
    "example.com      relay:[gateway.example], [second.example]:2525\n",
    "example.com      smtp:[192.0.2.1]\nexample.net smtp:[ipv6:2001:db8::1]:26\n",
    "user@example.com discard:\nexample.com   retry:4.0.0 later\n\"a b\"@example.com local:\n",
  ])
  func manualShapesAreSound(table: String) {
    let example = Example(
      main: "myhostname = mx1.inside.example\ntransport_maps = hash:/etc/postfix/transport\n",
      master: """
        smtp    unix  -  -  y  -  -  smtp
        relay   unix  -  -  y  -  -  smtp
        slow    unix  -  -  y  -  -  smtp
        lmtp    unix  -  -  y  -  -  lmtp
        local   unix  -  n  n  -  -  local
        error   unix  -  -  y  -  -  error
        retry   unix  -  -  y  -  -  error
        discard unix  -  -  y  -  -  discard
        uucp    unix  -  n  n  -  -  pipe
          flags=Fqhu user=uucp argv=uux -r -n -z -o a = b -a$sender - $nexthop!rmail ($recipient)

        """, table: table)
    #expect(alarms(example.config) == [])
  }

  /// The separator and file notations, where the agent is in use.
  @Test(arguments: ["# randmap: agent\n", ""])
  func agentNotationsAreSoundWhereTheAgentIs(mark: String) {
    let example = Example(
      main: mark + """
        default_transport = randmap:/etc/postfix/pool
        relay_domains = example.net
        relay_transport =
            randmap:
                !smtp:[out-gw1.example]
                !smtp:[out-gw2.example]
                # randmap: drained smtp:[out-gw3.example] x1
                !smtp:[out-gw2.example]
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  randmap:!smtp:[in-gw1.example]!smtp:[in-gw2.example]
        example.net  randmap:!lmtp:[in-gw1.example]!lmtp:[in-gw2.example]
        example.org  smtp:[in-gw1.example],[in-gw2.example]

        """, pool: "smtp:[out-gw1.example]\n# a comment\nsmtp:[out-gw2.example]\n")
    let codes = Set(Linter().lint(example.config).diagnostics.filter { $0.severity >= .warning }.map(\.code))
    #expect(codes == (mark.isEmpty ? ["RM108", "RM109"] : []))
  }

  /// The ways in which stock Postfix chooses at random and fails over.
  @Test(arguments: [
    "unionmap:{randmap:{smtp:[a.example],smtp:[b.example]}, static:{[a.example],[b.example]}}",
    "pipemap:{randmap:{1,2}, inline:{{1=smtp:[a.example],[b.example]},{2=smtp:[b.example],[a.example]}}}",
  ])
  func stockFailoverIsSound(table: String) {
    let main = "sender_dependent_default_transport_maps = \(table)\n"
    #expect(alarms(Example(main: main).config) == [])
    #expect(
      alarms(
        Example(main: "mydestination =\ntransport_maps = pipemap:{inline:{x.example=x}, \(table)}\n").config)
        == [])
  }

  /// The samples, but for the one that is full of mistakes.
  @Test(arguments: ["inbound", "outbound", "outbound-weighted", "stock"])
  func samplesAreSound(name: String) throws {
    let config = try MailConfig(directory: sampleDirectory(name), environment: Environment()).readingFiles()
    #expect(alarms(config) == [])
  }

  @Test func theMistakesAreFound() throws {
    let config = try MailConfig(directory: sampleDirectory("mistakes"), environment: Environment())
      .readingFiles()
    #expect(Set(Linter().lint(config).diagnostics.map(\.code)).count > 30)
  }
}
