// A configuration whose pools are in a database: for the tests of its edits.

import Glibc
import PostfixFiles
import Routing
import Store
import TestSupport
import Testing

@testable import Editing

/// A configuration in a directory that belongs to its mail_owner: this user, or, as Postfix takes no privileged one, another
/// user where the tests are root.
struct DatabaseBench {
  let directory: TemporaryDirectory
  var database: String { directory.file("randmap-pools.db") }

  private let owner: String

  init() throws {
    directory = try TemporaryDirectory()
    let user = try #require(geteuid() == 0 ? getpwnam("daemon") : getpwuid(geteuid())).pointee
    owner = String(cString: user.pw_name)
    chown(directory.path, user.pw_uid, user.pw_gid)
  }

  func config(_ main: String, files: [String: String] = [:]) throws -> MailConfig {
    var config = MailConfig(
      directory: directory.path, environment: Environment(hostName: "mx.test.example"),
      main: "data_directory = \(directory.path)\nmail_owner = \(owner)\nmyhostname = mx.test.example\n" + main
    )
    for (name, text) in files {
      let path = directory.file(name)
      config.files[path] = .read(Document(path: path, bytes: Bytes(text.utf8)))
    }
    return config
  }
}

extension MailConfig {
  /// The rows that an edit has left.
  func rows(_ path: String) -> PoolRows { PoolRows(text: document(path)?.bytes.text ?? "") }

  func shares(_ id: String) -> [String: Double] {
    guard let pool = pool(id) else { return [:] }
    return Dictionary(pool.members.map { ($0.result, pool.share($0)) }, uniquingKeysWith: { $1 })
  }

  /// Where mail goes, with shares of first next hops.
  func route(_ address: String, from sender: String = "") -> [String: Double] {
    var shares: [String: Double] = [:]
    for (outcome, share) in Resolver(self).route(address, from: sender).outcomes {
      guard case .destination(let transport, let nextHop) = outcome else { return ["\(outcome)": share] }
      shares["\(transport.text):\(nextHop.text.prefix { $0 != "," })", default: 0] += share
    }
    return shares
  }
}
