// What a command works on: a configuration directory, or the demonstration. A write that was interrupted there is settled
// first by commands that write; others read the files as that would leave them, and change nothing.

import Agent
import Changes
import Checks
import Demo
import Gateways
import Glibc
import PostfixFiles
import Routing

/// A configuration and the means to write it.
struct Workplace {
  let config: MailConfig
  let writer: Writer
  private let demo: Demonstration?
  /// The directory as it is named in the call.
  private let named: String

  /// What is done about a write that was interrupted.
  enum Interrupted {
    /// Nothing is changed: the files are read as settling it would leave them.
    case reads
    /// It is finished or taken back first.
    case settles
  }

  /// - Parameters:
  ///   - command: the author in the history: the command as it was called, or "console".
  ///   - readingFiles: false leaves the tables and pool files for later.
  init(
    _ options: CommonOptions, command: String, readingFiles: Bool = true, interrupted: Interrupted = .reads
  ) throws {
    let directory: String
    if options.demo {
      guard options.configDirectory == nil else {
        throw CommandError(.wrongCall, "--demo cannot be combined with -c: it has its own configuration")
      }
      let demo = try Demonstration()
      self.demo = demo
      directory = demo.configuration.directory
      named = directory
    } else {
      demo = nil
      directory = absolutePath(options.directory)
      named = options.directory
    }
    let state =
      demo.map { StateDirectory("\($0.configuration.directory)/.state") } ?? StateDirectory.standard()
    writer = Writer(state: state, author: .current(command: command))
    do {
      let read = try Self.read(directory, options: options, writer: writer, interrupted)
      config = readingFiles ? read.readingFiles() : read
    } catch {
      demo?.end()
      throw error
    }
  }

  /// The path of a file as it is shown: that of the directory in the call, joined with its name (docs/scripts.md).
  func shown(_ path: String) -> String {
    path.hasPrefix(config.directory + "/") ? named + path.dropFirst(config.directory.count) : path
  }

  /// Prints on standard error which files the configuration names and cannot be read, each with the line that names it.
  ///
  /// - Returns: whether there are any: exit status 1, since what is shown lacks something.
  func sayUnreadableFiles() -> Bool {
    let files = config.unreadableFiles
    // One line may name thousands: its bytes are counted once.
    var finders: [String: PositionFinder] = [:]
    for file in files {
      var place = ""
      if let named = file.place, let document = config.document(named.file) {
        let line = finders[named.file, default: PositionFinder(document)].position(at: named.range.lowerBound)
          .line
        place = "\(printable(shown(named.file))):\(line): "
      }
      Output.error.line("randmap: \(place)\(file.message)")
    }
    return !files.isEmpty
  }

  /// The same, to be read again whenever the stamps of its files are outdated.
  func rereadWithStamps() throws(FileError) -> (config: MailConfig, stamps: FileStamps) {
    try MailConfig.reading(config.directory, environment: config.environment)
  }

  /// The configuration as it is on disk now.
  func reread() throws(FileError) -> MailConfig {
    try MailConfig(directory: config.directory, environment: config.environment).readingFiles()
  }

  /// Stops the toy gateways and removes the sample, where this is the demonstration.
  func close() { demo?.end() }

  var isDemo: Bool { demo != nil }

  /// The report of this configuration's agent; nil if no agent runs.
  func agentReport() -> AgentReport? { isDemo ? nil : reportOfRunningAgent(config) }

  private static func read(
    _ directory: String, options: CommonOptions, writer: Writer, _ interrupted: Interrupted
  ) throws(CommandError) -> MailConfig {
    func say(_ message: String) {
      Output.error.line("randmap: \(printable(directory)): \(printable(message))")
    }
    var reader: MailConfig.Reader = FileReader.read
    do throws(WriteError) {
      if interrupted == .settles {
        do throws(WriteError) {
          let recovery = try writer.recover(directory, announce: say)
          if recovery != .nothing { say(recovery.message) }
        } catch {
          guard case .system(let reason) = error, reason.isDenial else { throw error }
          say(error.description)
        }
      }
      if let interruption = try writer.interruption(of: directory) {
        if let message = interruption.message { say(message) }
        reader = interruption.outcome.reader
      }
    } catch {
      // If there is no configuration at all, report that instead.
      guard FileReader.isReadable("\(directory)/main.cf") else { return try open(directory, options, reader) }
      // A command that only reads uses the files as they are; a command that writes must not write over it.
      if interrupted == .settles { throw CommandError(.findings, "\(directory): \(error.description)") }
      say(error.description)
    }
    return try open(directory, options, reader)
  }

  private static func open(
    _ directory: String, _ options: CommonOptions, _ reader: @escaping MailConfig.Reader
  ) throws(CommandError) -> MailConfig {
    do throws(FileError) {
      return try MailConfig(directory: directory, environment: options.environment, reader: reader)
    } catch {
      // Debian's Postfix without a configuration is such a directory.
      let isThere = error.isMissing && FileReader.isDirectory(directory)
      throw CommandError(
        .wrongCall,
        isThere
          ? "\(error.message); the directory is there, but no Postfix is set up in it; "
            + "need main.cf in it, or another directory (-c DIR)"
          : error.isMissing && directory == MailConfig.standardDirectory
            ? "\(error.message); no Postfix is set up on this machine; need the directory of a configuration (-c DIR), "
              + "or \"randmap --demo\" to try it without one"
            : error.isDenied
              ? "\(error.message); need the right to read it: the same call with sudo and \"-c \(directory.asArgument)\", or as the user who owns it"
              : "\(error.message); need a Postfix configuration directory (-c DIR)")
    }
  }
}

/// Whether two paths lead to the same file or directory.
func isSameFile(_ one: String, _ other: String) -> Bool {
  var (left, right) = (stat(), stat())
  guard stat(one, &left) == 0, stat(other, &right) == 0 else { return false }
  return left.st_dev == right.st_dev && left.st_ino == right.st_ino
}

/// A path of the call, taken from the working directory.
func absolutePath(_ path: String) -> String {
  if path.hasPrefix("/") { return path }
  guard let working = getcwd(nil, 0) else { return path }
  defer { free(working) }
  return path == "." ? String(cString: working) : "\(String(cString: working))/\(path)"
}

/// The toy gateways and the configuration that names them.
private struct Demonstration {
  let gateways: DemoGateways
  let configuration: DemoConfiguration

  init() throws {
    // Before the first thread: threads inherit which signals are blocked.
    let ending = EndingSignals()
    do {
      gateways = try DemoGateways()
      configuration = try DemoConfiguration(naming: gateways)
    } catch {
      throw CommandError(.fault, "--demo: \(error)")
    }
    ending.before { [configuration] in configuration.remove() }
  }

  func end() {
    gateways.stop()
    configuration.remove()
  }
}

extension RecoveryOutcome {
  /// Reads each file as finishing or taking back the interrupted write would leave it.
  fileprivate var reader: MailConfig.Reader {
    { path throws(FileError) in
      guard let real = fileToRead(for: path) else {
        throw FileError(path: path, reason: "No such file or directory", .missing)
      }
      do throws(FileError) { return try FileReader.read(real) } catch {
        // The write went on meanwhile, and has put it in place.
        if error.isMissing, real != path { return try FileReader.read(path) }
        throw error
      }
    }
  }
}
