// Where a message's file lies, beside where a real Postfix puts it.
import Glibc
import PostfixFiles
import TestSupport
import TestTraits
import Testing

@testable import Agent

@Suite(.waits) struct QueueFilesTests {
  /// Deferred mail stays where it was put; a depth of 7 is more than the microseconds of a long ID have digits.
  @Test(arguments: [("yes", 7), ("yes", 1), ("no", 3)])
  func filesLieWherePostfixPutsThem(longIDs: String, depth: Int) throws {
    let lab = try PostfixLab(
      main: """
        default_transport = smtp:[127.0.0.1]:1
        enable_long_queue_ids = \(longIDs)
        hash_queue_names = DEFERRED active
        hash_queue_depth = \(depth)
        """)
    try lab.send(20, to: "user@example.net")
    try lab.waitUntilSettled()
    let config = try MailConfig(directory: lab.configDirectory, environment: Environment())
    let files = QueueFiles(config.parameters)
    let ids = try lab.queueListing().compactMap { line in
      line.firstMatch(of: /"queue_id": "([^"]+)"/).map { String($0.1) }
    }
    #expect(Set(ids).count == 20)
    for id in ids {
      let path = try #require(files.path(queue: "deferred", id: id))
      #expect(access(path, F_OK) == 0, "\(path)")
      #expect(
        files.path(queue: "active", id: id)?.split(separator: "/").count == path.split(separator: "/").count)
      #expect(files.path(queue: "hold", id: id) == "\(lab.queueDirectory)/hold/\(id)")
    }
  }

  @Test func whatIsNoNameOfAFileHasNoPath() {
    let files = QueueFiles(directory: "/q")
    #expect(files.path(queue: "active", id: "../x") == nil)
    #expect(files.path(queue: "", id: "4X") == nil)
    #expect(files.path(queue: "active", id: "") == nil)
    #expect(files.path(queue: "active", id: "4X") == "/q/active/4X")
  }
}
