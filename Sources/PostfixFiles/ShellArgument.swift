// A word of a command that a message shows, for a person to copy.

extension String {
  /// As a shell takes it: a local part may have `$`, and a next hop has brackets.
  package var asArgument: String {
    let isPlain = utf8.allSatisfy { $0.isNameByte || "-.:@/=+%,".utf8.contains($0) }
    return isPlain && !isEmpty ? self : "'\(replacing("'", with: "'\\''"))'"
  }
}

/// What a person types who may not do a thing in a directory, safe to show: sudo(8) drops MAIL_CONFIG, so that the directory is named.
///
/// - Parameter command: a command of randmap, or `...` for the one that was called.
package func callAsRoot(_ command: String = "", in directory: String) -> String {
  if commandsWithDirectory.contains(command) { return "sudo randmap \(command)".namingDirectory(directory) }
  let option = directory == MailConfig.standardDirectory ? [] : ["-c \(directory.asArgument)"]
  let words = ["sudo randmap"] + (command.isEmpty ? [] : [command]) + option
  return printable(words.joined(separator: " "))
}
