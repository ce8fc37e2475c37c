// Changing the notation of pools: what `convert` can be asked for, what comes of it, and why it may be refused.

import PostfixFiles
import Routing

/// A notation to convert to.
package enum ConversionTarget: String, Hashable, Sendable, CaseIterable {
  /// What an unmodified Postfix runs.
  case stock
  /// The separator notation, as the agent runs it.
  case agent
  /// Pools in files of their own.
  case file
  /// Pools in their place, after a separator.
  case inline
  /// Rows of a database that an unmodified Postfix asks.
  case database
}

/// A converted configuration: every pool that it had chooses from the same destinations with the same shares.
package struct Conversion: Sendable {
  package let config: MailConfig
  let allNotes: [EditNote]

  /// What a person should know beside: safe to show.
  package var notes: [String] { allNotes.map(\.words) }
}

extension MailConfig {
  /// The pools called `names` (none: all) in the notation `target`; nothing on disk changes. What cannot keep its
  /// meaning is refused with the reason; then nothing is converted.
  package func converting(
    _ names: [String], to target: ConversionTarget, database path: String? = nil
  ) throws(EditError) -> Conversion {
    let ready = target == .file ? try endingDrains(of: names) : (config: self, notes: [])
    let followed = target == .stock ? (config: self, notes: []) : try ready.config.followingLists(of: names)
    let conversion = try followed.config.converting(names, to: target, database: path, keeping: nil)
    let limited = conversion.config.carryingLimits(since: self)
    return Conversion(
      config: limited.config,
      allNotes: (ready.notes + followed.notes).asNotes + conversion.allNotes + limited.notes.asNotes)
  }

  /// In a pool file the agent heeds the end of a drain by itself: a member whose drain has ended is written as one that is back.
  private func endingDrains(of names: [String]) throws(EditError) -> (config: MailConfig, notes: [String]) {
    var ids: Set<String> = []
    for name in names { ids.formUnion(try poolsNamed(name).map(\.id)) }
    let ends = endedDrains(at: environment.clock()).filter { names.isEmpty || ids.contains($0.pool) }
    var (config, done, _, rest) = returning(ends) { _ in true }
    for end in rest { config = try config.returning(end) }
    return (config, (done + rest).map(\.summary))
  }

  /// - Parameter single: the one destination that the parameter of a pool had before; nil where it was the pool.
  func converting(
    _ names: [String], to target: ConversionTarget, database path: String? = nil, keeping single: String?
  ) throws(EditError) -> Conversion {
    if target == .database { return try convertingToDatabase(names, path: path) }
    var converter = try Converter(self, names: names, withDatabases: true)
    let inDatabases = converter.selected.filter(\.isInDatabase)
    if !inDatabases.isEmpty {
      let left = try leavingDatabases(inDatabases, of: names, to: target)
      if !names.isEmpty, left.rest.isEmpty { return Conversion(config: left.config, allNotes: left.notes) }
      converter = try Converter(left.config, names: left.rest)
      converter.notes = left.notes
    }
    converter.single = single
    switch target {
    case .database: break
    case .stock: try converter.toStock()
    case .agent: try converter.toAgent()
    case .file: try converter.toFile()
    case .inline: try converter.toInline()
    }
    if target == .file || target == .inline {
      for site in converter.selected where site.isTable {
        converter.notes.append(
          .other(
            "\(site.id) stays as stock Postfix runs it: only a pool of the agent can be \(target == .file ? "in a file of its own" : "in its place after a separator"); first: randmap convert --to agent \(site.id.asArgument)"
          ))
      }
    }
    return Conversion(config: try converter.result(), allNotes: converter.notes)
  }
}

/// Collects the splices of a conversion, all against the configuration as it was, and puts the result together.
struct Converter {
  let config: MailConfig
  /// All pools, in all places.
  let sites: [PoolSite]
  /// Those that are to be converted.
  let selected: [PoolSite]
  var notes: [EditNote] = []
  /// What the parameter of the pool said before; nil where it was the pool.
  var single: String?
  private var splices: [String: [Splice]] = [:]
  private var newFiles: [Document] = []
  /// What has to be found in the result, and where.
  private(set) var expected: [Landing] = []
  /// Pools that the conversion itself wrote; all others must be found as they were.
  private var replaced: Set<Int> = []

  /// - Parameter withDatabases: whether pools in databases are among the selected ones: their conversion is another.
  init(_ config: MailConfig, names: [String], withDatabases: Bool = false) throws(EditError) {
    self.config = config
    sites = config.poolSites()
    var wanted: Set<String> = []
    for name in names {
      let pools = try config.poolsNamed(name)
      guard !pools.isEmpty else { throw .unknownPool(name, known: config.pools().map(\.id)) }
      for pool in pools {
        guard pool.notation != .single else {
          throw .onlyOneDestination(pool.id, destination: pool.text.text.text)
        }
        wanted.insert(pool.id)
      }
    }
    selected = sites.filter {
      (names.isEmpty || wanted.contains($0.id)) && (withDatabases || !$0.isInDatabase)
    }
  }

  // MARK: - Collecting

  mutating func splice(_ path: String, _ range: Range<Int>, _ text: String) {
    splices[path, default: []].append(Splice(range: range, bytes: Bytes(text.utf8)))
  }

  mutating func create(_ document: Document) { newFiles.append(document) }

  /// `site` is written again: the result must choose the same in each of `scopes` (`PoolSite.scope`).
  mutating func replace(_ site: PoolSite, at scopes: [String]) {
    replace(site, by: scopes.map { Landing(scope: $0, content: site.content) })
  }

  mutating func replace(_ site: PoolSite, by landings: [Landing]) {
    replaced.insert(site.index)
    expected += landings
  }

