// --check: of a table of a million entries beside postmap(1) and wc(1), and of an ordinary directory beside
// postconf(1).
import TestSupport

/// Postfix's own tool reads every line too, and builds an index; wc(1) only counts newlines.
func measureLargeTable() throws -> [Goal] {
  let directory = try TemporaryDirectory()
  try directory.write("main.cf", "")
  let count = 1_000_000
  let table = directory.file("transport")
  // Not made in memory: Linux counts what its parent held to the peak of a new process.
  let line = "{ printf \"domain%d.example smtp:[gw%d.example]\\n\", $1, $1 % 7 }"
  try runSuccessfully("sh", ["-c", "seq 0 \(count - 1) | awk '\(line)' > \(table)"])
  let results = try compare(
    [
      Contender(name: "randmap --check", program: try randmapProgram(), arguments: ["--check", table]),
      Contender(
        name: "postmap lmdb:", program: try postfixTool("postmap"),
        arguments: ["-c", directory.path, "lmdb:" + table]),
      Contender(name: "wc -l", program: "wc", arguments: ["-l", table]),
    ], rounds: 5)
  show("transport table, \(count) entries", results)
  return [
    Goal(
      what: "--check of a large table, CPU beside postmap lmdb:", most: 1,
      value: results[0].processor / results[1].processor, unit: " x"),
    Goal(
      what: "--check of a large table, memory beside postmap lmdb:", most: 3,
      value: Double(results[0].memory) / Double(results[1].memory), unit: " x"),
  ]
}

/// Both read main.cf; randmap reads the other files too, asks postconf(1) for the release and runs every rule.
func measureDirectory() throws -> [Goal] {
  let directory = sampleDirectory("outbound")
  let results = try compare(
    [
      Contender(
        name: "randmap --check -c DIR", program: try randmapProgram(),
        arguments: ["--check", "-c", directory]),
      Contender(
        name: "postconf -c DIR -n", program: try postfixTool("postconf"), arguments: ["-c", directory, "-n"]),
    ], rounds: 21)
  show("an ordinary directory", results)
  return [
    Goal(
      what: "--check of a directory, CPU beside postconf -n", most: 2,
      value: results[0].processor / results[1].processor, unit: " x")
  ]
}
