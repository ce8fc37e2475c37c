// The documents of a subject, with what each is.

import PostfixFiles
import Routing

extension Subject {
  /// The documents that exist: for a single file only that file.
  var kindsOfDocuments: [(document: Document, kind: FileKind)] {
    var found: [(Document, FileKind)] = []
    if scope == .directory || scope == .file(.main) { found.append((config.main.document, .main)) }
    if let master = config.master { found.append((master.document, .master)) }
    let tablePaths = Set(tables.map(\.path))
    for (path, file) in config.files.sorted(by: { $0.key < $1.key }) {
      if let document = file.document {
        found.append((document, tablePaths.contains(path) ? .transport : .pool))
      }
    }
    return found
  }

  /// Those of the tables for something else than routes.
  var otherDocuments: [Document] {
    config.otherFiles.sorted { $0.key < $1.key }.compactMap(\.value.document)
      + config.unnamedFiles.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Whether a finding is about text that a template leaves open: on a line with unknown text in it, or of two of one
  /// kind where only one of them may be in the result.
  func isUnknown(_ place: FileRange, in document: Document, _ code: String) -> Bool {
    guard let template = config.templates[document.path] else {
      return config.templates.values.contains { !$0.unknown.isEmpty || $0.hasStatements } && code == "RM407"
    }
    if template.hasStatements, ["RM205", "RM306", "RM407", "RM408", "RM906"].contains(code) { return true }
    guard !template.unknown.isEmpty else { return false }
    let line =
      document.lineIndex(around: place.range.lowerBound).map { document.lines[$0].range } ?? place.range
    return code == "RM407"
      || template.unknown.contains { $0.overlaps(line) || $0.lowerBound == line.upperBound }
  }

  var documents: [Document] { kindsOfDocuments.map(\.document) }
}
