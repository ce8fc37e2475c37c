// --check: of a table of a million entries beside postmap(1) and wc(1), and of an ordinary directory beside
// postconf(1).
import Glibc
import TestSupport

/// Postfix's own tool reads every line too, and builds an index; wc(1) only counts newlines.
func measureLargeTable() throws -> [Goal] {
  let directory = try TemporaryDirectory()
  try directory.write("main.cf", "")
  let count = 1_000_000
  let (table, size) = try writeTable(of: count, in: directory)
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
      what: "--check of a large table, time beside postmap lmdb:", most: 0.4,
      value: results[0].wall / results[1].wall, unit: " x"),
    Goal(
      what: "--check of a large table, memory beside the file's size", most: 3,
      value: Double(results[0].memory) / Double(size), unit: " x"),
  ]
}

/// Ten times the entries are to take ten times the time, not more.
func measureGrowth() throws -> [Goal] {
  let directory = try TemporaryDirectory()
  let results = try [1_000_000, 10_000_000].map { count in
    let (table, size) = try writeTable(of: count, in: directory)
    defer { unlink(table) }
    let contender = Contender(
      name: "randmap --check, \(count) entries", program: try randmapProgram(), arguments: ["--check", table])
    return (try compare([contender], rounds: 5)[0], size)
  }
  show("growth", results.map(\.0))
  let (small, large) = (results[0], results[1])
  return [
    Goal(
      what: "--check of 10,000,000 entries, CPU beside 1,000,000", most: 11,
      value: large.0.processor / small.0.processor, unit: " x"),
    Goal(
      what: "--check of 10,000,000 entries, memory beside the file's size", most: 3,
      value: Double(large.0.memory) / Double(large.1), unit: " x"),
  ]
}

/// A transport table of `count` entries, and its size in bytes.
private func writeTable(of count: Int, in directory: TemporaryDirectory) throws -> (path: String, size: Int) {
  let table = directory.file("transport")
  // Not made in memory: Linux counts what its parent held to the peak of a new process.
  let line = "{ printf \"domain%d.example smtp:[gw%d.example]\\n\", $1, $1 % 7 }"
  try runSuccessfully("sh", ["-c", "seq -f %.0f 0 \(count - 1) | awk '\(line)' > \(table)"])
  var status = stat()
  guard stat(table, &status) == 0 else { throw TestFailure("stat \(table)") }
  return (table, Int(status.st_size))
}

/// Both read main.cf; randmap reads the other files too and runs every rule.
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
      what: "--check of a directory, time beside postconf -n", most: 1,
      value: results[0].wall / results[1].wall, unit: " x")
  ]
}
