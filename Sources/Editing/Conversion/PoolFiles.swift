// A pool moved from its place into a pool file, and back.

import Changes
import PostfixFiles
import Routing

extension Converter {
  // MARK: - Into files

  mutating func toFile() throws(EditError) {
    var written: Set<String> = []
    for site in selected where site.pool.text.isInPlace {
      guard let place = bodyPlace(site) else {
        // A pool that another one's $name brings here moves with that one.
        if isMovedWithAnother(site) { continue }
        throw .notInOnePlace(site.id)
      }
      if let result = site.pool.text.results.first(where: { $0.hasPrefix("#") }) {
        throw .cannotConvert(
          site.id,
          reason:
            "\"\(result)\" would be a comment in a pool file: need a member that begins with another sign")
      }
      let bytes = poolFile(of: site, comments: comments(in: place))
      let name = try freeName(for: site, bytes, besides: written)
      let path = "\(config.directory)/\(name)"
      written.insert(path)
      let isThere = FileStamp.ofName(path) != nil
      create(isThere ? Document(path: path, bytes: bytes) : Document(newAt: path, bytes: bytes))
      let isInMainCf = place.file == config.main.document.path
      splice(place.file, place.range, isInMainCf ? "$config_directory/\(name)" : path)
      replace(site, at: [site.scope])
    }
  }

  private func poolFile(of site: PoolSite, comments: [String]) -> Bytes {
    let drained = site.content.drained.map {
      DrainedItem.comment(
        result: $0.result.dropping(prefix: site.prefix), weight: $0.weight, drain: $0.drain, pool: 1)
    }
    let lines = comments + site.pool.text.results + drained
    return Bytes(lines.map { "\($0)\n" }.joined().utf8)
  }

  /// A name that no file has. One that holds just that may be left from an earlier conversion, where no other pool goes by it.
  private func freeName(
    for site: PoolSite, _ bytes: Bytes, besides written: Set<String>
  ) throws(EditError) -> String {
    let named = Set(sites.compactMap(\.pool.text.path))
    for number in 1...99 {
      let name = "\(fileName(of: site))\(number > 1 ? "-\(number)" : "").pool"
      let path = "\(config.directory)/\(name)"
      if written.contains(path) || named.contains(path) { continue }
      // What is read, or was made and is not written yet.
      if let document = config.document(path), document.bytes != bytes { continue }
      if FileStamp.ofName(path) == nil || (try? FileReader.read(path)) == bytes { return name }
    }
    throw .cannotConvert(
      site.id,
      reason:
        "99 files \(fileName(of: site))-N.pool are in \(config.directory) already; remove those that main.cf and the tables do not name"
    )
  }

  private func comments(in place: FileRange) -> [String] {
    config.document(place.file)?.innerComments(of: place.range) ?? []
  }

  private func fileName(of site: PoolSite) -> String {
    let name =
      switch site.site.place {
      case .entry(_, let key), .inlineEntry(_, let key): key
      default: site.parameter.rawValue
      }
    return String(name.lowercased().map { $0.isLetter || $0.isNumber || "._-@".contains($0) ? $0 : "_" })
  }

  // MARK: - Back

  mutating func toInline() throws(EditError) {
    for site in selected where site.isInFile {
      guard let place = bodyPlace(site) else {
        if isMovedWithAnother(site) { continue }
        throw .notInOnePlace(site.id)
      }
      let isInMainCf = place.file == config.main.document.path
      let results = site.content.choices.map { $0.result.dropping(prefix: site.prefix) }
      guard let separator = SeparatorNotation.free(in: results), !site.content.choices.isEmpty else {
        throw .cannotConvert(
          site.id, reason: "its members use every possible separator, or it has no member")
      }
      var lines = site.pool.text.results.map { item($0, after: separator) }
      if isInMainCf { lines = lines.map(escapedForMainCf) }
      if site.isInlineEntry, let item = site.site.table?.item {
        guard
          lines.allSatisfy({ line in !line.utf8.contains { $0.isListSeparator || $0 == 0x7B || $0 == 0x7D } })
        else {
          throw .cannotConvert(
            site.id,
            reason:
              "\(item.text.text) cannot hold a member with white space or a comma: need a table in a file in its place"
          )
        }
      }
      var text = lines.joined()
      if text.count > SpecText.width - 40, !site.isInlineEntry {
        text = lines.map { "\n        \($0)" }.joined()
      }
      splice(place.file, place.range, text)
      replace(site, at: [site.scope])
      if let path = site.anchor?.file {
        let isNamed = sites.contains { other in
          other.isInFile && other.anchor?.file == path && !selected.contains { $0.index == other.index }
        }
        let words = MailConfig.note(onFile: path, isUsed: false)
        if !isNamed, !notes.contains(.other(words)) { notes.append(.other(words)) }
      }
    }
  }

