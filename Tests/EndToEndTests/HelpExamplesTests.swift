// Each command's help has two examples at least, and each of them works as it is printed.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(10))) struct HelpExamplesTests {
  /// A configuration that has what the examples name.
  private func machine() throws -> IsolatedMachine {
    let machine = try IsolatedMachine()
    try machine.write(
      "/etc/postfix/main.cf",
      """
      # randmap: agent
      myhostname = mx.here.example
      compatibility_level = 3.6
      maillog_file = /var/log/mail.log
      relay_domains = example.com, example.org
      relayhost = [gw1.example]:587
      relay_transport =
          randmap:
              !relay:[in1.example]
              !relay:[in2.example]
              !relay:[in3.example]
              # randmap: drained relay:[in9.example] x1
      transport_maps = texthash:/etc/postfix/transport

      """)
    try machine.write(
      "/etc/postfix/transport",
      """
      example.com relay:[in1.example]
      example.org relay:[in2.example]
      example.net randmap:!smtp:[gw1.example]!smtp:[gw2.example]

      """)
    try machine.write(
      "mail.log",
      """
      2026-11-28T18:00:00Z mx postfix/smtp[7]: 4XyZ1: to=<u@example.net>, relay=gw1.example[127.0.0.11]:25, \
      delay=1, delays=0/0/0/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok)

      """)
    try machine.write("main.cf", "myhostname = mx.here.example\n")
    for (name, port) in [("gw1.example", 25), ("gw2.example", 25), ("in1.example", 25), ("in2.example", 25)] {
      _ = try machine.run("gateway up \(name) \(port)")
    }
    // Three writes to take back, and the queue's directories.
    for entry in ["three", "two", "one"] {
      _ = try machine.run(
        "randmap set-route \(entry).example 'relay:[in1.example]' --table /etc/postfix/transport --write")
    }
    let started = try machine.run("postfix start")
    #expect(started.status == .exited(0), "\(started.summary)")
    return machine
  }

  /// The commands, as the program itself lists them; nil is the program without one.
  private func commands() throws -> [String?] {
    let lines = try runRandmap(["--help"]).standardOutput.split(separator: "\n")
    let list = lines.drop { $0 != "SUBCOMMANDS:" }.dropFirst()
      .compactMap { $0.wholeMatch(of: #/  ([a-z\-]+)(  +.*| \(default\).*)?/#).map { String($0.1) } }
    #expect(list.count >= 20, "\(lines)")
    return [nil] + list
  }

  private func examples(of command: String?) throws -> [String] {
    let help = try runRandmap((command.map { [$0] } ?? []) + ["--help"]).standardOutput
    // One chain of these takes the compiler five seconds.
    let lines: [Substring] = help.split(separator: "\n", omittingEmptySubsequences: false)
    let examples = lines.drop { $0 != "Examples:" }.dropFirst()
    return examples.prefix { $0.hasPrefix("  ") }.map { String($0.dropFirst(2)) }
  }

  @Test func everyExampleWorksAsItIsPrinted() throws {
    let machine = try machine()
    for command in try commands() {
      let examples = try examples(of: command)
      #expect(examples.count >= 2, "randmap \(command ?? "") --help has two examples")
      for example in examples {
        // Otherwise the help would break it into two lines.
        #expect(example.hasPrefix("randmap "), "\(example)")
        if command == nil || command == "console" {
          let terminal = try machine.terminal(example, width: 80, height: 24)
          try terminal.waitFor("1 Gateways", limit: .seconds(60))
          try terminal.press("q")
          #expect(try terminal.waitForExit() == .exited(0))
          continue
        }
        // What goes on until it is ended shows within this time that the call is right: it ends with 124.
        let finished = try machine.run("exec timeout 5 \(example)")
        let good: [TestSupport.ExitStatus] =
          isEndless(example)
          ? [.exited(124)]
          : [.exited(0), .exited(1)] + (example.contains("nagios") ? [.exited(2)] : [])
        #expect(example.contains(command ?? ""), "\(example)")
        #expect(good.contains(finished.status), "\(example): \(finished.summary)")
      }
    }
  }

  private func isEndless(_ example: String) -> Bool {
    example.contains(" agent") && !example.contains("--to agent") || example.contains("--watch")
  }
}
