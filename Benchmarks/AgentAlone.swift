// The agent alone: lookups a second beside a socketmap server of a few lines of Python, and its memory after a hundred
// thousand deliveries.
import Glibc
import TestSupport

/// Reads netstrings and answers each at once, by a random choice: as little as such a server can do.
private let pythonServer = """
  import os, random, socket, sys
  path = sys.argv[1]
  listener = socket.socket(socket.AF_UNIX)
  listener.bind(path)
  os.chmod(path, 0o666)
  listener.listen(10)
  while True:
      connection, _ = listener.accept()
      data = b""
      while True:
          more = connection.recv(65536)
          if not more:
              break
          data += more
          while b":" in data:
              length, rest = data.split(b":", 1)
              if len(rest) < int(length) + 1:
                  break
              data = rest[int(length) + 1:]
              value = b"OK " + random.choice((b"smtp:[127.0.0.1]:9,[127.0.0.2]:9", b"smtp:[127.0.0.2]:9,[127.0.0.1]:9"))
              connection.sendall(b"%d:%s," % (len(value), value))

  """

/// postmap(1) asks as trivial-rewrite(8) does, one question at a time.
func measureLookups() throws -> [Goal] {
  let lab = try PostfixLab(
    main: "out = !smtp:[127.0.0.1]:9!smtp:[127.0.0.2]:9\ntransport_maps = texthash:$config_directory/in",
    files: ["in": (0..<10_000).map { "domain\($0).example randmap:out\n" }.joined()])
  let agent = try RunningAgent(beside: lab)
  let directory = try TemporaryDirectory()
  let socket = directory.file("socket")
  let python = try ChildProcess(
    requiredTool("python3", package: "python3"), ["-c", pythonServer, socket])
  try waitUntil("the server in Python") { access(socket, F_OK) == 0 }
  let count = 20_000
  let keys = Array((0..<count).map { "user@domain\($0 % 10_000).example\n" }.joined().utf8)
  let ours = "unix:\(lab.queueDirectory)/private/randmap-lookup"
  let servers = [
    ("randmap agent, a pool", "\(ours):out"),
    ("randmap agent, a table of pools", "\(ours):table=\(lab.configDirectory)/in"),
    ("a socketmap server in Python", "unix:\(socket):out"),
  ]
  var rates = servers.map { _ in [Double]() }
  for round in 0...5 {
    for (index, server) in servers.enumerated() {
      let start = ContinuousClock.now
      let finished = try run(
        postfixTool("postmap"), ["-c", lab.configDirectory, "-q", "-", "socketmap:\(server.1)"], input: keys)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      let answers = finished.standardOutput.utf8.count { $0 == UInt8(ascii: "\n") }
      guard answers == count else {
        throw TestFailure("\(server.0): \(answers) answers, \(finished.summary)")
      }
      if round > 0 { rates[index].append(Double(count) / seconds) }
    }
  }
  python.signal(SIGTERM)
  try python.wait()
  withExtendedLifetime(agent) {}
  print("lookups a second, one at a time")
  for (server, rate) in zip(servers, rates) { print("  \(pad(server.0, 36))\(decimal(median(rate)))") }
  print("")
  return [
    Goal(
      what: "lookups beside the least server in Python", least: 0.5,
      value: median(rates[0]) / median(rates[2]),
      unit: " x")
  ]
}

/// Each recipient is a delivery of its own, and what is delivered is dropped: so the agent has most of the work.
func measureAgentMemory() throws -> [Goal] {
  let (total, first) = (100_000, 20_000)
  let perMessage = 50
  let lab = try PostfixLab(
    main: """
      default_transport = randmap:!discard:first!discard:second!discard:second
      randmap_destination_recipient_limit = 1
      \(common)
      """)
  let agent = try RunningAgent(beside: lab)
  func deliver(_ count: Int) throws -> (processor: Duration, memory: Int) {
    try lab.send(count / perMessage, to: "user@example.net", recipients: perMessage)
    try lab.waitUntilDrained(limit: .seconds(1_800))
    return try agent.resources()
  }
  let early = try deliver(first)
  let start = ContinuousClock.now
  let late = try deliver(total - first)
  let seconds = (ContinuousClock.now - start) / .seconds(1)
  let count = Double(total - first)
  print("the agent, \(total) deliveries to discard(8)")
  print("  memory after \(first): \(mebibytes(early.memory)), after all: \(mebibytes(late.memory))")
  print(
    "  \(decimal(count / seconds)) deliveries a second, "
      + "\(decimal((late.processor - early.processor) / .microseconds(1) / count)) microseconds of processor time each\n"
  )
  return [
    Goal(
      what: "memory after 100000 deliveries beside 20000", most: 1.1,
      value: Double(late.memory) / Double(early.memory), unit: " x")
  ]
}

private let common = "default_process_limit = 50\nrandmap_destination_concurrency_limit = 80"

private func mebibytes(_ count: Int) -> String { "\(decimal(Double(count) / 1_048_576)) MiB" }
