// `randmap undo`: takes a write back, and shows what that changes for the mail.

import ArgumentParser
import Changes
import Editing
import FoundationEssentials
import Glibc
import PostfixFiles
import Routing

struct UndoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Take the last write back, then the one before, or the one of a number.",
    discussion: """
      Where a file was edited since, in other lines, the diff shows what taking the write back would change, and --merge \
      does it: those edits stay. Taking back a write that is not the last may move mail that a later write is for: that needs \
      --force. After a restore, or where another directory came to this path, --force takes back what was written before that. \
      Formats: text, json.

      Examples:
        randmap undo --dry-run
        randmap undo 3 --merge --reload
        randmap undo --why "gw2 is not ready yet"
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var history: HistoryOptions
  @Flag(help: "Only print what it would do.") var dryRun = false
  @Flag(help: "Keep what others edited since, where that is in other lines.") var merge = false
  @Flag(help: "Take it back also where that moves other mail, or another directory was at this path.")
  var force =
    false
  @Argument(help: "The write, as `randmap log` numbers them.") var number: Int?
  @Flag(help: "After that, make Postfix read its configuration again.") var reload = false
  /// What it does anyway: who writes edits with it types it here too.
  @Flag(help: .hidden) var write = false

  func validate() throws {
    if dryRun, write { throw ValidationError("--dry-run and --write: need one of the two") }
    if dryRun, reload { throw ValidationError("--reload comes after the write: need it without --dry-run") }
  }

  private struct Object: Encodable {
    let edit: String
    let written: Bool
    let diff: String
    let files: [String]
    let poolsBefore, pools: [PoolsReport.PoolObject]
    let routes: EditReport.Routes
    let notes: [String]
  }

  private static func routes(of set: ChangeSet, on place: Workplace) -> [RouteChange] {
    place.config.routeChanges(to: place.config.applying(set), context: place.config.routeContext())
  }

  /// The shares, and where mail goes, before and after, as with an edit; the routes only where mail moves.
  private static func effect(of set: ChangeSet, on place: Workplace) -> [String] {
    let routes = routes(of: set, on: place)
    return ShareComparison(before: place.config, after: place.config.applying(set)).text
      + (routes.contains(where: \.isChanged) ? EditReport.text(of: routes) : [])
  }

  func run() throws {
    let format = try common.format(or: EditFormat.text)
    let place = try Workplace(common, command: "undo", interrupted: dryRun ? .reads : .settles)
    defer { place.close() }
    func show(_ set: ChangeSet, _ notes: [String] = []) {
      switch format {
      case .text:
        Output.standard.diff(set, of: place.config)
        for line in Self.effect(of: set, on: place) + notes.map({ "randmap: \($0)" }) {
          Output.error.line(line)
        }
      case .json:
        let object = Object(
          edit: set.summary, written: !dryRun,
          diff: String(decoding: place.config.maskedDiff(of: set), as: UTF8.self),
          files: set.changes.map { place.shown($0.path) },
          poolsBefore: PoolsReport(place.config, shown: place.shown).object.pools,
          pools: PoolsReport(place.config.applying(set), shown: place.shown).object.pools,
          routes: EditReport.object(
            of: Self.routes(of: set, on: place), from: place.config, to: place.config.applying(set),
            shown: place.shown),
          notes: notes)
        if let text = try? JSON.text(object) { Output.standard.write(text) }
      }
    }
    let guards = place.writer.guards(
      againstUndoOf: number, in: place.config, merging: merge, anyDirectory: force,
      context: place.config.routeContext())
    for stop in guards { Output.error.line("randmap: \(stop.message)") }
    if !guards.isEmpty, !force, !dryRun {
      let hasLater = number.map { place.writer.hasWrites(after: $0, in: place.config.directory) } ?? false
      throw CommandError(
        .findings,
        hasLater
          ? "undo: nothing is taken back; take the later writes back first, with randmap undo, or say --force"
          : "undo: nothing is taken back; --force takes it back all the same")
    }
    let undone: ChangeSet
    do throws(WriteError) {
      if dryRun {
        let set = try place.writer.undoing(
          place.config.directory, number: number, merging: merge, anyDirectory: force)
        show(
          set,
          set.hardLinked.map { EditGuard.hardLinks(path: $0).message } + place.config.notesOnRowsLeft(by: set)
        )
        return
      }
      let (set, result) = try place.writer.undo(
        place.config.directory, number: number, merging: merge, anyDirectory: force, why: history.reason)
      Output.filesAreWritten()
      show(
        set,
        result.notes + place.config.notesOnRowsLeft(by: set)
          + leftovers(of: set, in: place).map {
            "\($0): nothing names this file any more, but others have written into it; remove it if it is not needed"
          })
      undone = set
    } catch {
      if format == .text, case .editedSince(_, let set) = error {
        Output.standard.diff(set, of: place.config)
        for line in Self.effect(of: set, on: place) { Output.error.line(line) }
      }
      if format == .text, case .conflict = error,
        let found = try? place.writer.undoConflicts(place.config.directory, number: number)
      {
        for line in place.config.maskedLines(of: found.places) { Output.standard.line(line) }
      }
      if case .conflict = error,
        let found = try? place.writer.undoConflicts(place.config.directory, number: number),
        let later = place.writer.laterWrites(over: found.number, in: place.config.directory)
      {
        throw CommandError(.findings, "undo: \(later.reason())")
      }
      throw CommandError(.findings, "undo: \(error.whyNotUndone)")
    }
    try place.bringIntoForce(
      place.config.reloadReason(of: undone), reload: reload, done: "taken back")
  }
}

/// Files that others wrote into, so that they stay, though what named them is taken back.
private func leftovers(of undone: ChangeSet, in place: Workplace) -> [String] {
  let kept = undone.changes.filter { change in
    guard let after = change.after, !MailConfig.isOwnEmptyTable(after) else { return false }
    return place.config.watchedPaths.contains(change.path)
  }
  guard !kept.isEmpty,
    let now = try? MailConfig.reading(place.config.directory, environment: place.config.environment).config
  else { return [] }
  return kept.map(\.path).filter { !now.watchedPaths.contains($0) }.map(place.shown)
}
