// Which names a file in the form of hosts(5) has.

import TestSupport
import Testing

@testable import Liveness

@Suite struct HostsFileTests {
  @Test func namesAndAliasesAreFound() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write(
      "hosts", "# gw0.example\n127.0.0.11\tgw1.example GW2.example # gw3.example\r\n\n::1 localhost\n")
    for name in ["gw1.example", "gw2.example", "Gw1.Example", "localhost"] {
      #expect(HostsFile.has(name, in: file), "\(name)")
    }
    for name in ["gw0.example", "gw3.example", "127.0.0.11", "example", "#", ""] {
      #expect(!HostsFile.has(name, in: file), "\(name)")
    }
  }

  @Test func aFileThatIsMissingHasNone() throws {
    #expect(!HostsFile.has("localhost", in: "/nonexistent/hosts"))
  }
}
