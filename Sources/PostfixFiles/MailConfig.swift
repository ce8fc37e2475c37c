// One snapshot of a configuration directory, as a value. An edit is a function from one to the next; undo is the
// one before.

import System

/// A table's source or a pool file that the configuration names.
package enum NamedFile: Sendable {
  /// Named, and not read yet.
  case named
  case read(Document)
  case unreadable(FileError)

  package var document: Document? { if case .read(let document) = self { document } else { nil } }
}

package struct MailConfig: Sendable {
  /// As given in the call: what messages show.
  package let directory: String
  package var environment: Environment { didSet { change() } }
  package var main: MainCf { didSet { change() } }
  /// Nil if it does not exist or cannot be read; `masterProblem` says why.
  package var master: MasterCf? { didSet { change() } }
  package let masterProblem: FileError?
  /// The configuration directory that the queue belongs to, where that is another one: of a copy.
  package let queueOwner: String?
  /// Whether something listens on `$queue_directory/private/randmap`; looked up when the directory was read.
  package let hasAgentSocket: Bool
  /// Who else can have written main.cf, as `foreignAuthor(of:)` said before it was read. What is safe then cannot be exchanged
  /// before it is read, and what another user takes away afterwards was not safe.
  package let foreignAuthor: (path: String, reason: String)?
  /// The path of a journal of randmap that lies in the directory; it is never followed. Nil without one.
  package var strayJournal: String?
  /// What the machine has around it; nil where it is not known to be in use here.
  package var surroundings: Surroundings? { didSet { workedOut = workedOut.ofFilesAlone } }
  /// Table sources and pool files by path.
  package var files: [String: NamedFile] = [:] { didSet { workedOut = workedOut.beforeEdit } }
  /// What it names for something else than routes, by path (`otherTables`).
  package var otherFiles: [String: NamedFile] = [:] { didSet { change() } }
  /// Files of the directory that it does not name, as far as they could be tables, by path.
  package var unnamedFiles: [String: Document] = [:] { didSet { change() } }

  /// Reads a file whole.
  package typealias Reader = @Sendable (String) throws(FileError) -> Bytes
  let reader: Reader
  /// The templates among its files, by path.
  package internal(set) var templates: [String: TemplateText] = [:]
  /// Where the files that it names are to be found.
  package let pathMap: PathMap
  /// Whether it is no machine's own: in a repository, say.
  package let isCopy: Bool
  /// As the file system had them.
  let realPaths = RealPaths()
  /// What was worked out from all this.
  var workedOut = WorkedOut()

  private mutating func change() { workedOut = WorkedOut() }

  /// Reads main.cf and master.cf of `directory`; the files that they name are read by `readingFiles()`.
  ///
  /// - Parameter reader: reads in place of `FileReader`, where an interrupted write has left
  ///   the contents of a file elsewhere.
  package init(
    directory: String, environment: Environment, reader: @escaping Reader = FileReader.read
  ) throws(FileError) {
    self.directory = directory
    self.environment = environment
    self.reader = reader
    var unknown: [String: TemplateText] = [:]
    func document(_ path: String) throws(FileError) -> Document {
      let bytes = try reader(path)
      guard let language = environment.template else { return Document(path: path, bytes: bytes) }
      let text = TemplateText(bytes, language)
      unknown[path] = text
      return Document(path: path, bytes: text.bytes)
    }
    foreignAuthor = PostfixFiles.foreignAuthor(of: "\(directory)/main.cf")
    main = MainCf(try document("\(directory)/main.cf"))
    let masterPath = "\(directory)/master.cf"
    do throws(FileError) {
      master = MasterCf(try document(masterPath))
      masterProblem = nil
    } catch {
      master = nil
      masterProblem = error
    }
    templates = unknown
    let parameters = Parameters(main: main, configDirectory: directory, environment: environment)
    let queueDirectory = parameters.text("queue_directory")
    queueOwner = Self.otherOwner(ofQueue: queueDirectory, than: directory)
    hasAgentSocket = queueOwner == nil && FileReader.isSocket("\(queueDirectory)/private/randmap")
    let isInUse = Surroundings.isInUse(directory, queueDirectory: queueDirectory)
    pathMap = Self.pathMap(for: directory, isInUse: isInUse, environment)
    isCopy = Self.isCopy(directory, isInUse: isInUse)
    let journal = "\(directory)/.randmap-journal"
    strayJournal = FileStamp.ofName(journal) == nil ? nil : journal
    self.environment.originFiles = originFiles(isInUse: isInUse)
  }

  /// A configuration from texts alone, for a rule's examples and for tests.
  package init(
    directory: String, environment: Environment = Environment(), main: String, master: String? = nil,
    isCopy: Bool = false
  ) {
    self.directory = directory
    self.environment = environment
    self.main = MainCf(Document(path: "\(directory)/main.cf", bytes: Bytes(main.utf8)))
    self.master = master.map { MasterCf(Document(path: "\(directory)/master.cf", bytes: Bytes($0.utf8))) }
    masterProblem = nil
    queueOwner = nil
    hasAgentSocket = false
    foreignAuthor = nil
    reader = FileReader.read
    self.isCopy = isCopy
    pathMap = isCopy ? Self.pathMap(for: directory, isInUse: false, environment) : environment.pathMap
  }

  /// Whether the agent is in use here, so that the separator and file notations are sound: a comment line
  /// `# randmap: agent` in main.cf, a service `randmap`, or its socket (docs/scripts.md).
  package var usesAgent: Bool { hasAgentSocket || saysAgent }

  /// Whether a new pool may be the agent's: the files say that it is in use, or it answers. The socket of one that has ended
  /// stays.
  package var isServedByAgent: Bool { saysAgent || hasRunningAgent }

  /// Whether an agent answers at its socket.
  package var hasRunningAgent: Bool {
    hasAgentSocket && !LocalSocket.isDeserted("\(parameters.text("queue_directory"))/private/randmap")
  }

  /// Whether the files themselves say so: a socket is there for a while after an agent has gone.
  package var saysAgent: Bool {
    master?.transport("randmap") != nil
      || main.document.bytes.split(separator: .newline).contains(where: Self.isAgentMark)
  }

  /// The comment line that says that the agent is in use.
  package static let agentMark = "# randmap: agent"

  package static func isAgentMark(_ line: ArraySlice<UInt8>) -> Bool {
    // Nearly all lines are no comment, and one of millions of bytes is not this one.
    guard line.count < 1_000, line.first(where: { !$0.isSpace }) == .hash else { return false }
    return line.split(whereSeparator: \.isSpace).map(\.text) == ["#", "randmap:", "agent"]
  }

  package var parameters: Parameters {
    Parameters(main: main, configDirectory: directory, environment: environment)
  }

  /// The service that trivial-rewrite(8) runs as; of several the last is in force.
  package var rewriteService: Service? {
    master?.services.last { $0.name == "rewrite" && $0.command == ReadingProgram.rewrite.rawValue }
  }

  /// The parameters as trivial-rewrite(8) sees them, which decides where mail goes.
  package var rewriteParameters: Parameters {
    rewriteService.map { parameters.seen(by: $0) } ?? parameters.seen(by: .rewrite)
  }

  /// Where a relative path leads: Postfix's daemons open it in `$queue_directory`.
  package func absolute(_ path: String) -> String {
    pathMap.located(path.hasPrefix("/") ? path : "\(parameters.text("queue_directory"))/\(path)")
  }

  /// Reads the file at `path`, marks of a template taken out.
  mutating func open(_ path: String) throws(FileError) -> Document {
    if let problem = elsewhere(path) { throw problem }
    let bytes = try reader(path)
    guard let language = environment.template else { return Document(path: path, bytes: bytes) }
    let text = TemplateText(bytes, language)
    templates[path] = text
    return Document(path: path, bytes: text.bytes)
  }

  /// Whether a template leaves open what the files that were read will be.
  package var hasOpenTemplates: Bool {
    templates.values.contains { !$0.unknown.isEmpty || $0.hasStatements }
  }

  /// Whether a template leaves the text there open.
  package func isTemplateText(_ text: SourcedText) -> Bool {
    guard !templates.isEmpty, let place = text.span(), let template = templates[place.file] else {
      return false
    }
    return template.unknown.contains { $0.overlaps(place.range) }
  }

  /// The document at `path`, whichever part of the configuration it is.
  package func document(_ path: String) -> Document? {
    if path == main.document.path { return main.document }
    if path == master?.document.path { return master?.document }
    return files[path]?.document ?? otherFiles[path]?.document ?? unnamedFiles[path]
  }

  /// Puts a document in the place of the one at its path.
  package mutating func update(_ document: Document) {
    if document.path == main.document.path {
      main.document = document
    } else if document.path == master?.document.path {
      master?.document = document
    } else {
      files[document.path] = .read(document)
    }
  }

  /// The documents that differ from what was read, main.cf last.
  package var editedDocuments: [Document] {
    let tables = files.values.compactMap(\.document).sorted { $0.path < $1.path }
    return (tables + [master?.document, main.document].compactMap { $0 }).filter(\.isEdited)
  }
}
