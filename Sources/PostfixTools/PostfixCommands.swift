// The questions that we ask Postfix's own commands, each with its time limit.

import Glibc
import PostfixFiles
import System

/// Postfix's commands on this machine.
package struct PostfixCommands: Sendable {
  /// Where the commands are looked for, in this order.
  package let directories: [String]
  /// The configuration directory of this machine's Postfix.
  package let ownDirectory: String

  /// PATH, then /usr/sbin: an ordinary user's PATH often lacks it.
  package static var standardDirectories: [String] {
    let path = environmentVariable("PATH") ?? ""
    return path.split(separator: ":").map(String.init) + ["/usr/sbin"]
  }

  package init(
    directories: [String] = PostfixCommands.standardDirectories, ownDirectory: String = "/etc/postfix"
  ) {
    self.directories = directories
    self.ownDirectory = ownDirectory
  }

  /// The path of a command, or nil where Postfix is not installed.
  package func path(of tool: Tool) -> String? {
    directories.lazy.map { "\($0)/\(tool.rawValue)" }.first { access($0, X_OK) == 0 }
  }

  /// The version of the installed Postfix, for example "3.7.11".
  package func mailVersion() throws(ToolError) -> String {
    try line(of: .postconf, ["-dh", "mail_version"])
  }

  /// The types of lookup tables that the installed Postfix has. No configuration of another's is read for that.
  package func tableTypes() throws(ToolError) -> Set<String> {
    let plain = try PlainConfiguration(like: nil)
    defer { plain.remove() }
    let output = try succeed(.postconf, ["-c", plain.path, "-m"], limit: .seconds(5))
    return Set(output.standardOutput.text.split(whereSeparator: \.isWhitespace).map(String.init))
  }

  /// What `table` (`type:name`) answers for `key`; nil where the key is not in it.
  package func query(
    table: String, key: String, configDirectory: String? = nil, in directory: String? = nil,
    limit: Duration = .seconds(5)
  ) throws(ToolError) -> [UInt8]? {
    let output = try postmap(
      ["-q", key, table], configDirectory: configDirectory, limit: limit, in: directory)
    if output.status == 0 {
      return output.standardOutput.last == UInt8(ascii: "\n")
        ? output.standardOutput.dropLast() : output.standardOutput
    }
    // "Not found" is status 1, perhaps with a warning of a rule that is skipped; a failure has other words.
    if output.status == 1, output.failureWords == nil { return nil }
    throw failure(.postmap, output)
  }

  /// Builds the index of `source` beside it, overwriting one that is there.
  ///
  /// - Parameters:
  ///   - keepingPrivileges: as root, do not become the owner of the source (`postmap -o`). Only safe
  ///     where no other user may write in the directory.
  ///   - descriptor: a lock that the command is to hold as well, for as long as it runs.
  package func buildIndex(
    type: String, source: String, configDirectory: String? = nil, keepingPrivileges: Bool = false,
    inheriting descriptor: Int32? = nil, limit: Duration = .seconds(120)
  ) throws(ToolError) {
    let options = keepingPrivileges ? ["-o"] : []
    let output = try postmap(
      options + ["\(type):\(source)"], configDirectory: configDirectory, limit: limit, inheriting: descriptor)
    if output.status != 0 { throw failure(.postmap, output) }
  }

  /// Makes a running Postfix read its configuration again. The answer is its output.
  @discardableResult
  package func reload(configDirectory: String) throws(ToolError) -> ToolOutput {
    guard let own = ownPath(of: configDirectory) else { throw .notOwn(.postfix, configDirectory) }
    return try succeed(.postfix, ["-c", own, "reload"], limit: .seconds(30))
  }

  /// postmap(1) with a configuration directory that may be obeyed: the given one where it is this machine's own,
  /// otherwise one of ours with the same few parameters.
  private func postmap(
    _ arguments: [String], configDirectory: String?, limit: Duration, inheriting descriptor: Int32? = nil,
    in directory: String? = nil
  ) throws(ToolError) -> ToolOutput {
    if let own = configDirectory.flatMap({ ownPath(of: $0) }) {
      return try run(
        .postmap, ["-c", own] + arguments, limit: limit, inheriting: descriptor, in: directory)
    }
    let plain = try PlainConfiguration(like: configDirectory)
    defer { plain.remove() }
    return try run(
      .postmap, ["-c", plain.path] + arguments, limit: limit, inheriting: descriptor, in: directory)
  }

  private func line(of tool: Tool, _ arguments: [String]) throws(ToolError) -> String {
    let output = try succeed(tool, arguments, limit: .seconds(5))
    return printable(output.standardOutput.prefix { $0 != UInt8(ascii: "\n") })
  }

  private func succeed(_ tool: Tool, _ arguments: [String], limit: Duration) throws(ToolError) -> ToolOutput {
    let output = try run(tool, arguments, limit: limit)
    if output.status != 0 { throw failure(tool, output) }
    return output
  }

  private func failure(_ tool: Tool, _ output: ToolOutput) -> ToolError {
    .failed(tool, status: output.status, words: output.complaint)
  }
}
