// From an edited configuration to what is written: the changed files, with the indexes that are built from them.

import Changes
import PostfixFiles

extension MailConfig {
  /// What has to be written for the edits; empty where there are none.
  public func changeSet(summary: String) -> ChangeSet {
    let changes = editedDocuments.map { document in
      FileChange(
        path: document.path, before: document.isNew ? nil : document.original, after: document.bytes,
        indexes: indexes(of: document.path))
    }
    return ChangeSet(directory: directory, changes: changes, summary: summary)
  }

  /// The table types that the configuration reads the source at `path` as.
  public func tableTypes(of path: String) -> [TableType] {
    var types: [TableType] = []
    for table in RoutingParameter.maps.flatMap({ openTables($0) }) {
      if case .file(let named) = table.content, absolute(named) == path, !types.contains(table.type) {
        types.append(table.type)
      }
    }
    return types
  }

  private func indexes(of path: String) -> [IndexType] {
    tableTypes(of: path).compactMap {
      if case .indexed(let name) = $0 { IndexType(rawValue: name) } else { nil }
    }
  }

  /// Whether Postfix has to be told (`postfix reload`) before the edits are in force, and why; nil where a running
  /// Postfix sees them by itself (postfix.md section 9).
  public var reloadReason: String? {
    for document in editedDocuments.reversed() {
      if document.path == main.document.path || document.path == master?.document.path {
        return "\(document.path) is read at the start only"
      }
      // A pool file is the agent's, which reads it again by itself.
      if tableTypes(of: document.path).contains(where: { if case .indexed = $0 { false } else { true } }) {
        return "\(document.path) is a text table, read at the start only"
      }
    }
    return nil
  }
}
