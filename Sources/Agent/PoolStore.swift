// From the next hop of a request to a pool: in-line text, a pool file or a name. What was understood once is kept; a
// pool file is looked at again for each delivery, so that changed weights are in force at once.

import PostfixFiles
import Routing
import Threads

/// What a request or a lookup asks for.
struct PoolRequest: Hashable, Sendable {
  /// The part after `randmap:`.
  let text: Bytes
  var kind = ResultKind.destination
  /// Of `smtp:randmap:![a]![b]` in a table: then the results are next hops of that transport.
  var transport: String?
}

/// Lives on the agent's loop.
final class PoolStore {
  typealias Answer = Result<AgentPool, PoolError>

  private(set) var setup: AgentSetup
  private let say: (String) -> Void
  /// In-line pools; a table may name very many.
  private var inline = ByteBoundedCache<PoolRequest, Answer>(limit: 32 << 20)
  private let files: FileShelf<PoolRequest, AgentPool>
  private let tables: FileShelf<String, TableValues>
  private static let largestPoolFile = 16 << 20

  init(_ setup: AgentSetup, on loop: SocketLoop, say: @escaping (String) -> Void) {
    self.setup = setup
    self.say = say
    let clock = setup.config.environment.clock
    files = FileShelf(
      on: loop, size: \.bytes, isOver: { pool in pool.nextChange.map { $0 <= clock() } ?? false }, say: say)
    tables = FileShelf(
      on: loop, size: { $0.values.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 100 } }, say: say
    )
  }

  /// Uses another configuration. In-line pools and names are read again; a pool file keeps its last valid contents.
  func update(_ setup: AgentSetup) {
    self.setup = setup
    inline.removeAll()
    files.expire()
    tables.expire()
  }

  /// Uses a configuration with the same texts, whose files were looked at later.
  func renew(_ setup: AgentSetup) { self.setup = setup }

  /// Calls `then` with the pool that is asked for, at once unless a large file has to be read.
  func pool(_ request: PoolRequest, then: @escaping (Answer) -> Void) {
    if let known = inline.use(request) { return then(known) }
    do throws(PoolError) {
      let (name, text) = try text(request)
      if let path = text.path { return pool(inFile: path, name: name, request, then: then) }
      let pool = try AgentPool(
        name: name, text: text, kind: request.kind, transport: request.transport, in: setup.config)
      report(pool)
      keep(.success(pool), for: request)
      then(.success(pool))
    } catch {
      keep(.failure(error), for: request)
      then(.failure(error))
    }
  }

  private func keep(_ outcome: Answer, for request: PoolRequest) {
    let size = if case .success(let pool) = outcome { pool.bytes } else { 1_000 }
    inline.set(outcome, for: request, bytes: request.text.count + size)
  }

  private func report(_ pool: AgentPool) {
    for problem in pool.problems { say("pool \(shortened(pool.name)): left out: \(problem)") }
  }

  private func text(_ request: PoolRequest) throws(PoolError) -> (name: String, text: PoolText) {
    let body = SourcedText(builtIn: request.text.text)
    let text = PoolText(body: body)
    let name = body.trimmed().text
    if name.isEmpty { throw PoolError("no pool is named after \"randmap:\"") }
    guard let resolved = setup.config.parameters.resolved(text) else {
      throw PoolError(
        setup.config.parameters.isSet(name)
          ? "the parameter \(name) holds no pool" : "no pool is named \"\(name)\"")
    }
    return (name, resolved)
  }

  // MARK: - Files

  private func pool(
    inFile path: String, name: String, _ request: PoolRequest, then: @escaping (Answer) -> Void
  ) {
    let known = files.known(request)
    let setup = setup
    let make: FileShelf<PoolRequest, AgentPool>.Maker = { () throws(PoolError) in
      let document = try setup.document(path, what: "pool file", limit: Self.largestPoolFile)
      try document.refuseCut(known?.endsItsLastLine)
      var pool = try AgentPool(
        name: name, text: PoolText(file: document, at: setup.config.environment.clock()), kind: request.kind,
        transport: request.transport, in: setup.config)
      // A file that was good is taken again when all of it is.
      if known != nil, let problem = pool.problems.first { throw PoolError(problem) }
      pool.endsItsLastLine = document.endsItsLastLine
      return pool
    }
    files.value(request, from: setup.config.absolute(path), make: make) { [weak self] outcome in
      if known == nil, case .success(let pool) = outcome { self?.report(pool) }
      then(outcome)
    }
  }

  /// Calls `then` with the values of a transport(5) text by their keys in lower case; the first of several counts, as in
  /// texthash. A text that has become empty, or has lost the end of its last line, changes nothing.
  func table(at path: String, then: @escaping (Result<[String: String], PoolError>) -> Void) {
    let (setup, known) = (setup, tables.known(path))
    let make: FileShelf<String, TableValues>.Maker = { () throws(PoolError) in
      let document = try setup.document(path, what: "table")
      try document.refuseCut(known?.endsItsLastLine)
      var values: [String: String] = [:]
      for entry in Table(document).entries {
        let key = entry.key.text.lowercased()
        if values[key] == nil { values[key] = entry.value.text }
      }
      if values.isEmpty, known?.values.isEmpty == false {
        throw PoolError("it has no entry any more; is it being written?")
      }
      return TableValues(values: values, endsItsLastLine: document.endsItsLastLine)
    }
    tables.value(path, from: setup.config.absolute(path), make: make) { then($0.map(\.values)) }
  }
}

private struct TableValues: Sendable {
  let values: [String: String]
  let endsItsLastLine: Bool
}

extension Document {
  /// - Parameter wasWhole: whether the text before ended its last line; nil where there was none.
  fileprivate func refuseCut(_ wasWhole: Bool?) throws(PoolError) {
    if wasWhole == true, !endsItsLastLine { throw PoolError(Document.cutReason) }
  }
}

extension AgentSetup {
  /// A file that the configuration names, or that lies under its directory.
  fileprivate func document(
    _ path: String, what: String, limit: Int? = nil
  ) throws(PoolError) -> Document {
    guard let real = permittedPath(path) else {
      let isThere = FileReader.isReadable(config.absolute(path))
      throw PoolError(
        isThere
          ? "\(what) \(path) may not be read: no setting names it, and it is not under \(config.directory)"
          : "\(what) \(path): No such file or directory")
    }
    if let limit, FileStamp.ofFile(real)?.size ?? 0 > limit {
      throw PoolError("\(what) \(path) is larger than \(limit) bytes")
    }
    do throws(FileProblem) {
      return Document(path: path, bytes: try FileReader.read(real))
    } catch {
      throw PoolError("\(what): \(error.message)")
    }
  }
}