  mutating func replace(_ site: PoolSite, at parameters: [RoutingParameter]) {
    replace(site, at: parameters.map(\.rawValue))
  }

  mutating func replaceAssignment(of parameter: RoutingParameter, with lines: [String]) {
    replaceAssignment(of: parameter.rawValue, with: lines)
  }

  mutating func removeAssignment(of parameter: RoutingParameter) { removeAssignment(of: parameter.rawValue) }

  /// Puts lines in the place of every assignment of `name`: comments between the parts of the last one come first.
  /// Without any, they go to the end.
  mutating func replaceAssignment(of name: String, with lines: [String]) {
    let document = config.main.document
    let all = config.main.assignments.filter { $0.name == name }
    guard let last = all.last else {
      let needsNewline = document.count > 0 && document[document.count - 1..<document.count] != [.newline]
      splice(
        document.path, document.count..<document.count,
        (needsNewline ? "\n" : "") + lines.map { "\($0)\n" }.joined())
      return
    }
    for earlier in all.dropLast() { remove(earlier.line, from: document) }
    let text = (document.innerComments(of: last.line.range) + lines).joined(separator: "\n")
    if text.isEmpty {
      remove(last.line, from: document)
    } else {
      splice(document.path, last.line.range, text)
    }
  }

  mutating func removeAssignment(of name: String) {
    if config.main[name] != nil { replaceAssignment(of: name, with: []) }
  }

  mutating func remove(_ line: LogicalLine, from document: Document) {
    splice(document.path, line.range.lowerBound..<min(line.range.upperBound + 1, document.count), "")
  }

  // MARK: - The result

  /// The configuration with all splices, drained comments in their new places, and proof that it means the same.
  func result() throws(EditError) -> MailConfig {
    var result = config
    // The comments of one logical line are numbered by its pools, so they move together.
    let lines = Set(sites.filter { replaced.contains($0.index) && !$0.isInFile }.compactMap(\.anchor))
    let moved = sites.filter { $0.anchor.map { lines.contains($0) } ?? false }
    for (path, splices) in splices.merging(drainedComments(in: lines), uniquingKeysWith: +) {
      guard let document = config.document(path) else { continue }
      result.update(document.applying(splices.withoutNested()))
    }
    for document in newFiles { result.update(document) }
    result = result.restoringComments(
      of: expected + moved.filter { !replaced.contains($0.index) }.map(\.landing))
    for site in sites where replaced.contains(site.index) { try site.guardNoPlan() }
    result = result.numberingComments(asIn: config, plansOnly: true)
    try prove(result)
    return result
  }

  /// What takes the comments of drained members out of those lines.
  private func drainedComments(in lines: Set<FileRange>) -> [String: [Splice]] {
    var found: [String: [Splice]] = [:]
    for anchor in lines {
      guard let document = config.document(anchor.file) else { continue }
      for item in config.drainedItems(in: anchor) {
        let line = item.line.range
        found[anchor.file, default: []].append(
          Splice(range: line.lowerBound..<min(line.upperBound + 1, document.count), bytes: []))
      }
    }
    return found
  }

  /// Reads the result again: each pool must be there with its members, weights and drained members.
  private func prove(_ result: MailConfig) throws(EditError) {
    let found = Set(result.poolSites().map(\.landing))
    let kept = sites.filter { !replaced.contains($0.index) }.map(\.landing)
    if let missing = (expected + kept).first(where: { !found.contains($0.inOrder) }) {
      throw .cannotConvert(
        missing.scope, reason: "what would be written does not read back as the same pool")
    }
  }
}

/// A pool and the mail that it is for, in words that are the same whatever the notation.
struct Landing: Hashable {
  /// The parameter; with a key where the pool holds for that key only.
  let scope: String
  let content: PoolContent

  var inOrder: Landing { Landing(scope: scope, content: content.inOrder) }
}

extension MailConfig {
  /// Writes the drained members of `contents` as comments after the lines in which those pools are now.
  fileprivate func restoringComments(of landings: [Landing]) -> MailConfig {
    var result = self
    let contents = Dictionary(
      landings.map { ($0.scope, $0.content) }, uniquingKeysWith: { first, _ in first })
    guard contents.values.contains(where: { !$0.drained.isEmpty }) else { return self }
    for site in poolSites() where !site.isInFile && site.content.drained.isEmpty {
      guard let drained = contents[site.scope]?.drained, !drained.isEmpty,
        let anchor = site.anchor, let document = result.document(anchor.file),
        let index = self.document(anchor.file)?.lineIndex(around: anchor.range.lowerBound)
      else { continue }
      let comments = drained.map {
        "\n"
          + DrainedItem.comment(
            result: $0.result.dropping(prefix: site.prefix), weight: $0.weight, drain: $0.drain,
            pool: site.pool.ordinal)
      }
      let end = document.lines[index].range.upperBound
      result.update(document.applying([Splice(range: end..<end, bytes: Bytes(comments.joined().utf8))]))
    }
    return result
  }
}

extension [Splice] {
  /// Without those that lie inside another one.
  fileprivate func withoutNested() -> [Splice] {
    let ordered = sorted {
      ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound)
    }
    var end = 0
    return ordered.filter { splice in
      if !splice.range.isEmpty, splice.range.upperBound <= end { return false }
      end = Swift.max(end, splice.range.upperBound)
      return true
    }
  }
}

extension Document {
  /// The comment lines inside `range`, those of drained members left out, their white space trimmed.
  func innerComments(of range: Range<Int>) -> [String] {
    physicalLines(in: range).compactMap { line in
      let text = self[line].text.trimmingSpace
      return text.hasPrefix("#") && !text.hasPrefix(DrainedItem.mark) ? text : nil
    }
  }
}

extension String {
  package func dropping(prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}
