// The documents of a subject, with what each is.

import PostfixFiles
import Routing

extension Subject {
  /// The documents that are really there: of a single file only that.
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

  var documents: [Document] { kindsOfDocuments.map(\.document) }
}
