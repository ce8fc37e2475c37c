// Writes, takes back, and reads again what is on disk after that: on a thread, with an answer for the model.

import Changes
import Editing
import PostfixFiles

/// The way of an edit to the files.
struct Writing: Sendable {
  /// As it was when the console started: for its directory, and for what a change of a file needs.
  let config: MailConfig
  let writer: Writer
  let files: FileWatch

  func write(_ request: WriteRequest) -> WriteOutcome {
    outcome(reload: request.reload) { () throws(WriteError) in try writer.write(request.set) }
  }

  /// Writes what the edits change into another directory.
  ///
  /// - Returns: what came of it, for people.
  func save(_ edited: MailConfig, into directory: String, summary: String) -> String {
    let set: ChangeSet
    do throws(EditError) { set = try edited.changeSet(into: directory, summary: summary) } catch {
      return "not written: \(error.message)"
    }
    do throws(WriteError) { _ = try writer.write(set) } catch { return "not written: \(error.outcome)" }
    let names = set.changes.map { printable($0.path) }.joined(separator: ", ")
    return "written: \(names); the configuration is as it was"
  }

  /// Takes a write back, if that still is what the preview says.
  func undo(_ preview: UndoPreview, reload: Bool) -> WriteOutcome {
    outcome(reload: reload) { () throws(WriteError) in
      try writer.undo(
        config.directory, number: preview.number, merging: !preview.merged.isEmpty, expecting: preview.set
      ).result
    }
  }

  /// What taking a write back would change; nil: the last one.
  func undoPreview(_ number: Int?) -> Message {
    do throws(WriteError) {
      var merged: [String] = []
      let set: ChangeSet
      do throws(WriteError) { set = try writer.undoing(config.directory, number: number) } catch {
        guard case .editedSince(let paths, _) = error else { throw error }
        merged = paths
        set = try writer.undoing(config.directory, number: number, merging: true)
      }
      return .undoing(
        UndoPreview(
          set, number: number, merged: merged,
          guards: guards(againstUndoOf: number, merging: !merged.isEmpty),
          reloadReason: config.reloadReason(of: set),
          showing: config.masked))
    } catch {
      guard case .conflict = error,
        let found = try? writer.undoConflicts(config.directory, number: number), !found.places.isEmpty
      else { return .nothingToUndo(error.whyNotUndone) }
      let later = writer.laterWrites(over: found.number, in: config.directory)
      return .undoConflict(
        found.number, config.maskedLines(of: found.places), by: later?.words ?? "others",
        reason: later?.reason(isInConsole: true) ?? error.whyNotUndone)
    }
  }

  /// What it does to mail of later writes: those of this session too.
  private func guards(againstUndoOf number: Int?, merging: Bool) -> [EditGuard] {
    guard number != nil,
      let now = try? MailConfig.reading(config.directory, environment: config.environment).config
    else { return [] }
    return writer.guards(againstUndoOf: number, in: now, merging: merging)
  }

  /// Writes, reloads where that is asked for, and reads again what is on disk now.
  private func outcome(reload: Bool, of write: () throws(WriteError) -> WriteResult) -> WriteOutcome {
    var notes: [String]
    do throws(WriteError) { notes = try write().notes } catch {
      if case .conflict(let paths) = error {
        do throws(FileError) { return .conflict(try files.readAgain(), files: paths) } catch {
          return .failed("the files changed, and cannot be read: \(error.message)")
        }
      }
      if case .interrupted = error { return .interrupted(error.description) }
      return .failed(error.description)
    }
    if reload {
      do {
        try writer.tools.reload(configDirectory: config.directory)
        notes.append("reloaded")
      } catch {
        notes.append("the reload failed: \(error)")
      }
    }
    let note = notes.joined(separator: "; ")
    do throws(FileError) { return .written(try files.readAgain(), note: note) } catch {
      return .writtenUnread(error.message, note: note)
    }
  }
}
