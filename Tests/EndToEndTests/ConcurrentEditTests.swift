// Edits of several people, and of postconf(1), at the same time: each is made, on what the others left.

import Glibc
import System
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct ConcurrentEditTests {
  private let directory: TemporaryDirectory
  /// RANDMAP_EDITS says how many (a hundred on a quiet machine: each waits ten seconds for the lock, and with a debug program
  /// beside other tests a hundred take longer).
  private let names = (1...(environmentVariable("RANDMAP_EDITS").flatMap { Int($0) } ?? 40)).map {
    "[gw\($0).example]"
  }

  init() throws {
    directory = try TemporaryDirectory()
    let pool = names.map { "!smtp:\($0)" }.joined()
    try directory.write(
      "main.cf", "# randmap: agent\nrelay_transport = randmap:\(pool)\nmaximal_queue_lifetime = 1d\n")
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
  }

  private func setting(_ name: String) throws -> ChildProcess {
    try ChildProcess(
      randmapProgram(), ["set", "relay_transport", name, "2", "--write", "-c", directory.path],
      environment: ["MAIL_CONFIG": nil])
  }

  private func expectAllAreSet(_ names: some Sequence<String>) throws {
    let pools = try runRandmap(["pools", "-c", directory.path]).standardOutput
    for name in names { #expect(pools.contains("x2  smtp:\(name)"), "\(pools)") }
  }

  @Test func manyAtOnceAreAllMade() throws {
    let edits = try names.map(setting)
    for edit in edits {
      let done = try edit.wait()
      #expect(done.status == .exited(0), "\(done.summary)")
    }
    try expectAllAreSet(names)
  }

  @Test func besidePostconfNothingIsLost() throws {
    let postconf = try postfixTool("postconf")
    let editor = try ChildProcess(
      "sh",
      [
        "-c",
        "for n in $(seq 2 100); do \(postconf) -c \(directory.path) -e maximal_queue_lifetime=${n}d || exit 1; done",
      ])
    for name in names.prefix(20) {
      let done = try setting(name).wait()
      #expect(done.status == .exited(0), "\(done.summary)")
    }
    let edited = try editor.wait()
    #expect(edited.status == .exited(0), "\(edited.summary)")
    try expectAllAreSet(names.prefix(20))
    let lifetime = try runSuccessfully(postconf, ["-c", directory.path, "-h", "maximal_queue_lifetime"])
    #expect(lifetime == "100d\n")
  }
}
