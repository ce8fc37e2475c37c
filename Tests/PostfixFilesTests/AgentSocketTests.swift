// Whether an agent runs, as the files of a moment and what is known of it say.

import Glibc
import System
import TestSupport
import TestTraits
import Testing

@testable import PostfixFiles

@Suite(.waits) struct AgentSocketTests {
  /// An agent that ends closes its sockets one after the other: what is known of it counts more than one that still answers.
  @Test func anAgentThatIsKnownToBeGoneIsGone() throws {
    let queue = try TemporaryDirectory()
    try queue.makeDirectory("private")
    let path = queue.file("private/randmap")
    let file = LocalSocket.make()
    defer { close(file) }
    try #require(LocalSocket.withAddress(path) { bind(file, $0, $1) } == 0 && listen(file, 10) == 0)
    var config = MailConfig(directory: "/d", main: "# randmap: agent\nqueue_directory = \(queue.path)\n")
    func deserted(isGone: Bool) -> String? {
      config.withAgentOfNow(isGone: isGone).surroundings?.desertedAgentSocket
    }
    // Of a configuration that no Postfix here uses nothing is known.
    #expect(deserted(isGone: true) == nil)
    config.surroundings = Surroundings()
    #expect(deserted(isGone: false) == nil)
    #expect(deserted(isGone: true) == path)
  }
}
