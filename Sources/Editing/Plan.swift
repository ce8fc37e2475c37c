// From an edited configuration to what is written: the changed files, with the indexes that are built from them.

import Changes
import Glibc
import PostfixFiles

extension MailConfig {
  /// What has to be written for the edits; empty without edits.
  package func changeSet(summary: String) -> ChangeSet {
    let changes = editedDocuments.map { document in
      FileChange(
        path: document.path, before: document.isNew ? nil : document.original, after: document.bytes,
        indexes: indexes(of: document.path), storage: document.storage)
    }
    return ChangeSet(directory: directory, changes: changes, summary: summary)
  }

  /// The files that differ, to be written into another directory under their names here: for a configuration that may not be
  /// written.
  package func changeSet(
    into directory: String, summary: String
  ) throws(EditError) -> ChangeSet {
    func areSame(_ one: String, _ other: String) -> Bool {
      FileReader.realPath(one).map { $0 == FileReader.realPath(other) } ?? false
    }
    guard FileReader.realPath(directory) != nil else {
      throw .badText(directory, reason: "no such directory; make it first: mkdir -p \(directory.asArgument)")
    }
    guard !areSame(directory, self.directory) else {
      throw .badText(directory, reason: "this is the configuration directory; need another, or a write")
    }
    var changes: [FileChange] = []
    for document in editedDocuments {
      let prefix = self.directory + "/"
      let name =
        document.path.hasPrefix(prefix)
        ? String(document.path.dropFirst(prefix.count)) : String(document.path.drop { $0 == "/" })
      guard !name.contains("/") else {
        throw .badCall(
          "\(document.path) changes too, and only files directly in \(self.directory) can be written elsewhere; need a write"
        )
      }
      let path = "\(directory)/\(name)"
      // A link there may lead back here.
      guard !areSame(path, document.path) else {
        throw .badText(
          path, reason: "this is a file of the configuration; need another directory, or a write")
      }
      if let kind = Self.kindOfOther(path) {
        throw .badText(
          path,
          reason:
            "\(kind) is there, and only a regular file is replaced; remove it, or name another directory")
      }
      let there = try? FileReader.read(path)
      // It may be an earlier edit that was saved here: this one begins without it.
      if let there, there != document.bytes, document.isNew || there != document.original {
        throw .badText(
          path,
          reason:
            "this has other changes of \(document.path), and they would be lost; name an empty directory, or remove it first: rm \(path.asArgument)"
        )
      }
      let mode = document.isNew ? 0o644 : modeOfCopy(of: document.path)
      changes.append(
        FileChange(
          path: path, before: there, after: document.bytes, modeIfNew: mode,
          modeAtMost: mode == 0o644 ? nil : mode, followsLink: false))
    }
    return ChangeSet(directory: directory, changes: changes, summary: summary)
  }

  /// What is at a path where that is no regular file; nil where it is one, or nothing is there.
  private static func kindOfOther(_ path: String) -> String? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return nil
    case S_IFLNK: return "a symbolic link"
    case S_IFDIR: return "a directory"
    default: return "a FIFO, a socket or a device"
    }
  }

  /// What a write would change, file by file; a file that is as on disk is left out.
  package var fileDiffs: [FileDiff] {
    editedDocuments
      .map { FileDiff(path: $0.path, before: $0.isNew ? nil : $0.original, after: $0.bytes) }
      .filter { !$0.hunks.isEmpty }
  }

  /// The table types that the configuration reads the source at `path` as.
  package func tableTypes(of path: String) -> [TableType] {
    var types: [TableType] = []
    for site in tableSites where site.source == path {
      if let type = site.table?.spec.type, !types.contains(type) { types.append(type) }
    }
    return types
  }

  private func indexes(of path: String) -> [IndexType] {
    // Of a table that main.cf does not name any more, the index that a daemon may still have open.
    if tableTypes(of: path).isEmpty, let document = files[path]?.document, Self.isOwnEmptyTable(document) {
      return IndexType.allCases.filter { FileReader.realPath(path + $0.suffix) != nil }
    }
    return tableTypes(of: path).compactMap {
      if case .indexed(let name) = $0 { IndexType(rawValue: name) } else { nil }
    }
  }

  /// Why Postfix has to be told (`postfix reload`) before the edits are in force; nil where a running Postfix sees
  /// them by itself.
  package var reloadReason: String? { reloadReason(of: changeSet(summary: "")) }

  /// The same for the changes of a set (measured). One of comments alone is nothing to Postfix.
  package func reloadReason(of set: ChangeSet) -> String? {
    func isRead(_ change: FileChange) -> Bool {
      !(change.before ?? []).isSameWithoutComments(change.after ?? [])
    }
    func first(_ condition: (String) -> Bool) -> String? {
      set.changes.first { condition($0.path) && isRead($0) }?.path
    }
    if let own = first({ $0 == main.document.path }) ?? first({ $0 == master?.document.path }) {
      let hasNamedPools =
        usesAgent
        && pools().contains { pool in
          if case .namedPool = pool.place { true } else { false }
        }
      let hasRows = set.changes.contains {
        $0.storage == .database && $0.before != nil && $0.before != $0.after
      }
      return "\(own) is read again, without a restart"
        + (hasRows ? "; the rows of the database are in force already" : "")
        + (hasNamedPools ? "; the agent reads named pools by itself, at once" : "")
    }
    // A pool file is the agent's, which reads it again by itself.
    let text = first { path in tableTypes(of: path).contains { Uptake.ofTable($0) == .afterReload } }
    return text.map { "\($0) is a text table, read again without a restart" }
  }

  /// The same, with the edits as the state on disk: after a write of them.
  package var written: MailConfig {
    var config = self
    for document in editedDocuments {
      config.update(Document(path: document.path, bytes: document.bytes, storage: document.storage))
    }
    return config
  }
}

/// A user who may not read the file may not read the copy either: its group may be another.
private func modeOfCopy(of path: String) -> UInt32 {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IROTH == 0 ? 0o600 : 0o644
}
