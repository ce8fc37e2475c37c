// A file with further names (hard links): that a write leaves these with the old contents is said before it is done.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct HardLinkTests {
  private static let words = "has other names (hard links)"

  @Test func theyAreSaidBeforeTheyAreBroken() throws {
    let sample = try copyOfSample("outbound-weighted")
    let main = sample.file("main.cf")
    let other = sample.file("main.cf.kept")
    let edit = ["set", "relay_transport", "[out-gw1.example]", "3", "-c", sample.path]
    let without = try runRandmap(edit)
    #expect(!without.standardError.contains(Self.words), "\(without.summary)")
    #expect(link(main, other) == 0)
    let text = try readText(main)

    let preview = try runRandmap(edit)
    #expect(preview.status == .exited(0) && preview.standardError.contains("\(main) \(Self.words)"))
    let refused = try runRandmap(edit + ["--write"])
    #expect(refused.status == .exited(1) && refused.standardError.contains(Self.words), "\(refused.summary)")
    #expect(try readText(main) == text)
    let written = try runRandmap(edit + ["--write", "--force"])
    #expect(written.status == .exited(0), "\(written.summary)")
    #expect(written.standardError.contains("its other hard links still have the old contents"))
    #expect(try readText(main) != text && readText(other) == text)

    unlink(other)
    #expect(link(main, other) == 0)
    let dry = try runRandmap(["undo", "--dry-run", "-c", sample.path])
    #expect(dry.standardError.contains("\(main) \(Self.words)"), "\(dry.summary)")
  }
}
