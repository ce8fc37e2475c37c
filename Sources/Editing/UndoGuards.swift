// What taking an earlier write back does to mail that a later write is for.

import Changes
import PostfixFiles
import Routing

extension MailConfig {
  /// What is against taking back a write that others followed: mail that it did not mean, or that a later one is for too, would
  /// take another way, or an error would be new.
  ///
  /// - Parameters:
  ///   - undone: what taking it back changes now.
  ///   - written: what the write did to its files then.
  ///   - later: what the files of later writes held in between.
  package func guards(
    againstUndo undone: ChangeSet, of written: [FileDiff], before later: [EarlierFile],
    context: RouteContext = RouteContext()
  ) -> [EditGuard] {
    var storages: [String: Storage] = [:]
    for change in undone.changes { storages[change.path] = change.storage }
    for file in later { storages[file.path] = file.storage }
    func putting(_ files: [(path: String, bytes: Bytes?)], into config: MailConfig) -> MailConfig {
      var edited = config
      for file in files {
        edited.replace(file.path, with: file.bytes, storage: storages[file.path] ?? .file)
      }
      return edited.readingFiles()
    }
    let after = applying(undone)
    // Which mail it meant shows where all is as it found it, and as it left it; which mail later ones mean, from there to now.
    let between = putting(later.map { ($0.path, $0.bytes) }, into: self)
    let found = putting(written.map { ($0.path, $0.isNew ? nil : $0.before) }, into: between)
    let left = putting(written.map { ($0.path, $0.isRemoved ? nil : $0.after) }, into: between)
    let meant = found.routeChanges(to: left, context: context).filter(\.isChanged)
    let former = Dictionary(
      meant.map { ($0.address, $0.before.goals) }, uniquingKeysWith: { first, _ in first })
    let ofLater = Set(left.routeChanges(to: self, context: context).filter(\.isChanged).map(\.address))
    let routes = routeChanges(to: after, context: context)
    let moved = routes.filter(\.isChanged)
    let rest = routes.first { $0.sample.scope == .outbound }
    let meansRest = rest.map { former[$0.address] != nil } ?? false
    /// Whether this is what taking the write back is for.
    func isMeant(_ route: RouteChange) -> Bool {
      let isAsRest = route.after.goals == rest?.after.goals
      if let former = former[route.address] {
        // The rest of the mail may have got another way since: what the write meant goes that way too.
        return route.after.goals == former || isAsRest && !meansRest
      }
      // A key that decides nothing yet: its mail goes with the rest.
      return meansRest && isAsRest && route.before.deciding == rest?.before.deciding
    }
    return moved.filter { !isMeant($0) || ofLater.contains($0.address) }.map(\.asOtherMail)
      + newErrors(in: after).map { .newError($0) }
  }

  /// The configuration with a change made.
  package func applying(_ set: ChangeSet) -> MailConfig {
    var edited = self
    for change in set.changes { edited.replace(change.path, with: change.after, storage: change.storage) }
    return edited.readingFiles()
  }

  /// Puts other contents in the place of a file's; nil: it is not there.
  private mutating func replace(_ path: String, with bytes: Bytes?, storage: Storage) {
    // The history may have another spelling of the directory.
    let real = FileReader.realPath(path)
    let own =
      document(path) != nil
      ? path
      : ([main.document.path, master?.document.path].compactMap(\.self) + files.keys.sorted()).first {
        real != nil && FileReader.realPath($0) == real
      } ?? path
    if let bytes {
      // The index of a table is made with it: it is as its text.
      if storage == .file, let now = document(own) {
        update(now.applying([Splice(range: 0..<now.count, bytes: bytes)]))
      } else {
        update(Document(path: own, bytes: bytes, storage: storage))
      }
    } else {
      files[own] = .unreadable(FileError(path: own, reason: "No such file or directory", .missing))
    }
  }
}

extension Writer {
  /// The same for a write of the history, what others wrote into a table that comes into force with its new index, and files that
  /// another program may be writing. Empty where it cannot be taken back anyway.
  package func guards(
    againstUndoOf number: Int?, in config: MailConfig, merging: Bool, anyDirectory: Bool = false,
    context: RouteContext = RouteContext()
  ) -> [EditGuard] {
    guard
      let undone = try? undoing(
        config.directory, number: number, merging: merging, anyDirectory: anyDirectory)
    else { return [] }
    let then = config.applying(undone)
    let others = config.oldIndexGuards(against: then, context) + config.unfinishedFileGuards(against: then)
    let writes = (try? log(config.directory)) ?? []
    guard let taken = number ?? writes.last(where: { $0.undone == nil })?.number else { return others }
    let hasLater = hasWrites(after: taken, in: config.directory)
    let isMerged =
      merging
      && (try? undoing(config.directory, number: number, merging: false, anyDirectory: anyDirectory)) == nil
    // If nobody edited the files since, undo gives back exactly what was there.
    guard hasLater || isMerged else { return others }
    // Where nothing is left of what it was, all mail that moves counts as that of others.
    let written = (try? written(config.directory, number: taken))?.diffs ?? []
    let later = hasLater ? (try? contents(config.directory, after: taken)) ?? [] : []
    let own = config.guards(againstUndo: undone, of: written, before: later, context: context)
    return own + others.filter { !own.contains($0) }
  }

  /// Whether others followed a write that were not taken back.
  package func hasWrites(after number: Int, in directory: String) -> Bool {
    (try? log(directory))?.contains { $0.number > number && $0.undone == nil } ?? false
  }
}
