// Nothing is lost: edits that are not written are kept on disk as they are made, and offered at the next start where the
// process ended before they were written.

import Changes
import Editing
import Glibc
import PostfixFiles
import Routing

/// Where unwritten edits are kept. Its functions read and write files: they are called on threads.
package struct UnwrittenEdits: Sendable {
  /// Keeps these in the place of those before; nil: none any more. Gives back why that failed.
  let keep: @Sendable (KeptEdits?) -> String?
  /// Those of a console that is gone; why they cannot be offered, where there are some.
  let find: @Sendable () -> Result<FoundEdits, WriteError>?
  /// Gives back whether they were there until now: another console may have taken them.
  let forget: @Sendable (FoundEdits) -> Bool

  init(
    keep: @escaping @Sendable (KeptEdits?) -> String?,
    find: @escaping @Sendable () -> Result<FoundEdits, WriteError>?,
    forget: @escaping @Sendable (FoundEdits) -> Bool
  ) {
    self.keep = keep
    self.find = find
    self.forget = forget
  }

  init(_ writer: Writer, of directory: String) {
    keep = { kept -> String? in
      do throws(WriteError) {
        try writer.keepUnwritten(kept?.bytes, directory)
        return nil
      } catch { return error.description }
    }
    find = {
      do throws(WriteError) {
        guard let (path, bytes) = try writer.unwritten(directory) else { return nil }
        guard let edits = KeptEdits(bytes: bytes) else { return .failure(.damaged(path)) }
        return .success(FoundEdits(path: path, edits: edits))
      } catch { return .failure(error) }
    }
    forget = { found in
      // Where it cannot be removed, it is offered again.
      do throws(WriteError) { return try writer.forgetUnwritten(at: found.path) } catch { return true }
    }
  }
}

/// Edits of a console that is gone.
struct FoundEdits: Sendable {
  let path: String
  let edits: KeptEdits
}

extension Model {
  /// Whether a thread still has to keep the edits, or to forget them, or to keep a setting.
  var isKeeping: Bool {
    isForgetting || settingsInWork > 0 || keeping.isRunning
      || (hasKept && keeping.isWaiting(for: facts.session.revision))
  }

  /// Keeps the edits as they are now, asked for after each event: the newest alone.
  mutating func keepEdits() -> [Effect] {
    guard let unwritten = facts.unwritten, facts.hasFiles else { return [] }
    let steps = facts.session.steps
    guard !steps.isEmpty || hasKept, let revision = keeping.start(facts.session.revision) else { return [] }
    hasKept = !steps.isEmpty
    let edited = facts.session.current.editedDocuments
    return [
      .workOut {
        let results = Dictionary(
          edited.map { ($0.path, digestWord($0.bytes)) }, uniquingKeysWith: { first, _ in first })
        let kept =
          steps.isEmpty ? nil : KeptEdits(time: Int64(time(nil)), steps: steps, results: results)
        let problem = unwritten.keep(kept)
        return { $0.endKeeping(revision, problem) }
      }
    ]
  }

  mutating func tryingOut(_ change: SettingChange) -> Effect {
    if change.isKept { settingsInWork += 1 }
    return .tryOut(change)
  }

  mutating func endKeepingSetting(_ problem: String?) {
    settingsInWork -= 1
    if let problem { notice = Notice(text: printable(problem), role: .warning) }
  }

  private mutating func endKeeping(_ revision: Int, _ problem: String?) {
    keeping.end()
    keepingProblem = problem
    // Said once: it is no reason not to edit.
    guard let problem, !hasSaidKeeping else { return }
    hasSaidKeeping = true
    notice = Notice(
      text: "edits are not kept for the case that this ends before they are written: \(printable(problem))",
      role: .warning)
  }

  /// Looks for the edits of a console that is gone.
  func findEdits() -> [Effect] {
    guard let unwritten = facts.unwritten, !facts.identity.isReadOnly else { return [] }
    let saved = facts.session.saved
    return [
      .workOut {
        let found: FoundEdits
        switch unwritten.find() {
        case nil: return { _ in }
        case .failure(let reason)?:
          return {
            $0.notice = Notice(
              text: "edits that an earlier console left are not offered: \(printable(reason.description))",
              role: .warning)
          }
        case .success(let edits)?: found = edits
        }
        // It ended after it wrote them, and before it could forget them.
        if found.edits.areWritten({ saved.document($0).map { digestWord($0.bytes) } }) {
          _ = unwritten.forget(found)
          return { _ in }
        }
        return { model in model.offer(found) }
      }
    ]
  }

  /// The first of these edits in words.
  static func listed(_ summaries: [String]) -> String {
    let words = summaries.prefix(3).map { printable($0) }.joined(separator: "; ")
    return summaries.count > 3 ? "\(words); and \(summaries.count - 3) more" : words
  }

  /// Asks what becomes of them; a person who is busy already is asked at the next start.
  private mutating func offer(_ found: FoundEdits) {
    guard dialog == nil, work == nil, !facts.session.isEdited else { return }
    let steps = found.edits.steps
    dialog = .confirm(
      Confirmation(
        subject: .recover(found),
        question:
          "\(steps.count == 1 ? "1 edit" : "\(steps.count) edits") of \(clock(found.edits.time)) "
          + "\(steps.count == 1 ? "was" : "were") not written: \(Self.listed(steps.map(\.summary)))",
        choices: [
          .init(
            key: .character("y"), label: steps.count == 1 ? "make it again" : "make them again", answer: .yes),
          .init(key: .character("d"), label: "throw away", answer: .discard),
        ]))
  }

  mutating func answer(_ answer: Confirmation.Answer, to found: FoundEdits) -> [Effect] {
    guard answer == .yes else {
      notice = Notice(text: "thrown away", role: .dim)
      // Who leaves now waits for it: otherwise the next start would offer them again.
      isForgetting = true
      return [
        .workOut { [unwritten = facts.unwritten] in
          _ = unwritten?.forget(found)
          return { $0.isForgetting = false }
        }
      ]
    }
    return replay(
      found.edits.steps, on: facts.session.saved, before: "", saying: "made again, not written yet",
      taking: found)
  }

  /// Makes edits on a text that may be another now. Planning a pool takes long, so a thread does it.
  ///
  /// - Parameter found: where the edits were kept, to be forgotten once they are made.
  mutating func replay(
    _ steps: [KeptEdits.Step], on config: MailConfig, before: String, saying words: String,
    taking found: FoundEdits? = nil
  ) -> [Effect] {
    waitingConfig = nil
    replayedOn = config
    begin(.replay(isOfFile: found != nil))
    let (machine, unwritten, number) = (facts.machine, facts.unwritten, works)
    return [
      .workOut {
        var session = Session(config)
        let lost = session.replay(steps, on: machine(config))
        if let found, unwritten?.forget(found) == false { return { $0.missReplay() } }
        return { [session] model in
          guard model.works == number else { return }
          model.take(replayed: session, lost: lost, before: before, saying: words)
        }
      }
    ]
  }

  private mutating func missReplay() {
    work = nil
    replayedOn = nil
    notice = Notice(text: "nothing is made again: another console has these edits", role: .warning)
  }

  private mutating func take(replayed session: Session, lost: [String], before: String, saying words: String)
  {
    work = nil
    replayedOn = nil
    facts.session.take(session)
    notice =
      lost.isEmpty
      ? Notice(text: before + words, role: .changed)
      : Notice(text: "\(before)left out: \(lost.joined(separator: "; "))", role: .warning)
  }
}
