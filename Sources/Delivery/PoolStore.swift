// From the next hop of a request to a pool: in-line text, a pool file or a name. What was understood once is kept; a
// pool file is looked at again for each delivery, so that changed weights are in force at once.

import PostfixFiles
import Routing

/// Lives on the agent's event loop.
struct PoolStore {
  private(set) var setup: Setup
  private var known: [Key: Entry] = [:]
  private var tables: [String: (stamp: FileStamp, values: [String: String])] = [:]
  /// Most pools that are kept; a table may name very many.
  private let limit = 10_000
  /// Deliveries wait while a pool file is read.
  private static let largestPoolFile = 16 << 20

  private struct Key: Hashable {
    let nextHop: Bytes
    let kind: ResultKind
  }

  private struct Entry {
    var pool: Result<AgentPool, PoolTrouble>
    var path: String?
    var stamp: FileStamp?
  }

  /// What there is to say in the log, since it was last asked.
  private(set) var complaints: [String] = []

  init(_ setup: Setup) { self.setup = setup }

  /// Goes by another configuration. In-line pools and names are read anew; a pool file keeps what was good of it.
  mutating func update(_ setup: Setup) {
    self.setup = setup
    known = known.filter { $0.value.path != nil && (try? $0.value.pool.get()) != nil }
    // Transports may have changed: no stamp makes them be read again.
    for key in known.keys { known[key]?.stamp = nil }
  }

  mutating func takeComplaints() -> [String] {
    defer { complaints = [] }
    return complaints
  }

  /// The pool that the text behind `randmap:` means.
  mutating func pool(_ nextHop: Bytes, kind: ResultKind = .destination) throws(PoolTrouble) -> AgentPool {
    let key = Key(nextHop: nextHop, kind: kind)
    if let entry = known[key], entry.path.map({ FileStamp(of: $0) }) == entry.stamp {
      return try entry.pool.get()
    }
    if known.count >= limit { known = [:] }
    let entry = read(key, before: known[key])
    known[key] = entry
    if case .success(let pool) = entry.pool {
      complaints += pool.problems.map { "pool \(shortened(pool.name)): left out: \($0)" }
    }
    return try entry.pool.get()
  }

  private func text(_ nextHop: Bytes) throws(PoolTrouble) -> (name: String, text: PoolText) {
    let name = SourcedText(builtIn: nextHop.text).trimmed().text
    if let named = setup.pool(named: name) { return (name, named) }
    // A letter is a separator too, if a destination follows; otherwise it begins a name.
    if name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == "." }) {
      throw PoolTrouble(
        name.isEmpty ? "no pool is named behind \"randmap:\"" : "no pool is named \"\(name)\"")
    }
    guard let text = PoolText(value: SourcedText(builtIn: "randmap:\(nextHop.text)")) else {
      throw PoolTrouble("\"\(shortened(name))\" is no pool")
    }
    return (name, text)
  }

  private mutating func read(_ key: Key, before: Entry?) -> Entry {
    do throws(PoolTrouble) {
      let (name, text) = try text(key.nextHop)
      if let path = text.path { return try readFile(path, name: name, kind: key.kind, before: before) }
      return Entry(
        pool: .success(try AgentPool(name: name, text: text, kind: key.kind, in: setup.config)))
    } catch {
      return Entry(pool: .failure(error))
    }
  }

  private mutating func readFile(
    _ path: String, name: String, kind: ResultKind, before: Entry?
  ) throws(PoolTrouble) -> Entry {
    // A symbolic link is looked at where it leads: what it names may change too.
    let real = setup.permittedPath(path)
    let stamp = FileStamp(of: real ?? setup.config.absolute(path))
    var entry = Entry(
      pool: .failure(PoolTrouble("")), path: real ?? setup.config.absolute(path), stamp: stamp)
    let old = try? before?.pool.get()
    do throws(PoolTrouble) {
      let pool = try poolFile(path, real: real, name: name, kind: kind)
      if old != nil, let problem = pool.problems.first { throw PoolTrouble(problem) }
      entry.pool = .success(pool)
    } catch {
      if let old {
        complaints.append("\(printable(path)): \(error); going on with what it was before")
        entry.pool = .success(old)
      } else {
        entry.pool = .failure(error)
      }
    }
    return entry
  }

  private func poolFile(
    _ path: String, real: String?, name: String, kind: ResultKind
  ) throws(PoolTrouble) -> AgentPool {
    if let real, FileStamp(of: real).size > Self.largestPoolFile {
      throw PoolTrouble("pool file \(path) is larger than \(Self.largestPoolFile) bytes")
    }
    let document = try document(path, real: real, what: "pool file")
    return try AgentPool(name: name, text: PoolText(file: document), kind: kind, in: setup.config)
  }

  private func document(_ path: String, real: String?, what: String) throws(PoolTrouble) -> Document {
    guard let real else {
      let isThere = FileReader.isReadable(setup.config.absolute(path))
      throw PoolTrouble(
        isThere
          ? "\(what) \(path) may not be read: no setting names it, and it is not under \(setup.config.directory)"
          : "\(what) \(path): No such file or directory")
    }
    do throws(FileProblem) {
      return Document(path: path, bytes: try FileReader.read(real))
    } catch {
      throw PoolTrouble("\(what): \(error.message)")
    }
  }

  /// The values of a transport(5) text by their keys in lower case; the first of several counts, as in texthash. What
  /// was good stays where the file cannot be read any more.
  mutating func table(at path: String) throws(PoolTrouble) -> [String: String] {
    let real = setup.permittedPath(path)
    let stamp = FileStamp(of: real ?? path)
    if let known = tables[path], known.stamp == stamp { return known.values }
    do throws(PoolTrouble) {
      var values: [String: String] = [:]
      for entry in Table(try document(path, real: real, what: "table")).entries {
        let key = entry.key.text.lowercased()
        if values[key] == nil { values[key] = entry.value.text }
      }
      tables[path] = (stamp, values)
      return values
    } catch {
      guard let known = tables[path] else { throw error }
      complaints.append("\(printable(path)): \(error); going on with what it was before")
      tables[path] = (stamp, known.values)
      return known.values
    }
  }
}
