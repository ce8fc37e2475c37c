// What --check --fix writes: printed as a diff and written like any edit.

import Changes
import Editing
import PostfixFiles
import PostfixTools

/// The changes that fixes come to.
struct Fixes {
  static let summary = "safe fixes of --check"

  let set: ChangeSet
  /// What the files of the change belong to: it says which lines have passwords.
  let config: MailConfig
  /// Where a form of the report was asked for, standard output is that report's alone.
  let format: String?
  let isDry: Bool

  /// Prints the diff, and writes it unless it is dry or `errors` come of it.
  func make(with writer: Writer, unless errors: [EditGuard] = [], reloadReason: String? = nil) throws {
    guard !set.changes.isEmpty else {
      Output.error.line("randmap: nothing to fix")
      return
    }
    // patch(1) takes the diff of standard output; what is beside a report is for people.
    if isDry || format == nil || format == "text" {
      Output.standard.diff(set, of: config)
    } else {
      Output.error.text(config.maskedDiff(of: set))
    }
    for error in errors { Output.error.line("randmap: \(error.message)") }
    if isDry { return }
    guard errors.isEmpty else { throw CommandError(.findings, "nothing is written") }
    do throws(WriteError) {
      let result = try writer.write(set)
      Output.filesAreWritten()
      for words in result.notes { Output.error.line("randmap: \(words)") }
    } catch {
      throw CommandError(.findings, error.outcome)
    }
    if let reloadReason {
      Output.error.line("randmap: written; in force after: postfix reload (\(printable(reloadReason)))")
    }
  }
}

extension MailConfig {
  /// Takes fixes of files back that are outside the directory, as they were in `former`, where this machine's Postfix does not
  /// use the directory: its author chose the files, and may have chosen any of the caller's.
  ///
  /// - Returns: their paths.
  mutating func leaveFilesOfOthers(as former: MailConfig) -> [String] {
    let edited = editedDocuments.map(\.path)
    guard !edited.isEmpty else { return [] }
    let place = OwnPlace(directory)
    let outside = edited.filter { !place.has($0) }
    for path in outside { if let document = former.document(path) { update(document) } }
    return outside
  }
}

/// The files that a configuration directory may have changed: any where this machine's Postfix uses the directory, and otherwise
/// those in it.
struct OwnPlace {
  private let isPostfixs: Bool
  private let inside: String?

  init(_ directory: String) {
    isPostfixs = PostfixCommands().ownPath(of: absolutePath(directory)) != nil
    inside = FileReader.realPath(directory).map { $0 == "/" ? $0 : $0 + "/" }
  }

  func has(_ path: String) -> Bool {
    if isPostfixs { return true }
    guard let inside, let real = FileReader.realPath(path) else { return false }
    return real.hasPrefix(inside)
  }
}
