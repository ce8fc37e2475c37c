// The console: how long until its first screen, and what it costs to leave it open, beside vim(1) on the same file.
import Glibc
import TestSupport

/// The time from the start of a program to the last byte of its first screen: the last one before 30 ms without
/// any, once there are as many as a screen has.
private func firstPaint(of command: [String]) throws -> Duration {
  let pause = Duration.milliseconds(30)
  let start = ContinuousClock.now
  let terminal = try PseudoTerminal(command, width: 120, height: 40)
  let deadline = start + .seconds(10)
  while ContinuousClock.now < deadline {
    let count = terminal.bytes.count
    terminal.read(until: count < 400 ? deadline : .now + pause)
    if count >= 400, terminal.bytes.count == count { return terminal.lastByte - start }
  }
  throw TestFailure("\(command): no screen in 10 s")
}

func measureFirstPaint() throws -> [Goal] {
  let sample = try copyOfSample("outbound")
  let vim = try requiredTool("vim", package: "vim")
  let commands = [
    ("randmap -c DIR", [try randmapProgram(), "-c", sample.path]),
    ("vim DIR/main.cf", [vim, "--clean", "-n", sample.file("main.cf")]),
  ]
  var times = commands.map { _ in [Duration]() }
  for round in 0...11 {
    for (index, command) in commands.enumerated() {
      let time = try firstPaint(of: command.1)
      if round > 0 { times[index].append(time) }
    }
  }
  let medians = times.map(median)
  print("first screen, 120x40")
  for (command, time) in zip(commands, medians) { print("  \(pad(command.0, 36))\(milliseconds(time))") }
  print("")
  return [
    Goal(what: "first screen beside vim", most: 0.6, value: medians[0] / medians[1], unit: " x")
  ]
}

/// Twenty seconds with nothing to do but to watch two gateways that are up.
func measureIdle() throws -> [Goal] {
  let first = try SmtpSink()
  let second = try SmtpSink()
  let directory = try TemporaryDirectory()
  try directory.write(
    "main.cf",
    "sender_dependent_default_transport_maps = randmap:{smtp:\(first.address), smtp:\(second.address)}\n")
  let console = try PseudoTerminal([randmapProgram(), "-c", directory.path], width: 120, height: 40)
  // The same beside a Postfix that runs, with a log that nothing is written to.
  let lab = try PostfixLab(
    main:
      "sender_dependent_default_transport_maps = randmap:{smtp:\(first.address), smtp:\(second.address)}\n")
  try lab.send(20, to: "user@example.net")
  try lab.waitUntilDrained()
  let beside = try PseudoTerminal([randmapProgram(), "-c", lab.configDirectory], width: 120, height: 40)
  let editor = try PseudoTerminal(
    [requiredTool("vim", package: "vim"), "--clean", "-n", directory.file("main.cf")], width: 120, height: 40)
  // ncurses sends only what changes, so the second state cannot be waited for as text.
  try console.waitFor("+ up")
  try beside.waitFor("REAL")
  let programs = [
    ("randmap -c DIR", console), ("the same with a quiet log", beside), ("vim DIR/main.cf", editor),
  ]
  func settle(for time: Duration) {
    let end = ContinuousClock.now + time
    while ContinuousClock.now < end {
      for (_, program) in programs { program.read(until: min(end, .now + .milliseconds(100))) }
    }
  }
  settle(for: .seconds(5))
  let before = try programs.map { (time: try processorTime(of: $0.1.pid), bytes: $0.1.bytes.count) }
  settle(for: .seconds(20))
  print("\(pad("left open for 20 s", 38))\(pad("CPU", 12))\(pad("OUTPUT", 12))MEMORY")
  var found: [(share: Double, rate: Double, memory: Double)] = []
  for (program, start) in zip(programs, before) {
    let share = try 100.0 * ((processorTime(of: program.1.pid) - start.time) / Duration.seconds(20))
    let rate = Double(program.1.bytes.count - start.bytes) / 20
    let memory = try residentMemory(of: program.1.pid)
    found.append((share, rate, memory))
    print(
      "  \(pad(program.0, 36))\(pad("\(decimal(share)) %", 12))\(pad("\(decimal(rate)) B/s", 12))"
        + "\(decimal(memory)) MiB")
  }
  let demo = try memoryOfDemonstration()
  print("  \(pad("randmap --demo", 36))\(pad("", 24))\(decimal(demo)) MiB\n")
  return [
    Goal(what: "CPU of an idle console", most: 0.2, value: found[0].share, unit: " %"),
    Goal(what: "CPU of an idle console with a quiet log", most: 0.2, value: found[1].share, unit: " %"),
    Goal(what: "output of an idle console", most: 0, value: found[0].rate, unit: " B/s"),
    Goal(what: "memory of a console with the demonstration", most: 14, value: demo, unit: " MiB"),
  ]
}

/// With its gateways in the same process, once all of them are known. MiB.
private func memoryOfDemonstration() throws -> Double {
  let console = try PseudoTerminal([randmapProgram(), "--demo"], width: 120, height: 40)
  try console.waitFor("REFUSED")
  let end = ContinuousClock.now + .seconds(5)
  while ContinuousClock.now < end { console.read(until: end) }
  return try residentMemory(of: console.pid)
}

/// The processor time of all threads of a process, to the nanosecond.
func processorTime(of pid: pid_t) throws -> Duration {
  let threads = try namesIn("/proc/\(pid)/task")
  return threads.reduce(.zero) { sum, thread in
    let times = (try? readText("/proc/\(pid)/task/\(thread)/schedstat")) ?? ""
    return sum + .nanoseconds(times.split(separator: " ").first.flatMap { Int64($0) } ?? 0)
  }
}

/// MiB.
private func residentMemory(of pid: pid_t) throws -> Double {
  let line = try readText("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
  return Double(line?.split { $0 == " " || $0 == "\t" }.dropFirst().first ?? "0").map { $0 / 1024 } ?? 0
}
