// The files of a configuration directory that the configuration does not name: a table that a person wrote and never put
// into main.cf.

import System

extension MailConfig {
  /// Reads those that could be tables. They are small, and few.
  package mutating func readUnnamedFiles() {
    let named = [main.document, master?.document].compactMap { $0 }
    let names = directoryNames(directory).filter { !$0.hasPrefix(".") }
    for name in names.prefix(Self.mostUnnamedFiles) where Self.couldBeTable(name) {
      let path = "\(directory)/\(name)"
      guard files[path] == nil, otherFiles[path] == nil, unnamedFiles[path] == nil,
        let size = FileReader.size(of: path), (1...Self.largestUnnamedFile).contains(size),
        !named.contains(where: { !$0.lines(containing: name).isEmpty }),
        let document = try? open(path)
      else { continue }
      unnamedFiles[path] = document
    }
  }

  private static let mostUnnamedFiles = 100
  private static let largestUnnamedFile = 64 << 10

  /// What has an ending is an index, a copy, a script or documentation.
  private static func couldBeTable(_ name: String) -> Bool {
    let others: Set = [
      "main", "master", "LICENSE", "TLS_LICENSE", "README", "postfix-files", "postfix-script", "post-install",
      "aliases", "Makefile", "Dockerfile", "access", "canonical", "generic", "relocated", "header_checks",
    ]
    let endings: Set = ["map", "maps", "txt", "cf", "list", "hash", "conf"]
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let first = parts.first, !first.isEmpty, !name.hasSuffix("~"), !others.contains(first) else {
      return false
    }
    return parts.count == 1 || parts.count == 2 && endings.contains(parts[1]) && name != "dynamicmaps.cf"
  }
}
