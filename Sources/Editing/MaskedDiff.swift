// Passwords in a diff that is shown or handed on: the lines stay, the secrets do not. What a line is depends on the lines before
// it, which a diff may not show, so that the whole texts are gone through.

import Changes
import PostfixFiles

extension MailConfig {
  /// The diffs of all files of a change, without their passwords.
  package func maskedDiff(of set: ChangeSet) -> Bytes {
    set.changes.flatMap { masked(FileDiff($0)).unified }
  }

  /// A diff without passwords: what follows the colon of `user:password` in a table of credentials, the whole value of a parameter
  /// that is about passwords and has them in its place, and those in a URL; in comments too.
  package func masked(_ diff: FileDiff) -> FileDiff {
    if diff.hunks.isEmpty { return diff }
    let old = maskedLines(diff.before, of: diff.path)
    let new = maskedLines(diff.after, of: diff.path)
    // A line that stays may be about a password in one of the texts only.
    return diff.showing { line in
      line.newNumber.flatMap { new[$0] } ?? line.oldNumber.flatMap { old[$0] } ?? line.bytes
    }
  }

  /// What prevents an undo, without passwords. Of parts of a text it is not known what was before them: what goes on
  /// with it counts as a password where the file has one in its place.
  package func maskedLines(of places: [UndoConflict]) -> [String] {
    places.flatMap { place in
      // A password may be gone from the file since.
      let known = [main.document.bytes] + place.left + place.now + place.wanted
      let text = Bytes(known.map { $0.last == .newline ? $0 : $0 + [.newline] }.joined())
      return place.showing { lines in
        var mask = mask(of: place.path, text, isPart: true)
        return lines.map { mask.line($0) }
      }.lines
    }
  }
}
