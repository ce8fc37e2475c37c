// The log that a stranger's main.cf names: what is no log is not waited for, and nothing of the kernel's is read.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct ReportPlaceTests {
  @Test(
    arguments: ["FIFO", "kernel's log", "link to it", "directory", "process's environment"],
    [false, true])
  func whatIsNoLogIsRefused(kind: String, goesOn: Bool) throws {
    let directory = try TemporaryDirectory()
    var log = directory.file("log")
    switch kind {
    case "FIFO": mkfifo(log, 0o600)
    case "kernel's log": log = "/proc/kmsg"
    case "link to it": symlink("/proc/kmsg", log)
    case "directory": mkdir(log, 0o700)
    default: log = "/proc/self/environ"
    }
    try directory.write(
      "main.cf",
      "maillog_file = \(log)\nmaillog_file_prefixes = /\ndefault_transport = randmap:!smtp:[127.0.0.1]:1!smtp:[127.0.0.2]:1\n"
    )
    let call = ["report", "-c", directory.path] + (goesOn ? ["--every", "1s"] : [])
    let report = try runRandmap(
      call, environment: ["XDG_STATE_HOME": directory.file("state")], limit: .seconds(60))
    #expect(report.status == .exited(1), "\(report.summary)")
    #expect(
      report.standardError.contains(log) && report.standardError.contains("need a"), "\(report.summary)")
  }

  /// Beside a log: neither what looks like a rotated one, nor a packed one that is a link, is opened where the kernel makes it.
  @Test(arguments: ["/proc/kmsg", "/proc/self/environ"]) func aRotatedLogThatIsTheKernelsIsLeftOut(
    target: String
  ) throws {
    let directory = try TemporaryDirectory()
    let log = try directory.write("log", "2026-11-28T18:00:00+00:00 mx postfix/smtp[1]: nothing\n")
    for suffix in [".1", ".2.gz"] { symlink(target, log + suffix) }
    mkfifo(log + ".3", 0o600)
    try directory.write(
      "main.cf",
      "maillog_file = \(log)\nmaillog_file_prefixes = /\ndefault_transport = randmap:!smtp:[127.0.0.1]:1!smtp:[127.0.0.2]:1\n"
    )
    let report = try runRandmap(
      ["report", "-c", directory.path], environment: ["XDG_STATE_HOME": directory.file("state")],
      limit: .seconds(60))
    #expect(report.status == .exited(0) && !report.standardOutput.contains("log.1"), "\(report.summary)")
    let named = try runRandmap(["report", "-c", directory.path, target], limit: .seconds(60))
    #expect(
      named.status == .exited(2) && named.standardError.contains("is a file of the kernel's"),
      "\(named.summary)")
  }

  /// A packed file of some kilobytes came to more than a hundred gigabytes: the report goes on without its rest.
  @Test(arguments: [("gzip", "gz"), ("bzip2", "bz2"), ("xz", "xz"), ("zstd", "zst")])
  func aPackedLogThatHasNoLinesIsLeft(program: String, suffix: String) throws {
    let directory = try TemporaryDirectory()
    let log = try directory.write(
      "log",
      "2026-11-28T18:00:00+00:00 mx postfix/smtp[1]: ABC: to=<u@d.example>, relay=127.0.0.1[127.0.0.1]:1, delay=1, status=sent (250 ok)\n"
    )
    try directory.write(
      "main.cf",
      "maillog_file = \(log)\nmaillog_file_prefixes = /\ndefault_transport = randmap:!smtp:[127.0.0.1]:1!smtp:[127.0.0.2]:1\n"
    )
    let packing = try run(
      "/bin/sh", ["-c", "head -c 70000000 /dev/zero | \(program) -1 -c > \(log).1.\(suffix)"])
    #expect(packing.status == .exited(0), "\(packing.summary)")
    let report = try runRandmap(
      ["report", "-c", directory.path], environment: ["XDG_STATE_HOME": directory.file("state")],
      limit: .seconds(60))
    #expect(report.status == .exited(0), "\(report.summary)")
    #expect(
      report.standardError.contains(
        "\(log).1.\(suffix): unpacks to a line of more than 64 MiB, so it is no log"),
      "\(report.summary)")
    #expect(report.standardOutput.contains("127.0.0.1"), "\(report.summary)")
    // What the call names has to be a log.
    let named = try runRandmap(
      ["report", "-c", directory.path, "\(log).1.\(suffix)"],
      environment: ["XDG_STATE_HOME": directory.file("state")], limit: .seconds(60))
    #expect(named.status == .exited(2) && named.standardError.contains("no log"), "\(named.summary)")
  }

  /// A hundred megabytes of lines in a few kilobytes: no log is so much like itself.
  @Test func aPackedLogOfOneLineAgainAndAgainIsLeft() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "default_transport = randmap:!smtp:[127.0.0.1]:1!smtp:[127.0.0.2]:1\n")
    let log = directory.file("log.xz")
    let packing = try run(
      "/bin/sh",
      [
        "-c",
        "head -c 1000000 /dev/zero | tr '\\0' y > \(log).1; for n in $(seq 100); do cat \(log).1; echo; done | xz -1 -c > \(log)",
      ]
    )
    #expect(packing.status == .exited(0), "\(packing.summary)")
    let report = try runRandmap(
      ["report", "-c", directory.path, log], environment: ["XDG_STATE_HOME": directory.file("state")],
      limit: .seconds(60))
    #expect(
      report.status == .exited(2)
        && report.standardError.contains("unpacks to more than 1000 times its size, so it is no log"),
      "\(report.summary)")
  }

  /// xz(1) would take a gibibyte for it; it says itself that the limit is reached.
  @Test func aDictionaryOfXzHasABound() throws {
    let directory = try TemporaryDirectory()
    let log = directory.file("log.lzma")
    let packing = try run("/bin/sh", ["-c", "echo text | xz --format=lzma -c > \(log)"])
    #expect(packing.status == .exited(0), "\(packing.summary)")
    var bytes = try readFile(log)
    bytes.replaceSubrange(1..<5, with: [0, 0, 0, 0x40])
    try writeFile(log, bytes)
    try directory.write("main.cf", "default_transport = randmap:!smtp:[127.0.0.1]:1!smtp:[127.0.0.2]:1\n")
    let report = try runRandmap(
      ["report", "-c", directory.path, log], environment: ["XDG_STATE_HOME": directory.file("state")],
      limit: .seconds(60))
    #expect(report.status == .exited(2) && report.standardError.contains("xz failed"), "\(report.summary)")
  }
}
