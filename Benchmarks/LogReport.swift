// `randmap report` of a log of a million lines, one in three a delivery, beside grep(1), which only looks for a word, and
// pflogsumm(1), which sums a log up too.
import Glibc
import TestSupport

private let logConfiguration = """
  # randmap: agent
  default_transport = randmap:!smtp:[gw1.example]:25!smtp:[gw2.example]:25!smtp:[gw2.example]:25

  """

func measureLog() throws -> [Goal] {
  let directory = try TemporaryDirectory()
  try directory.write("main.cf", logConfiguration)
  try directory.write("master.cf", "smtp unix - - n - - smtp\n")
  let log = directory.file("mail.log")
  try writeLog(of: 1_000_000, to: log)
  // A share that differs from what was meant ends with status 1.
  let report = Contender(
    name: "randmap report", program: try randmapProgram(),
    arguments: ["report", "-c", directory.path, "--format", "json", log], statuses: [.exited(0), .exited(1)])
  let words = Contender(name: "grep -c status=", program: "grep", arguments: ["-c", "status=", log])
  let quick = try compare([report, words], rounds: 7)
  let summary = Contender(
    name: "pflogsumm", program: try requiredTool("pflogsumm", package: "pflogsumm"), arguments: [log])
  let slow = try compare([summary], rounds: 1)
  show("a mail log of 1,000,000 lines", quick + slow)
  return [
    Goal(
      what: "report of a log, time beside grep -c", most: 3, value: quick[0].wall / quick[1].wall, unit: " x"),
    Goal(
      what: "report of a log, time beside pflogsumm", most: 0.05, value: quick[0].wall / slow[0].wall,
      unit: " x"),
    Goal(
      what: "report of a log, memory", most: 40, value: Double(quick[0].memory) / 1_048_576, unit: " MiB"),
  ]
}

/// Twenty seconds of a log that grows by 2,000 lines a second.
func measureFollow() throws -> [Goal] {
  let directory = try TemporaryDirectory()
  try directory.write("main.cf", logConfiguration)
  try directory.write("master.cf", "smtp unix - - n - - smtp\n")
  let source = directory.file("source.log")
  try writeLog(of: 60_000, to: source)
  let lines = try readText(source).split(separator: "\n")
  let log = directory.file("mail.log")
  try directory.write("mail.log", "")
  let program = try PseudoTerminal(
    [randmapProgram(), "report", "-c", directory.path, "--every", "5s", "--format", "json", log],
    environment: ["XDG_STATE_HOME": directory.path])
  guard let file = fopen(log, "a") else { throw TestFailure("cannot append to \(log)") }
  defer { fclose(file) }
  var before: (time: Duration, at: ContinuousClock.Instant)?
  let start = ContinuousClock.now
  for tick in 0..<220 {
    // The first two seconds are its start.
    if tick == 20 { before = (try processorTime(of: program.pid), .now) }
    for line in lines[(tick * 200)..<(tick * 200 + 200)] { fputs("\(line)\n", file) }
    fflush(file)
    let next = start + .milliseconds(100 * (tick + 1))
    while ContinuousClock.now < next { program.read(until: next) }
  }
  guard let before else { return [] }
  let share = 100 * ((try processorTime(of: program.pid) - before.time) / (ContinuousClock.now - before.at))
  print("a log that grows by 2,000 lines a second: \(decimal(share)) % of a core\n")
  return [Goal(what: "follow a log at 2,000 lines a second, CPU", most: 3, value: share, unit: " %")]
}

/// Six lines a message, two of them deliveries, as a relay host logs them.
private func writeLog(of count: Int, to path: String) throws {
  // Not made in memory: Linux counts what its parent held to the peak of a new process.
  let program = """
    {
      second = int(NR / 60); id = sprintf("4XyZ%08dzRk", NR); gw = 1 + (NR * 7919 % 3 > 0)
      stamp = sprintf("2026-11-28T%02d:%02d:%02d.123456+00:00 mx", second / 3600 % 24, second / 60 % 60, second % 60)
      print stamp " postfix/smtpd[2001]: " id ": client=app" NR % 9 ".example[192.0.2." NR % 200 "]"
      print stamp " postfix/cleanup[2002]: " id ": message-id=<20261128180000." NR ".4711@app.example>"
      print stamp " postfix/qmgr[2003]: " id ": from=<sender" NR % 500 "@app.example>, size=4711, nrcpt=2 (queue active)"
      for (n = 1; n <= 2; n++)
        print stamp " postfix/smtp[" 3000 + NR % 20 "]: " id ": to=<user" NR % 9973 "." n "@example.net>, relay=gw" gw ".example[192.0.2." gw "]:25, delay=0.42, delays=0.1/0.02/0.1/0.2, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4ABC" NR ")"
      print stamp " postfix/qmgr[2003]: " id ": removed"
    }
    """
  try runSuccessfully("sh", ["-c", "seq \(count / 6) | awk '\(program)' > \(path)"])
}
