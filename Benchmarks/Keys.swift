// From a key to the last byte of the screen that it leads to, at 200x60: beside 10 entries of a transport table, and beside a
// million. And an address that is typed there: how long until a letter shows, and until its answer does.
import TestSupport

func measureKeys() throws -> [Goal] {
  let few = try keyTimes(entries: 10)
  let many = try keyTimes(entries: 1_000_000)
  print("\(pad("a key, 200x60", 38))\(pad("MEDIAN", 12))95 %")
  for (name, times) in [
    ("10 entries", few.keys), ("1,000,000 entries", many.keys),
    ("an address: a letter, 10 entries", few.letters),
    ("the same, 1,000,000 entries", many.letters),
  ] {
    print("  \(pad(name, 36))\(pad(milliseconds(median(times)), 12))\(milliseconds(late(times)))")
  }
  print("")
  return [
    Goal(
      what: "key to screen beside a million entries, 95 %", most: 2,
      value: late(many.keys) / .milliseconds(1),
      unit: " ms"),
    Goal(
      what: "key to screen, a million entries beside 10, 95 %", most: 1.1,
      value: late(many.keys) / late(few.keys),
      unit: " x"),
    Goal(
      what: "letter of an address to screen beside a million, 95 %", most: 2,
      value: late(many.letters) / .milliseconds(1), unit: " ms"),
    Goal(
      what: "address to its answer, a million entries beside 10", most: 1.1, value: many.answer / few.answer,
      unit: " x"),
  ]
}

/// What 95 of 100 are not above.
private func late(_ times: [Duration]) -> Duration { times.sorted()[times.count * 95 / 100] }

private func keyTimes(entries: Int) throws -> (keys: [Duration], letters: [Duration], answer: Duration) {
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
  /// Until the first screen after it is whole.
  func time(of key: String) throws -> Duration {
    let start = ContinuousClock.now
    let before = console.bytes.count
    try console.type(key)
    while console.bytes.count == before, ContinuousClock.now < start + .seconds(5) {
      console.read(until: start + .seconds(5))
    }
    settle(console, for: .milliseconds(10))
    return console.lastByte - start
  }
  let keys = try (0..<400).map { press in
    try time(of: ["j", "j", "k", "\u{1B}[6~", "\u{1B}[5~", "j", "G", "g"][press % 8])
  }
  try console.type("@")
  settle(console, for: .seconds(1))
  let letters = try "someone.with.a.long.name@d7.example".map { letter in
    let start = ContinuousClock.now
    let before = console.bytes.count
    try console.type(String(letter))
    while console.bytes.count == before, ContinuousClock.now < start + .seconds(5) {
      console.read(until: start + .seconds(5))
    }
    let shown = console.lastByte - start
    settle(console, for: .milliseconds(500))
    return shown
  }
  // The last letter once more: its answer is the last thing to come.
  try console.type("\u{7F}")
  settle(console, for: .seconds(2))
  let start = ContinuousClock.now
  try console.type("e")
  settle(console, for: .seconds(2))
  return (keys, letters, console.lastByte - start)
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
