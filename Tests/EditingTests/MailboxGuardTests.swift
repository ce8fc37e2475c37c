// An edit of a route that takes mail out of this host's mailboxes asks first, in the console too.

import PostfixFiles
import Testing

@testable import Editing

@Suite struct MailboxGuardTests {
  private static let main =
    "myhostname = mx.here.example\nmydestination = mx.here.example\nvirtual_mailbox_domains = boxes.example\n"
    + "relayhost = [a]\n"
  private static let master =
    "smtp unix - - n - - smtp\nlocal unix - n n - - local\nvirtual unix - n n - - virtual\nlmtp unix - - n - - lmtp\n"

  private func guards(_ more: String, from before: String = "") -> [EditGuard] {
    func config(_ lines: String) -> MailConfig {
      MailConfig(directory: "/etc/postfix", main: Self.main + lines, master: Self.master)
    }
    return config(before).mailboxGuards(against: config(more))
  }

  @Test(arguments: [
    "local_transport = smtp:[a]\n", "virtual_transport = smtp:[a]\n", "transport_maps = static:smtp:[a]\n",
  ])
  func mailThatLeavesIsAskedFor(line: String) {
    guard case .takesMailboxes? = guards(line).first else {
      Issue.record("\(guards(line))")
      return
    }
    #expect(guards(line).withMailboxesOnce.count == 1)
  }

  /// Other mail, another program of this host, and an LMTP server of it after another one.
  @Test(arguments: [
    ("", "default_transport = smtp:[b]\n"), ("", "transport_maps = inline:{x.example=smtp:[b]}\n"),
    ("", "virtual_transport = local:\n"),
    ("virtual_transport = lmtp:unix:/a\n", "virtual_transport = lmtp:unix:/b\n"),
    ("virtual_transport = smtp:[a]\n", "virtual_transport = smtp:[b]\n"),
  ])
  func otherMailIsNot(before: String, line: String) {
    #expect(guards(line, from: before).isEmpty)
  }
}
