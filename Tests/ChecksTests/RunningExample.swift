// An example of a rule, given to a real trivial-rewrite(8).

import PostfixFiles
import TestSupport
import Testing

@testable import Checks

/// The trivial-rewrite(8) of an example, in a directory of its own; its tables are built by postmap(1).
final class RunningExample {
  let directory: TemporaryDirectory
  private let server: RewriteServer

  init(_ example: Example, main: (String) -> String = { $0 }) throws {
    directory = try TemporaryDirectory()
    let path = directory.path
    let own = """
      myhostname = mx1.example
      queue_directory = \(path)
      data_directory = \(path)

      """
    // What is first in the example must stay first.
    let text = main(Example.unmarked(example.main)).replacing("/etc/postfix/", with: "\(path)/")
    let isHashed = text.contains("hash:\(path)/transport") && !text.contains("texthash:")
    try directory.writeOld("main.cf", own)
    try directory.writeOld("master.cf", "")
    if let table = example.table {
      let file = try directory.writeOld("transport", Example.unmarked(table))
      if isHashed { try runSuccessfully(postfixTool("postmap"), ["-c", path, "hash:\(file)"]) }
    }
    for (name, contents) in example.others {
      let file = try directory.writeOld(name, Example.unmarked(contents))
      if text.contains("hash:\(file)") {
        try runSuccessfully(postfixTool("postmap"), ["-c", path, "hash:\(file)"])
      }
    }
    try directory.writeOld("main.cf", text + own)
    let daemons = try runSuccessfully(postfixTool("postconf"), ["-dh", "daemon_directory"])
    server = try RewriteServer(
      daemonDirectory: String(daemons.prefix { $0 != "\n" }), configDirectory: path, socket: path + "/rewrite"
    )
  }

  /// How trivial-rewrite(8) ended, or nil while it runs.
  var status: TestSupport.ExitStatus? { server.status }

  func resolve(_ address: String, from sender: String = "") throws -> Resolution {
    try server.resolver().resolve(address, from: sender)
  }

  /// Every answer in 40 draws, as `transport nexthop`, or `unavailable`.
  func destinations(_ address: String, from sender: String = "") throws -> Set<String> {
    let questions = Array(repeating: (recipient: address, sender: sender), count: 40)
    return Set(
      try server.resolve(questions).map { found in
        found.flags.contains(.lookupFailure) ? "unavailable" : "\(found.transport) \(found.nexthop)"
      })
  }
}
