// From a key to the last byte of the screen that it leads to, at 200x60: beside 200 entries of a transport table, which
// fill it, and beside a million.
import TestSupport

func measureKeys() throws -> [Goal] {
  let few = try keyTimes(entries: 200)
  let many = try keyTimes(entries: 1_000_000)
  print("\(pad("a key, 200x60", 38))\(pad("MEDIAN", 12))95 %")
  for (name, times) in [("200 entries", few), ("1,000,000 entries", many)] {
    print("  \(pad(name, 36))\(pad(milliseconds(median(times)), 12))\(milliseconds(late(times)))")
  }
  print("")
  return [
    Goal(
      what: "key to screen beside a million entries, 95 %", most: 2, value: late(many) / .milliseconds(1),
      unit: " ms"),
    Goal(
      what: "key to screen, a million entries beside 200", most: 1.1, value: median(many) / median(few),
      unit: " x"),
  ]
}

/// What 95 of 100 are not above.
private func late(_ times: [Duration]) -> Duration { times.sorted()[times.count * 95 / 100] }

private func keyTimes(entries: Int) throws -> [Duration] {
  let sinks = try (0..<2).map { _ in try SmtpSink() }
  defer { withExtendedLifetime(sinks) {} }
  let directory = try TemporaryDirectory()
  try directory.write(
    "main.cf",
    """
    sender_dependent_default_transport_maps = randmap:{smtp:\(sinks[0].address), smtp:\(sinks[1].address)}
    transport_maps = texthash:$config_directory/transport

    """)
  try directory.write(
    "transport",
    (0..<entries).map { "d\($0).example smtp:\(sinks[$0 % 2].address)\n" }.joined())
  let console = try PseudoTerminal([randmapProgram(), "-c", directory.path], width: 200, height: 60)
  try console.waitFor("+ up")
  try console.type("3")
  try console.waitFor("d7.example")
  settle(console, for: .seconds(3))
  return try (0..<400).map { press in
    let key = ["j", "j", "k", "\u{1B}[6~", "\u{1B}[5~", "j", "G", "g"][press % 8]
    let start = ContinuousClock.now
    let before = console.bytes.count
    try console.type(key)
    while console.bytes.count == before, ContinuousClock.now < start + .seconds(5) {
      console.read(until: start + .seconds(5))
    }
    settle(console, for: .milliseconds(10))
    return console.lastByte - start
  }
}

/// Takes in what it writes until there is nothing for so long.
private func settle(_ console: PseudoTerminal, for quiet: Duration) {
  var count = -1
  while console.bytes.count != count {
    count = console.bytes.count
    let end = ContinuousClock.now + quiet
    while ContinuousClock.now < end { console.read(until: end) }
  }
}
