// Lines of a hundred megabytes: the program ends, with an answer that a person can read, and in memory that is a small
// multiple of the file.
//
// A debug build takes some 0.5 us a byte where a value is checked, so only the cheaper calls get the whole hundred; a
// release build checks a value of 100 MB in 4 s.
import Checks
import Glibc
import TestSupport
import TestTraits
import Testing

private let megabyte = 1_000_000

@Suite(.waits, .timeLimit(.minutes(10))) struct HugeLineTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write("main.cf", "queue_directory = /nonexistent\n")
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
  }

  /// Writes a file around `count` bytes of filling, which the test run never has in its own memory: what it holds counts
  /// as memory of each program that it starts.
  private func write(_ name: String, _ head: String, _ filling: Character, _ count: Int, _ tail: String)
    throws
  {
    try directory.write(name, head)
    let file = try #require(fopen(directory.file(name), "a"))
    let piece = [UInt8](repeating: filling.asciiValue ?? 0, count: megabyte)
    for _ in 0..<count / megabyte { #expect(fwrite(piece, 1, megabyte, file) == megabyte) }
    fputs(tail, file)
    #expect(fclose(file) == 0)
  }

  /// Runs a command on the directory, and holds its memory and its words to what is bearable.
  private func runOnDirectory(_ command: String...) throws -> FinishedProcess {
    let finished = try runRandmap(
      command + ["-c", directory.path], environment: ["XDG_CONFIG_HOME": directory.path], limit: .seconds(400)
    )
    let start = "\(command): \(finished.status) \(finished.standardOutput.prefix(300))"
    #expect(finished.peakMemory < 750 * megabyte, "\(finished.peakMemory) \(start)")
    #expect(finished.standardOutputBytes.count < 5_000, "\(start)")
    #expect(finished.standardError.isEmpty, "\(start)")
    return finished
  }

  @Test func aValueOfMainCf() throws {
    try write("main.cf", "relayhost = [", "a", 100 * megabyte, "]\n")
    let pools = try runOnDirectory("pools")
    #expect(pools.status == .exited(0))
    #expect(pools.standardOutput == "no pools in \(directory.path)/main.cf\n")

    try write("main.cf", "relayhost = [", "a", 20 * megabyte, "]\n")
    let check = try runOnDirectory("--check")
    #expect(check.status == .exited(1))
    #expect(check.standardOutput.contains("valid hostname or network address required: "))
    #expect(check.standardOutput.contains("aaaa..."))
  }

  @Test(arguments: ReportFormatName.allCases.map(\.rawValue))
  func noFormatRepeatsIt(format: String) throws {
    try write("main.cf", "relayhost = [", "a", 2 * megabyte, "]\n")
    let check = try runOnDirectory("--check", "--format", format)
    #expect(check.status == .exited(1))
    #expect(check.standardOutput.contains("aaaa..."))
  }

  @Test(arguments: ["\0", "#"] as [Character])
  func aLineThatIsNoValue(filling: Character) throws {
    try write("main.cf", "relayhost = \(filling == "#" ? "\n#" : "")", filling, 100 * megabyte, "\n")
    let check = try runOnDirectory("--check")
    #expect(check.status == .exited(filling == "#" ? 0 : 1))
    let wanted = filling == "#" ? "" : "text after null byte is lost"
    #expect(check.standardOutput.contains(wanted) || wanted == check.standardOutput)
  }

  @Test func aMemberOfAPoolFile() throws {
    try directory.write(
      "main.cf",
      "# randmap: agent\nqueue_directory = /nonexistent\ndefault_transport = randmap:$config_directory/pool\n"
    )
    try write("pool", "smtp:[", "a", 100 * megabyte, "]\nsmtp:[gw.example]\n")
    let pools = try runOnDirectory("pools")
    #expect(pools.status == .exited(0))
    let lines = pools.standardOutput.split(separator: "\n")
    #expect(lines.count == 3 && lines[1].hasPrefix("       -  x1  smtp:[aaa"), "\(pools.summary.prefix(500))")
    #expect(lines[1].contains("aaa...  left out: smtp(8) cannot parse") && lines[1].utf8.count < 5_000)
    #expect(lines.last == "  100.0%  x1  smtp:[gw.example]")
  }

  @Test func anEntryOfATable() throws {
    try directory.write(
      "main.cf", "queue_directory = /nonexistent\ntransport_maps = texthash:$config_directory/transport\n")
    try write("transport", "a.example smtp:[", "a", 100 * megabyte, "]\n")
    #expect(try runOnDirectory("pools").status == .exited(0))
    try write("transport", "a.example smtp:[", "a", 20 * megabyte, "]\n")
    let check = try runOnDirectory("--check")
    #expect(check.status == .exited(1))
    #expect(check.standardOutput.contains("valid hostname or network address required: "))
  }

  /// What stands on a terminal is a part of the line, with its mark under it.
  @Test func aFramedLineIsCut() throws {
    try write("main.cf", "relayhost = [", "a", 5 * megabyte, "]\n")
    let terminal = try PseudoTerminal([randmapProgram(), "--check", "-c", directory.path])
    #expect(try terminal.waitForExit() == .exited(1))
    #expect(terminal.bytes.count < 5_000)
    let marked = String(decoding: terminal.bytes, as: UTF8.self).split(separator: "\r\n").map(\.count)
    #expect(marked.count == 3 && marked[1] < 120 && marked[2] < 120, "\(marked)")
  }

  /// Many items in a line, each of them wrong: the work must not grow with the square of their number.
  @Test(arguments: ["[b, ", "b], ", "[b "])
  func manyFaultsInALine(item: String) throws {
    let list = String(repeating: item, count: 100_000)
    try directory.write("main.cf", "relayhost = \(list)\n")
    let check = try runRandmap(["--check", "-c", directory.path], limit: .seconds(120))
    #expect(check.status == .exited(1))
    #expect(check.standardOutputBytes.count < 100 * megabyte)
  }
}
