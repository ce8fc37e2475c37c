// A file that another program is writing in place at this moment: what is read of it is a part, and the rest of its text would
// be lost where an edit puts a new file in its place.

import Glibc

extension Document {
  /// A file that is still being written, or was cut when the disk was full, mostly ends in the middle of a line.
  package var endsItsLastLine: Bool { bytes.last == UInt8(ascii: "\n") }

  /// Whether the last change of the file was to its text, at most `seconds` before `now` (since 1970). A file that came to its
  /// place as a whole, as those of an edit do, got its name after its text.
  fileprivate func wasWrittenInPlace(within seconds: Int, before now: Int) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    let (text, last) = (status.st_mtim, status.st_ctim)
    return abs(now - text.tv_sec) <= seconds && text.tv_sec == last.tv_sec && text.tv_nsec == last.tv_nsec
  }
}

extension MailConfig {
  /// How long, in seconds, a program may pause in the middle of a line: a copy over a network does.
  private static let longestPause = 10

  /// main.cf, master.cf and the files that `edited` changes, of which the last line has no end and which changed a moment ago.
  package func filesBeingWritten(before edited: MailConfig) -> [String] {
    let documents = [main.document, master?.document].compactMap(\.self) + edited.editedDocuments
    var seen: Set<String> = []
    return documents.filter { document in
      guard document.storage == .file, seen.insert(document.path).inserted,
        let own = self.document(document.path), !own.isNew, !own.endsItsLastLine,
        // An empty table is new as a rule, and an empty main.cf is not.
        own.count > 0 || own.path == main.document.path
      else { return false }
      return own.wasWrittenInPlace(within: Self.longestPause, before: environment.clock())
    }
    .map(\.path)
  }
}
