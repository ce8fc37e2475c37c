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
}
