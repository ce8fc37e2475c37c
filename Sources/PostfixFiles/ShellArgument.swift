// A word of a command that a message shows, for a person to copy.

extension String {
  /// As a shell takes it: a local part may have `$`, and a next hop has brackets.
  package var asArgument: String {
    let isPlain = utf8.allSatisfy { $0.isNameByte || "-.:@/=+%,".utf8.contains($0) }
    return isPlain && !isEmpty ? self : "'\(replacing("'", with: "'\\''"))'"
  }
}