  /// Where the text after `randmap:` is, if that is in the line of its own parameter or entry.
  private func bodyPlace(_ site: PoolSite) -> FileRange? {
    let line: Range<Int>? =
      switch site.site.place {
      case .parameter(let parameter), .inlineEntry(let parameter, _): config.main[parameter]?.line.range
      case .entry: config.line(of: site)?.range
      default: nil
      }
    guard let line, let first = site.value.origin(at: 0),
      let last = site.value.origin(at: site.value.count - 1),
      first.file == last.file, line.contains(first.offset), line.contains(last.offset),
      first.offset < last.offset,
      let document = config.document(first.file),
      let start = document.endOfPoolMark(in: first.offset..<last.offset + 1)
    else { return nil }
    let isWhole = site.text.items.allSatisfy { item in
      site.text.text.fileRange(item).map { $0.file == first.file && line.contains($0.range.lowerBound) }
        ?? false
    }
    return isWhole ? FileRange(file: first.file, range: start..<last.offset + 1) : nil
  }

  /// Whether its text is in the line of another pool that is converted as well.
  private func isMovedWithAnother(_ site: PoolSite) -> Bool {
    selected.contains { other in
      other.index != site.index && bodyPlace(other) != nil && other.value.span() == site.value.span()
    }
  }
}

extension MailConfig {
  /// What to do with the files of pools that are somewhere else in this configuration.
  func notes(onFilesOf sites: [PoolSite]) -> [String] {
    let named = Set(poolSites().compactMap(\.pool.text.path))
    return Set(sites.compactMap(\.pool.text.path)).sorted().map {
      Self.note(onFile: $0, isUsed: named.contains($0))
    }
  }

  /// What an edit leaves, that nothing of `edited` names any more.
  package func notesOnWhatIsLeft(by edited: MailConfig) -> [String] {
    let named = Set(edited.poolSites().compactMap(\.pool.text.path))
    let left = Set(poolSites().compactMap(\.pool.text.path)).subtracting(named)
    return
      (left.sorted().map { Self.note(onFile: $0, isUsed: false) } + notes(onTablesLeftBy: edited)
      + notes(onDatabasesLeftBy: edited) + notes(onAgentLeftBy: edited))
      .map { printable($0) }
  }

  /// What to do with the settings of the tables that ask a database, and with the rows there, where `edited` names them no more.
  func notes(onDatabasesLeftBy edited: MailConfig) -> [String] {
    func settings(_ config: MailConfig) -> [String: String?] {
      config.sites.compactMap(\.table).reduce(into: [:]) { found, table in
        guard let path = table.spec.databaseSettings else { return }
        found[path] = config.databaseTable(table.spec)?.database
      }
    }
    let named = settings(edited)
    let left = settings(self).filter { named[$0.key] == nil }
    return left.keys.sorted().map { Self.note(onFile: $0, isUsed: false) }
      + Set(left.values.compactMap(\.self)).sorted().map(Self.note(onRowsOf:))
  }

  /// The rows that stay where a write is taken back that made main.cf ask for them.
  package func notesOnRowsLeft(by undone: ChangeSet) -> [String] {
    guard let main = undone.changes.first(where: { $0.path == main.document.path })?.after else { return [] }
    var edited = self
    edited.update(Document(path: self.main.document.path, bytes: main))
    func databases(_ config: MailConfig) -> Set<String> {
      Set(config.sites.compactMap(\.table).compactMap { config.databaseTable($0.spec)?.database })
    }
    return databases(self).subtracting(databases(edited)).sorted().map { printable(Self.note(onRowsOf: $0)) }
  }

  private static func note(onRowsOf database: String) -> String {
    "the rows stay in \(database): other hosts, and daemons that were not reloaded, may ask for them"
  }

  /// Until main.cf is read again mail goes by the file.
  static func note(onFile path: String, isUsed: Bool) -> String {
    isUsed
      ? "\(path) stays: other mail goes by it"
      : "Postfix uses \(path) until it is reloaded; you can remove it after that"
  }
}

extension Document {
  /// Where the text after `randmap:` begins.
  fileprivate func endOfPoolMark(in range: Range<Int>) -> Int? {
    let text = self[range]
    let mark = Bytes("randmap".utf8)
    guard let at = text.indices.first(where: { text[$0...].starts(with: mark) }),
      let colon = text[at...].firstIndex(of: UInt8(ascii: ":"))
    else { return nil }
    return range.lowerBound + colon + 1 - text.startIndex
  }
}
