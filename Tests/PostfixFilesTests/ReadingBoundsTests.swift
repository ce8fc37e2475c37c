// Inputs that would take any amount of memory or time: each reader says so instead.

import Glibc
import PostfixFiles
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct ReadingBoundsTests {
  /// A main.cf of 1 MB came to 8 GB.
  @Test func aValueIsBoundedInBytes() {
    let long = String(repeating: "x", count: 500_000)
    let config = MailConfig(
      directory: "/d",
      main: "long = \(long)\nt = \(String(repeating: "$long", count: 100_000))\nonce = $long$long\n")
    do throws(ExpansionError) {
      _ = try config.parameters.value("t")
      Issue.record("there is no bound")
    } catch {
      #expect(error == .tooLong("long"))
      #expect(error.message.utf8.count < 1_500)
    }
    #expect(config.parameters.text("once").utf8.count == 1_000_000)
  }

  @Test(arguments: [
    "/proc/kmsg", "/proc/self/environ", "/proc/sys/kernel/hostname", "/sys/kernel/uevent_seqnum", "/dev/null",
    "/dev/pts/ptmx",
  ])
  func theKernelsFilesAreNotRead(path: String) throws {
    guard access(path, F_OK) == 0 else { return }
    let directory = try TemporaryDirectory()
    let link = directory.file("link")
    #expect(symlink(path, link) == 0)
    for path in [path, link] {
      do throws(FileError) {
        _ = try FileReader.read(path)
        Issue.record("\(path) was read")
      } catch {
        #expect(error.reason.contains("need a"), "\(error.message)")
      }
    }
  }

  @Test func tablesInTablesHaveALimit() {
    for text in [
      String(repeating: "pipemap:{", count: 20_000) + "static:x" + String(repeating: "}", count: 20_000),
      String(repeating: "proxy:", count: 100_000) + "static:x",
      String(repeating: "unionmap:{", count: 100_000),
    ] {
      #expect(throws: TableSpecError.self) { try TableSpec(SourcedText(builtIn: text)) }
    }
  }
}
