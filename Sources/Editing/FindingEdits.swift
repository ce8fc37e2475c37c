// Edits that answer what the linter has found: its safe fix, or a comment that says that it is meant.

import Checks
import PostfixFiles

/// A finding by what stays the same while lines are added above it.
package struct FindingName: Hashable, Sendable, Codable {
  package var code: String
  /// The path of the file.
  package var file: String
  package var gist: String

  package init(_ diagnostic: Diagnostic) {
    code = diagnostic.code
    file = diagnostic.place.file
    gist = diagnostic.gist
  }
}

extension MailConfig {
  /// With the fix of a finding made. The finding has to be one of just these texts.
  package func fixing(_ diagnostic: Diagnostic) throws(EditError) -> MailConfig {
    guard let fix = diagnostic.fix else {
      throw .badCall("\(diagnostic.code) has no automatic fix: edit the line")
    }
    var config = self
    for path in Set(fix.replacements.map(\.place.file)) {
      guard let document = document(path) else { throw .badCall("\(printable(path)) cannot be read") }
      config.update(document.applying([fix]))
    }
    return config
  }

  /// With a comment before the line of a finding, which the linter takes for "this is meant".
  package func ignoring(_ diagnostic: Diagnostic) throws(EditError) -> MailConfig {
    let path = diagnostic.place.file
    guard let document = document(path) else { throw .badCall("\(printable(path)) cannot be read") }
    let start = document.lineIndex(around: diagnostic.place.range.lowerBound)
      .map { document.lines[$0].range.lowerBound }
    guard let start, document.storage == .file else {
      throw .badCall(
        "\(diagnostic.code) belongs to no line, so no comment can switch it off: use --ignore \(diagnostic.code)"
      )
    }
    // In the first comment block it would count for the whole file: a blank line ends that.
    let lead = isInFirstComments(start, of: document) ? "\n" : ""
    let comment = Bytes("\(lead)# randmap: disable=\(diagnostic.code)\n".utf8)
    var config = self
    config.update(document.applying([Splice(range: start..<start, bytes: comment)]))
    return config
  }

  /// Whether only comments are before a place, and one of them at least.
  private func isInFirstComments(_ start: Int, of document: Document) -> Bool {
    let firsts = document.physicalLines(in: 0..<start).compactMap { line in
      document[line].first { !$0.isSpace }
    }
    return !firsts.isEmpty && firsts.allSatisfy { $0 == UInt8(ascii: "#") }
  }

  /// Finds what a name means in these texts: asked on a thread, since it runs the rules.
  func finding(_ name: FindingName) throws(EditError) -> Diagnostic {
    let found = Linter().lint(self).diagnostics.first {
      $0.code == name.code && $0.place.file == name.file && $0.gist == name.gist
    }
    guard let found else { throw .badCall("\(name.code) is no longer found in \(printable(name.file))") }
    return found
  }
}
