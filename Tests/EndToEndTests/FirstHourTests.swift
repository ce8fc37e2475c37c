// What a new administrator is told where there is no Postfix yet, none that runs, or no gateway.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct FirstHourTests {
  @Test func withoutAGatewayItSaysHowToMakeAPool() throws {
    let machine = try IsolatedMachine()
    try machine.write("/etc/postfix/main.cf", "myhostname = mx.here.example\ncompatibility_level = 3.6\n")
    let status = try machine.run("randmap --status")
    #expect(status.status == .exited(0), "\(status.summary)")
    let pool = "randmap pool outbound '[gw1.example]:587=70' '[gw2.example]:587=30'"
    #expect(status.standardOutput.hasPrefix("no gateways: "), "\(status.summary)")
    #expect(status.standardOutput.hasSuffix("for a first one: \(pool)\n"), "\(status.summary)")
    let shared = try machine.run(pool)
    #expect(shared.status == .exited(0), "\(shared.summary)")
    #expect(shared.standardOutput.contains("nothing is written; --write writes it"), "\(shared.summary)")
  }

  /// Lanes name no gateway, and that is meant: no command that takes them away is offered.
  @Test func lanesAreNoMissingGateway() throws {
    let machine = try IsolatedMachine()
    try machine.write(
      "/etc/postfix/main.cf",
      "myhostname = mx.here.example\ncompatibility_level = 3.6\ninet_interfaces = 127.0.0.1\n")
    let pool = try machine.run("randmap pool outbound lane:127.0.0.1=4 lane:127.0.0.2=3 --write")
    #expect(pool.status == .exited(0), "\(pool.summary)")
    let words =
      "no gateways: the mail leaves from 2 addresses of this host (lanes) straight to the recipients' MX hosts"
    for call in ["randmap --status", "randmap --status --format nagios"] {
      let status = try machine.run(call)
      #expect(status.standardOutput.contains(words), "\(status.summary)")
      #expect(!status.standardOutput.contains("pool outbound"), "\(status.summary)")
    }
    #expect(try machine.run("randmap --status").standardOutput.hasSuffix("shares: randmap pools\n"))
    let asGateway = try machine.run("randmap pool outbound 127.0.0.1=4 127.0.0.2=3")
    #expect(
      asGateway.summary.contains("to send from this address: lane:127.0.0.1"), "\(asGateway.summary)")
  }

  @Test func aReloadWithoutARunningPostfixSaysWhatStartsIt() throws {
    let machine = try IsolatedMachine()
    try machine.write("/etc/postfix/main.cf", "myhostname = mx.here.example\ncompatibility_level = 3.6\n")
    // What a Postfix that was stopped leaves.
    let edit = try machine.run(
      """
      mkdir -p queue/pid && echo 99999999 > queue/pid/master.pid
      echo "queue_directory = $PWD/queue" >> /etc/postfix/main.cf
      randmap set-route relayhost '[gw1.example]:587' --write --reload --force
      """)
    #expect(edit.status == .exited(1), "\(edit.summary)")
    #expect(
      edit.standardOutput.contains(
        "written, but no Postfix runs here, so nothing is reloaded; \"postfix start\" starts it with these files"
      ),
      "\(edit.summary)")
    #expect(
      try machine.run("cat /etc/postfix/main.cf").standardOutput.contains("relayhost = [gw1.example]:587"))
  }

  @Test func withoutPostfixItSaysSo() throws {
    let machine = try IsolatedMachine()
    for command in ["pools", "--check", "--status"] {
      let finished = try machine.run("rm -rf /etc/postfix/*; mount -t tmpfs none /etc; randmap \(command)")
      #expect(finished.status == .exited(2), "\(finished.summary)")
      #expect(
        finished.standardOutput.contains(
          "/etc/postfix/main.cf: No such file or directory; no Postfix is set up on this machine; need"),
        "\(finished.summary)")
    }
  }
}
