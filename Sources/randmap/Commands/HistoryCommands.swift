// `randmap log`: what was written; and `randmap recover`, which settles a write that was interrupted.

import ArgumentParser
import Changes
import Editing
import Glibc
import PostfixFiles
import Routing

struct RecoverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover", abstract: "Finish a write that was interrupted, or take it back.",
    discussion: """
      A write that a crash or a power cut has interrupted is finished where all of it was ready, otherwise taken back. \
      Commands that only read change nothing: they say that a write was interrupted and read what this would give.

      Examples:
        randmap recover
        randmap recover -c /etc/postfix
      """)

  @OptionGroup var common: CommonOptions

  private enum Format: String, CaseIterable { case text }

  func run() throws {
    try common.refuseDemo("recover")
    _ = try common.format(or: Format.text)
    let directory = absolutePath(common.directory)
    func say(_ message: String) {
      Output.error.line("randmap: \(printable(directory)): \(printable(message))")
    }
    do throws(WriteError) {
      say(try Writer(author: .current(command: "recover")).recover(directory, announce: say).message)
    } catch {
      throw CommandError(.findings, "\(directory): \(error.description)")
    }
  }
}

struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "List the writes that are remembered, the last one first.",
    discussion: """
      With --diff: what the last write was, or the one of a number; passwords are masked. Formats: text, json.

      Examples:
        randmap log
        randmap log --diff 2
      """)

  @OptionGroup var common: CommonOptions
  @Flag(help: "Show what a write was.") var diff = false
  @Argument(help: "The write, with --diff.") var number: Int?
  private enum Format: String, CaseIterable { case text, json }

  func run() throws {
    let format = try common.format(or: Format.text)
    let place = try Workplace(common, command: "log")
    defer { place.close() }
    sayOtherDirectory(place)
    if diff || number != nil {
      try showDiff(place, format)
      return
    }
    let writes: [LoggedWrite]
    do throws(WriteError) { writes = try place.writer.log(place.config.directory).reversed() } catch {
      throw CommandError(.findings, "log: \(error.description)")
    }
    if writes.isEmpty, geteuid() != 0 {
      Output.error.line(
        "randmap: the history of this user has no write of it; \"\(callAsRoot("log", in: place.config.directory))\" lists what root wrote"
      )
    }
    switch format {
    case .json: Output.standard.write(try JSON.text(["writes": writes]))
    case .text:
      var table = TextTable([.right, .left, .left, .left, .left])
      for write in writes {
        let who = write.sudoUser.map { "\($0) (as \(write.user))" } ?? write.user
        table.add(
          "\(write.number)", WrittenTime.zoned(Int(write.time)), who, state(of: write), words(of: write))
      }
      for line in table.lines { Output.standard.line(line) }
    }
    let damaged = (try? place.writer.damagedRecords(place.config.directory)) ?? []
    guard damaged.isEmpty else {
      let list = damaged.map { printable($0) }.joined(separator: ", ")
      throw CommandError(
        .findings,
        "log: the record in \(list) cannot be understood, and is left out; if you no longer need it, remove it"
      )
    }
  }

  private func words(of write: LoggedWrite) -> String {
    write.summary + (write.undone?.why.map { " (taken back: \($0))" } ?? "")
  }

  private func state(of write: LoggedWrite) -> String {
    if write.undone != nil { return "taken back" }
    return write.otherDirectory == true ? "other directory" : ""
  }

  /// A restore gives a directory another number, and so does a stranger who puts another one in its place.
  private func sayOtherDirectory(_ place: Workplace) {
    let others = ((try? place.writer.log(place.config.directory)) ?? []).filter {
      $0.otherDirectory == true && $0.undone == nil
    }
    for (path, writes) in Dictionary(grouping: others, by: { $0.otherPath ?? place.config.directory }).sorted(
      by: { $0.key < $1.key })
    {
      let shown =
        writes.prefix(10).map { "\($0.number)" }.joined(separator: ", ")
        + (writes.count > 10 ? " and others" : "")
      Output.error.line(
        """
        randmap: made in another directory that was at \(printable(path)), or in this one before it was copied, \
        restored or mounted again: \(writes.count == 1 ? "write" : "the writes") \(shown); to take one back: randmap undo NUMBER --force
        """)
    }
  }

  private func showDiff(_ place: Workplace, _ format: Format) throws {
    let (diffs, forgotten): ([FileDiff], [String])
    do throws(WriteError) {
      (diffs, forgotten) = try place.writer.written(place.config.directory, number: number)
    } catch { throw CommandError(.findings, "log: \(error.description)") }
    let text = diffs.flatMap { place.config.masked($0).unified }
    switch format {
    case .text: Output.standard.text(text)
    case .json: Output.standard.write(try JSON.text(["diff": String(decoding: text, as: UTF8.self)]))
    }
    for path in forgotten {
      Output.error.line(
        "randmap: \(printable(path)): what that write left is not kept: others changed it at once")
    }
  }
}
