// A configuration of two gateways with a mail log, and lines for that: for the tests of reports.

import TestSupport

struct ReportBench {
  let directory: TemporaryDirectory
  let log: String

  init() throws {
    directory = try TemporaryDirectory()
    log = directory.file("maillog")
    try directory.write(
      "main.cf",
      """
      # randmap: agent
      queue_directory = \(directory.path)
      maillog_file = \(log)
      default_transport = randmap:!smtp:[127.0.0.2]!smtp:[127.0.0.3]

      """)
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    try age(directory.file("main.cf"), seconds: 400_000_000)
  }

  func report(
    _ arguments: [String], zone: String = "UTC", input: String = "", limit: Duration = .long,
    environment: [String: String] = [:]
  ) throws -> FinishedProcess {
    try runRandmap(
      ["report", "-c", directory.path] + arguments,
      environment: environment.merging(["TZ": zone], uniquingKeysWith: { $1 }), input: input, limit: limit)
  }

  func line(
    _ number: Int, _ stamp: String, gateway: Int = 2, status: String = "sent (250 2.0.0 Ok)"
  ) -> String {
    "\(stamp) mx postfix/smtp[7]: 4XyZ\(100_000 + number): to=<u\(number)@example.net>, "
      + "relay=127.0.0.\(gateway)[127.0.0.\(gateway)]:25, delay=1, delays=0/0/0/0.5, dsn=2.0.0, status=\(status)\n"
  }

  func lines(_ first: Int, _ second: Int, _ stamp: String = "2026-11-28T18:00:00Z") -> String {
    (0..<first).map { line($0, stamp) }.joined()
      + (0..<second).map { line(1_000 + $0, stamp, gateway: 3) }.joined()
  }
}
