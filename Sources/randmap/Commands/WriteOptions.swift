// What becomes of an edit: it is printed, written, or written into another directory.

import ArgumentParser
import Changes
import Editing
import PostfixFiles
import Routing

/// What every edit takes.
struct WriteOptions: ParsableArguments {
  @Flag(help: "Write the change; without it the diff is only printed.")
  var write = false

  @Flag(
    name: [.customShort("n"), .long],
    help: "Only print what it would do, which is also what happens without --write.")
  var dryRun = false

  @Flag(help: "After writing, make Postfix read its configuration again.")
  var reload = false

  @Flag(help: "Write also where a guard asks for a second look.")
  var force = false

  @Flag(help: "Probe the gateways first, so that the guards know which are alive.")
  var probe = false

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp(
      "Write the resulting files there, and leave the configuration as it is.", valueName: "dir"),
    completion: .directory)
  var outputDirectory: String?

  func validate() throws {
    if dryRun, write { throw ValidationError("--dry-run and --write: need one of the two") }
    if reload, !write { throw ValidationError("--reload comes after a write: need --write") }
    if outputDirectory != nil, write { throw ValidationError("--output cannot be combined with --write") }
  }
}

/// What an edit says for the history.
struct HistoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Say why; shown by `randmap log`, and kept in the revisions of a database.", valueName: "text"))
  var why: String?

  func validate() throws {
    if let why, why.utf8.count > Drain.longestReason {
      throw ValidationError("--why: need at most \(Drain.longestReason) bytes")
    }
  }

  /// Safe to show; nil where none is given.
  var reason: String? { why.flatMap { $0.isEmpty ? nil : printable($0) } }

  /// The words of an edit with the reason.
  func summary(_ words: String) -> String { reason.map { "\(words): \($0)" } ?? words }
}

/// A command that takes a reason for the history.
protocol CommandWithReason: WritingCommand {
  var history: HistoryOptions { get }
}

extension WritingCommand {
  /// Writes the files that differ into another directory.
  func export(_ edited: MailConfig, to directory: String, with writer: Writer, summary: String) throws {
    let set = try refusing { () throws(EditError) in
      do throws(EditError) {
        return try edited.changeSet(into: absolutePath(directory), summary: summary)
      } catch .badText(let path, let reason) {
        throw .badText("--output \(path)", reason: reason)
      }
    }
    do throws(WriteError) { _ = try writer.write(set) } catch { throw CommandError(.findings, error.outcome) }
    for change in set.changes { Output.error.line("randmap: \(printable(change.path)) is written") }
  }
}
