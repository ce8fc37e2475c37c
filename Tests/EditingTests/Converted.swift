// Configurations for the tests of conversions, and what a conversion makes of them or why it is refused.

import PostfixFiles
import Routing

@testable import Editing

func config(
  _ main: String, files: [String: String] = [:], version: PostfixVersion = .assumed
) -> MailConfig {
  var config = MailConfig(
    directory: "/etc/postfix", environment: Environment(hostName: "mx.test.example", version: version),
    main: main)
  for (name, text) in files {
    let path = "/etc/postfix/\(name)"
    config.files[path] = .read(Document(path: path, bytes: Bytes(text.utf8)))
  }
  return config
}

func converted(
  _ config: MailConfig, to target: ConversionTarget, _ names: String...
) throws -> MailConfig {
  try config.converting(names, to: target).config
}

func reason(_ config: MailConfig, to target: ConversionTarget, _ names: String...) -> String? {
  do throws(EditError) {
    _ = try config.converting(names, to: target)
    return nil
  } catch { return error.message }
}

extension MailConfig {
  var mainText: String { main.document.bytes.text }
  func text(_ name: String) -> String {
    files["/etc/postfix/\(name)"]?.document?.bytes.text ?? ""
  }
  /// All pools, whatever their notation and place.
  var contents: [PoolContent] {
    poolSites().map(\.content.inOrder).sorted { "\($0)" < "\($1)" }
  }
}

/// What main.cf says of an agent for pools of two members.
let agentLines = """
  # randmap: agent
  # randmap wrote the line above, and takes it away with the last pool
  randmap_destination_concurrency_limit = 40
  randmap_initial_destination_concurrency = 10

  """
