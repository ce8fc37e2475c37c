// An older write taken back where somebody else has edited the lines beside it.

import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct UndoBesideOthersTests {
  /// Somebody else changed the line directly below, or above, that of the write: their line stays.
  @Test func aWriteIsTakenBackBesideALineOfSomebodyElse() throws {
    for (old, new) in [
      ("inet_interfaces = all", "inet_interfaces = 127.0.0.1"), ("myorigin = a", "myorigin = b"),
    ] {
      let directory = try TemporaryDirectory()
      let first = "myorigin = a\nrelayhost = [127.0.0.2]\ninet_interfaces = all\n"
      try directory.write("main.cf", first)
      for call in [
        ["set-route", "relayhost", "[127.0.0.3]"], ["set-route", "lmtp_fallback_relay", "[127.0.0.4]"],
      ] {
        let made = try runRandmap(call + ["--write", "-c", directory.path])
        try #require(made.status == .exited(0), "\(made.summary)")
      }
      let written = try readText(directory.file("main.cf"))
      try directory.write("main.cf", written.replacing(old, with: new))
      let undone = try runRandmap(["undo", "1", "--merge", "-c", directory.path])
      #expect(undone.status == .exited(0), "\(undone.summary)")
      #expect(
        try readText(directory.file("main.cf"))
          == first.replacing(old, with: new) + "lmtp_fallback_relay = [127.0.0.4]\n", "\(undone.summary)")
    }
  }

  /// Where it is only shown, a person sees too where the mail would go.
  @Test func whatIsOnlyShownSaysWhereTheMailWouldGo() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "relayhost = [127.0.0.2]:2525\n")
    let made = try runRandmap(
      ["pool", "outbound", "[127.0.0.2]:2525", "[127.0.0.3]:2525", "--write", "-c", directory.path])
    try #require(made.status == .exited(0), "\(made.summary)")
    try directory.write("main.cf", try readText(directory.file("main.cf")) + "# of somebody else\n")
    for call in [["undo"], ["undo", "1"], ["undo", "--dry-run"]] {
      let undone = try runRandmap(call + ["-c", directory.path])
      #expect(
        undone.status == .exited(1) && undone.standardError.contains("say --merge"), "\(undone.summary)")
      #expect(undone.standardError.contains("  -  ->  100.0%  [127.0.0.2]:2525\n"), "\(undone.summary)")
      #expect(
        undone.standardError.contains(
          "smtp:[127.0.0.2]:2525 50.0%, smtp:[127.0.0.3]:2525 50.0%  ->  smtp:[127.0.0.2]:2525\n"),
        "\(undone.summary)")
    }
  }
}
