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
  private let tables: FileShelf<String, [String: String]>
  /// Pools whose left-out members no line of the log has yet, since only a stranger asked for them.
  private var untold: Set<PoolRequest> = []
  private static let mostUntold = 1_000
  static let largestPoolFile = 16 << 20

  init(_ setup: AgentSetup, on loop: SocketLoop, say: @escaping (String) -> Void) {
    self.setup = setup
    self.say = say
    let clock = setup.config.environment.clock
    files = FileShelf(
      on: loop, size: \.bytes, isOver: { pool in pool.nextChange.map { $0 <= clock() } ?? false }, say: say)
    tables = FileShelf(
      on: loop, size: { $0.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 100 } }, say: say
    )
    knowGoodFiles()
  }

  /// Uses another configuration. In-line pools and names are read again; a pool file keeps its last valid contents.
  func update(_ setup: AgentSetup) {
    self.setup = setup
    inline.removeAll()
    files.expire()
    tables.expire()
    knowGoodFiles()
  }

  /// What is wrong with a file later has something good before it, also where no mail has come yet.
  private func knowGoodFiles() {
    for text in setup.goodPoolFiles { files.know(text) }
    for text in setup.goodTables { tables.know(text) }
  }

  /// Uses a configuration with the same texts, whose files were looked at later.
  func renew(_ setup: AgentSetup) { self.setup = setup }

  /// Calls `then` with the pool that is asked for, at once unless a large file has to be read.
  func pool(_ request: PoolRequest, for asker: Asker = .postfix, then: @escaping (Answer) -> Void) {
    if let known = inline.use(request) {
      reportLate(known, request, asker)
      return then(known)
    }
    do throws(PoolError) {
      let (name, text) = try text(request)
      if let path = text.path { return pool(inFile: path, name: name, request, asker, then: then) }
      let pool = try AgentPool(
        name: name, text: text, kind: request.kind, transport: request.transport, in: setup.config)
      report(pool, request, asker)
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

  /// Says what was left out of a pool that is new: that is text of a file, so not on a stranger's account.
  private func report(_ pool: AgentPool, _ request: PoolRequest, _ asker: Asker) {
    guard asker == .postfix else {
      if !pool.problems.isEmpty, untold.count < Self.mostUntold { untold.insert(request) }
      return
    }
    for problem in pool.problems { say("pool \(shortened(pool.name)): left out: \(problem)") }
  }

  private func reportLate(_ outcome: Answer, _ request: PoolRequest, _ asker: Asker) {
    guard asker == .postfix, untold.remove(request) != nil, case .success(let pool) = outcome else { return }
    report(pool, request, asker)
  }

  private func text(_ request: PoolRequest) throws(PoolError) -> (name: String, text: PoolText) {
    let body = SourcedText(builtIn: request.text.text)
    let text = PoolText(body: body)
    let name = body.trimmed().text
    if name.isEmpty { throw PoolError("no pool is named after \"randmap:\"") }
    guard let resolved = setup.config.parameters.resolved(text) else {
      throw PoolError(
        setup.config.parameters.isSet(name)
          ? "the parameter \(name) holds no pool" : "no pool is named \"\(name)\"",
        withoutText: "no pool has that name")
    }
    return (name, resolved)
  }

  // MARK: - Files

  private func pool(
    inFile path: String, name: String, _ request: PoolRequest, _ asker: Asker,
    then: @escaping (Answer) -> Void
  ) {
    let problems = files.known(request)?.problems
    let setup = setup
    let made: @Sendable (Document) throws(PoolError) -> AgentPool = { text throws(PoolError) in
      try AgentPool(
        name: name, text: PoolText(file: text, at: setup.config.environment.clock()), kind: request.kind,
        transport: request.transport, in: setup.config)
    }
    let source = FileShelf<PoolRequest, AgentPool>.Source(path: setup.config.absolute(path)) {
      () throws(PoolError) in
      try setup.document(path, what: "pool file", limit: Self.largestPoolFile)
    } make: { text, before throws(PoolError) in
      let pool = try made(text)
      // A file that was good is taken again when no more is wrong with it than was before.
      guard let before, case let wrong = pool.wrong(in: setup.config), !wrong.isEmpty else { return pool }
      let known = (try? made(before))?.wrong(in: setup.config) ?? []
      if let new = wrong.first(where: { !known.contains($0) }) {
        throw PoolError(new, withoutText: "a line is no member that Postfix could deliver to")
      }
      return pool
    }
    files.value(request, from: source, for: asker) { [weak self] outcome in
      if case .success(let pool) = outcome, pool.problems != problems { self?.report(pool, request, asker) }
      self?.reportLate(outcome, request, asker)
      then(outcome)
    }
  }

  /// Calls `then` with the values of a transport(5) text by their keys in lower case; the first of several counts, as in
  /// texthash. A text that has become empty, or has lost the end of its last line, changes nothing.
  func table(
    at path: String, for asker: Asker = .postfix,
    then: @escaping (Result<[String: String], PoolError>) -> Void
  ) {
    let setup = setup
    let source = FileShelf<String, [String: String]>.Source(path: setup.config.absolute(path)) {
      () throws(PoolError) in
      try setup.document(path, what: "table")
    } make: { text, before throws(PoolError) in
      var values: [String: String] = [:]
      for entry in Table(text).entries {
        let key = entry.key.text.lowercased()
        if values[key] == nil { values[key] = entry.value.text }
      }
      if values.isEmpty, let before, Table(before).entries.contains(where: { _ in true }) {
        throw PoolError(withoutText: "it has no entry any more; is it being written?")
      }
      return values
    }
    tables.value(path, from: source, for: asker, then: then)
  }
}

extension AgentPool {
  /// What is wrong with it, for a file that may have been written wrong: beside what is left out, members that no transport
  /// of this Postfix takes. Those stay in a pool at first, since their transport may yet come.
  func wrong(in config: MailConfig) -> [String] {
    guard let master = config.master else { return problems }
    return problems
      + members.filter { master.transport($0.transport) == nil }.map {
        "\(printable($0.result)): master.cf has no transport \"\(printable($0.transport))\""
      }
  }
}

extension AgentSetup {
  /// A file that the configuration names, or that lies under its directory.
  func document(
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
    do throws(FileError) {
      return Document(path: path, bytes: try FileReader.read(real))
    } catch {
      throw PoolError("\(what): \(error.message)")
    }
  }
}
