// A file of metrics in a directory of another user, who may put there what he likes: root's text goes nowhere else.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .enabled(if: geteuid() == 0, "only root can be several users")) struct TextFileTests {
  private static let stranger: uid_t = 65533
  let scene: TemporaryDirectory
  var theirs: String { scene.file("theirs") }
  var outside: String { scene.file("outside") }

  init() throws {
    scene = try TemporaryDirectory()
    chmod(scene.path, 0o755)
    for name in ["etc", "theirs", "outside"] { try scene.makeDirectory(name, mode: 0o755) }
    chown(theirs, Self.stranger, 0)
    try scene.write("etc/main.cf", "relayhost = [127.0.0.1]:1\n")
    try scene.write("outside/precious", "mine\n")
  }

  private func status(_ path: String) throws -> FinishedProcess {
    try runRandmap(["--status", "-c", scene.file("etc"), "--textfile", path], limit: .seconds(60))
  }

  private func link(_ target: String, _ path: String, owner: uid_t = stranger) {
    symlink(target, path)
    lchown(path, owner, 0)
  }

  /// What has the name itself is replaced, whatever it is.
  @Test(arguments: ["link", "FIFO", "file"]) func whatHasTheNameIsReplaced(kind: String) throws {
    let path = theirs + "/randmap.prom"
    switch kind {
    case "link": link(outside + "/precious", path)
    case "FIFO": mkfifo(path, 0o666)
    default: _ = Glibc.link(outside + "/precious", path)
    }
    let finished = try status(path)
    #expect(finished.status == .exited(1), "\(finished.summary)")
    #expect(try readText(path).hasPrefix("# HELP"))
    #expect(try readText(outside + "/precious") == "mine\n")
    #expect(try namesIn(theirs) == ["randmap.prom"])
  }

  /// A link of his in the path leads root's file to another directory.
  @Test func aLinkOfHisInThePathIsNotFollowed() throws {
    link(outside, theirs + "/metrics")
    for path in [
      theirs + "/metrics/new", theirs + "/metrics/precious", theirs + "/metrics/../theirs/metrics/new",
    ] {
      let finished = try status(path)
      #expect(finished.status == .exited(2), "\(finished.summary)")
      #expect(
        finished.standardError.contains("this symbolic link belongs to another user"), "\(finished.summary)")
    }
    #expect(try namesIn(outside) == ["precious"] && readText(outside + "/precious") == "mine\n")
    // One of root's is.
    link(outside, scene.file("metrics"), owner: 0)
    #expect(try status(scene.file("metrics/new")).status == .exited(1))
    #expect(try namesIn(outside) == ["new", "precious"])
  }
}
