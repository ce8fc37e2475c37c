// The journal as the mail log: a journald of the test's own, in a mount namespace that sees no other log.

import Foundation
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(30))) struct ReportJournalTests {
  /// A call that runs a script beside the journal: `log FIRST LAST HOST` writes deliveries to it, `${report[@]}` reports.
  private func inJournal(_ directory: TemporaryDirectory, _ script: String) throws -> [String] {
    let journald = "/lib/systemd/systemd-journald"
    guard access(journald, X_OK) == 0 else {
      throw TestFailure("\(journald) is missing: run 'make test-deps', or apt-get install systemd")
    }
    try directory.write(
      "main.cf",
      """
      # randmap: agent
      queue_directory = \(directory.path)
      default_transport = randmap:!smtp:[127.0.0.2]!smtp:[127.0.0.3]

      """)
    // As while Postfix runs.
    try directory.makeDirectory("pid")
    try directory.write("pid/master.pid", "")
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    try age(directory.file("main.cf"), seconds: 4_000)
    let whole = """
      set -e
      mount -t tmpfs none /run; mount -t tmpfs none /var/log
      mkdir -p /run/systemd/journal /run/log/journal
      \(journald) & journald=$!
      trap 'kill $journald' EXIT
      until [ -S /run/systemd/journal/dev-log ]; do sleep 0.05; done
      log() {
        for number in $(seq $1 $2); do
          logger -u /run/systemd/journal/dev-log -p mail.info -t postfix/smtp --id=7 -- "4XyZ$((100000 + number)): to=<u$number@example.net>, relay=$3[$3]:25, delay=1, delays=0/0/0/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok)"
        done
        logger -u /run/systemd/journal/dev-log -p user.info -t postfix/smtp --id=8 -- "4XyZ000000: to=<forged@example.net>, relay=127.0.0.3[127.0.0.3]:25, delay=1, delays=0/0/0/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok)"
        journalctl --sync
      }
      report=("\(try randmapProgram())" report -c \(directory.path) --format json)
      \(script)
      """
    return ["unshare", "--mount", "bash", "-c", whole]
  }

  private func finished(_ call: [String]) throws -> FinishedProcess {
    try run(call[0], Array(call.dropFirst()), limit: .seconds(120))
  }

  /// The directory is there on a machine whose journald never wrote to it, or is gone.
  @Test(arguments: ["", "/0123456789abcdef0123456789abcdef"])
  func anEmptyJournalIsNoLog(machine: String) throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "")
    let script = """
      set -e
      mount -t tmpfs none /run; mount -t tmpfs none /var/log
      mkdir -p /var/log/journal\(machine)
      exec "\(try randmapProgram())" report -c \(directory.path)
      """
    let finished = try run("unshare", ["--mount", "bash", "-c", script])
    #expect(finished.status == .exited(1), "\(finished.summary)")
    #expect(finished.standardOutput.isEmpty)
    #expect(
      finished.standardError.contains("no mail log is there")
        && finished.standardError.contains("need maillog_file"),
      "\(finished.summary)")
  }

  @Test func theJournalIsFoundAndRead() throws {
    let directory = try TemporaryDirectory()
    let finished = try finished(
      inJournal(directory, "log 1 12 127.0.0.2; \"${report[@]}\" --since 1h || [ $? = 1 ]"))
    #expect(finished.status == .exited(0), "\(finished.summary)")
    let report = try PrintedReport(finished)
    #expect(report.sources == ["journal"])
    // Only what was written as mail counts.
    #expect(report.gateways.map(\.sent) == [12, 0], "\(finished.summary)")
  }

  /// journalctl(1) alone would say that it has nothing to show.
  @Test func aJournalThatMayNotBeReadIsSaidWithItsGroup() throws {
    let directory = try TemporaryDirectory()
    let finished = try finished(
      inJournal(
        directory,
        """
        log 1 3 127.0.0.2
        chmod 755 \(directory.path)
        file=$(ls /run/log/journal/*/system.journal)
        chgrp adm $file; chmod 640 $file
        setpriv --reuid 65534 --clear-groups "${report[@]}" --since 1h 2>&1 || echo "status $?"
        """))
    #expect(finished.status == .exited(0), "\(finished.summary)")
    let words = finished.standardOutput
    #expect(words.contains("/system.journal: Permission denied; the group adm"), "\(finished.summary)")
    #expect(
      words.contains(" may read /run/log/journal/") && words.hasSuffix("status 1\n"), "\(finished.summary)")
    #expect(!words.contains("journalctl"), "\(finished.summary)")
  }

  /// The journal gives only what came since then, and may begin long before.
  @Test func aQuietJournalHasNoGap() throws {
    let directory = try TemporaryDirectory()
    // A journal whose first entry is an hour older than its mail.
    let entry =
      #"{"__REALTIME_TIMESTAMP":"%s000000","SYSLOG_IDENTIFIER":"%s","_HOSTNAME":"mx","MESSAGE":"%s"}"#
    let mail =
      "4XyZ1: to=<u@example.net>, relay=127.0.0.2[127.0.0.2]:25, delay=1, delays=0/0/0/0.5, dsn=2.0.0, "
      + "status=sent (250 2.0.0 Ok)"
    try writeFile(
      directory.file("journalctl"),
      """
      #!/bin/sh
      now=$(date +%s)
      case $* in *SYSLOG_FACILITY=2*) ;; *) printf '\(entry)\\n' $((now - 7200)) kernel begins ;; esac
      printf '\(entry)\\n' $((now - 3600)) postfix/smtp '\(mail)'

      """, mode: 0o755)
    let finished = try finished(
      inJournal(
        directory,
        """
        mount --bind \(directory.file("journalctl")) $(realpath $(command -v journalctl))
        report=("${report[@]:0:4}")
        "${report[@]}" --since 90m; "${report[@]}" --since 3h
        """))
    #expect(finished.status == .exited(0), "\(finished.summary)")
    let reports = finished.standardOutput.components(separatedBy: "Mail by gateway").dropFirst()
    #expect(reports.allSatisfy { $0.contains("1 message") }, "\(finished.summary)")
    #expect(
      reports.map { $0.contains("The log begins later than this time") } == [false, true],
      "\(finished.summary)")
  }

  @Test func aReportOfTheJournalGoesOnAfterARestart() throws {
    let directory = try TemporaryDirectory()
    let out = directory.file("out")
    let finished = try finished(
      inJournal(
        directory,
        """
        reported() { grep -o '"attempts":[0-9]*' \(out) | awk -F: '{ sum += $2 } END { print sum + 0 }'; }
        wait_for() { for try in $(seq 400); do [ "$(reported)" -ge $1 ] && return 0; sleep 0.05; done; cat \(out) >&2; return 1; }
        touch \(out)
        "${report[@]}" --every 1s >> \(out) & first=$!
        until [ -s \(out) ]; do sleep 0.05; done
        log 1 10 127.0.0.2; wait_for 10
        kill -9 $first; wait $first || true
        log 11 15 127.0.0.2
        "${report[@]}" --every 1s >> \(out) & second=$!
        wait_for 15
        log 16 18 127.0.0.2; wait_for 18
        kill $second; wait $second
        reported
        """))
    #expect(finished.status == .exited(0), "\(finished.summary)")
    #expect(finished.standardOutput.hasSuffix("18\n"), "\(finished.summary)")
  }

  @Test func theConsoleFollowsTheJournal() throws {
    let directory = try TemporaryDirectory()
    let call = try inJournal(
      directory,
      """
      log 1 30 127.0.0.2
      { until [ -e \(directory.file("more")) ]; do sleep 0.05; done; log 31 60 127.0.0.3; } &
      "\(try randmapProgram())" -c \(directory.path)
      """)
    let console = try TerminalSession(
      call, width: 140, height: 40,
      environment: ["XDG_CONFIG_HOME": directory.path, "XDG_STATE_HOME": directory.path])
    // Both the share that was meant and the one that was observed, in the row of a gateway.
    func row(of gateway: String, in screen: String) -> [Substring] {
      screen.split(separator: "\n").first { $0.contains("[\(gateway)]") }?.split(separator: " ") ?? []
    }
    try console.waitFor("what the journal has") { row(of: "127.0.0.2", in: $0).contains("!100.0%") }
    try directory.write("more", "")
    try console.waitFor("what came since") { screen in
      ["127.0.0.2", "127.0.0.3"].allSatisfy { gateway in
        row(of: gateway, in: screen).count { $0 == "50.0%" } == 2
      }
    }
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }
}
