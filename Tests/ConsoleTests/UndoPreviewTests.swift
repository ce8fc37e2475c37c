// What the console says before it takes an earlier write back: the writes of this session count.

import Changes
import Editing
import PostfixFiles
import TestSupport
import TestTraits
import Testing

@testable import Console

@Suite(.waits) struct UndoPreviewTests {
  @Test func theMailOfAWriteOfThisSessionIsLookedAt() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf", "myhostname = mx.here.example\ncompatibility_level = 3.6\nrelayhost = [127.0.0.2]\n")
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    try directory.makeDirectory("state")
    func reading() throws -> MailConfig {
      try MailConfig.reading(directory.path, environment: Environment(hostName: "mx.here.example")).config
    }
    let started = try reading()
    let writing = Writing(
      config: started,
      writer: Writer(
        state: StateDirectory(directory.file("state")), author: Author(user: "test", command: "test")),
      files: FileWatch(started))
    for domain in ["a.example", "b.example"] {
      let members = try ["[127.0.0.5]", "[127.0.0.6]"].map { try WantedMember($0) }
      let plan = try reading().planning(
        PoolWish(.to(domain), members, notation: .file), on: Machine(addresses: []))
      _ = try writing.writer.write(plan.config.changeSet(summary: domain))
    }
    guard case .undoing(let preview) = writing.undoPreview(1) else {
      Issue.record("no preview")
      return
    }
    #expect(preview.guards.count == 1)
    #expect(preview.guards.first?.message.hasPrefix("changes other mail: mail for b.example") == true)
    guard case .undoing(let last) = writing.undoPreview(2) else {
      Issue.record("no preview of the last one")
      return
    }
    #expect(last.guards.isEmpty)
  }
}
