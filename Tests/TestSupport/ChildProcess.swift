// Starting other programs: posix_spawn, an empty signal mask, a limit on the time, nothing left behind.
import Glibc

/// How a process ended.
package enum ExitStatus: Equatable, Sendable {
  case exited(Int32)
  case killed(signal: Int32)

  init(waitStatus: Int32) {
    let signal = waitStatus & 0x7f
    self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .killed(signal: signal)
  }
}

/// A program that has ended, and what it wrote.
package struct FinishedProcess: Sendable {
  package let status: ExitStatus
  package let standardOutputBytes: [UInt8]
  package let standardError: String
  /// The most memory that it held at one time, in bytes; not less than the test run itself held when it started it, which
  /// is how Linux counts.
  package let peakMemory: Int
  /// The time that it had the processor for.
  package let processorTime: Duration

  package var standardOutput: String { String(decoding: standardOutputBytes, as: UTF8.self) }

  /// Whether its work is linear, where `small` is the same call on a quarter of the input. Half a second is more than the smallest
  /// call takes on a loaded machine.
  package func isInBounds(of small: FinishedProcess) -> Bool {
    processorTime < small.processorTime * 5 + .milliseconds(500)
  }

  /// Everything, for the message of a failed expectation.
  package var summary: String { "\(status)\nstdout: \(standardOutput)\nstderr: \(standardError)" }
}

/// A program that runs beside the test. It is killed when the last reference to it goes.
///
/// Its input and outputs are files, not pipes: it cannot block on them, and neither can a process that it
/// leaves in the background.
package final class ChildProcess {
  package let pid: pid_t
  package let name: String
  private let output: Int32
  private let errors: Int32
  private var ended: ExitStatus?
  private var usage = rusage()

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - program: Its path, or a name to be looked up in PATH.
  ///   - environment: Changes to the environment of the test run; nil takes a variable away.
  ///   - input: What it reads from its standard input, then end of file.
  ///   - directory: Its working directory, otherwise that of the test run.
  package init(
    _ program: String,
    _ arguments: [String] = [],
    environment: [String: String?] = [:],
    input: [UInt8] = [],
    directory: String? = nil
  ) throws(TestFailure) {
    name = program
    let standardInput = try anonymousFile(input)
    defer { close(standardInput) }
    output = try anonymousFile([])
    errors = try anonymousFile([])
    // posix_spawn's own way of changing the directory is not in Swift's Glibc module.
    let place = directory.map { ["env", "--chdir=\($0)"] } ?? []
    pid = try spawn(
      place + [program] + arguments, environment: currentEnvironment(changedBy: environment),
      standardFiles: .open([standardInput, output, errors]))
  }

  deinit {
    if status == nil {
      kill(pid, SIGKILL)
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    }
    close(output)
    close(errors)
  }

  /// How it ended, or nil while it runs.
  package var status: ExitStatus? {
    if ended == nil {
      var status: Int32 = 0
      if wait4(pid, &status, WNOHANG, &usage) == pid { ended = ExitStatus(waitStatus: status) }
    }
    return ended
  }

  /// What it has written to its standard output up to now.
  package var standardOutputBytes: [UInt8] { contents(of: output) }

  /// What it has written to its standard error up to now.
  package var standardError: String { String(decoding: contents(of: errors), as: UTF8.self) }

  /// Sends it a signal.
  package func signal(_ number: Int32) {
    if status == nil { kill(pid, number) }
  }

  /// Waits for its end without looking again and again: for a measurement, of a program that is known to end.
  package func waitBlocking() {
    var information = siginfo_t()
    while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
  }

  /// Waits for its end.
  @discardableResult
  package func wait(limit: Duration = .long) throws(TestFailure) -> FinishedProcess {
    let status = try waitFor("the end of \(name)", limit: limit, seen: standardError) { self.status }
    return FinishedProcess(
      status: status, standardOutputBytes: standardOutputBytes, standardError: standardError,
      peakMemory: usage.ru_maxrss * 1024,
      processorTime: usage.ru_utime.duration + usage.ru_stime.duration)
  }
}

/// Runs a program to its end; see ``ChildProcess``. A program that is not done in time is killed, and fails.
@discardableResult
package func run(
  _ program: String,
  _ arguments: [String] = [],
  environment: [String: String?] = [:],
  input: [UInt8] = [],
  directory: String? = nil,
  limit: Duration = .long
) throws(TestFailure) -> FinishedProcess {
  let process = try ChildProcess(
    program, arguments, environment: environment, input: input, directory: directory)
  return try process.wait(limit: limit)
}

/// Runs a program that has to succeed, and returns what it wrote to its standard output.
@discardableResult
package func runSuccessfully(_ program: String, _ arguments: [String] = []) throws(TestFailure) -> String {
  let finished = try run(program, arguments)
  guard finished.status == .exited(0) else {
    throw TestFailure("\(([program] + arguments).joined(separator: " ")): \(finished.summary)")
  }
  return finished.standardOutput
}

/// The environment of the test run, with changes.
func currentEnvironment(changedBy changes: [String: String?]) -> [String] {
  var variables: [String: String] = [:]
  var entry = environ
  while let variable = entry.pointee {
    let text = String(cString: variable)
    if let equals = text.firstIndex(of: "=") {
      variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    entry += 1
  }
  for (name, value) in changes { variables[name] = value }
  return variables.map { "\($0)=\($1)" }
}

/// What a new process has for its standard input, output and error.
enum StandardFiles {
  /// These as its file descriptors 0, 1, 2 and so on.
  case open([Int32])
  /// The terminal at this path; it becomes the controlling terminal of a session of the process's own.
  case terminal(String)
}

func spawn(
  _ command: [String], environment: [String], standardFiles: StandardFiles
) throws(TestFailure) -> pid_t {
  try WaitingPermission.require("starts \(command.first ?? "")")
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
  switch standardFiles {
  case .open(let files):
    for (number, file) in zip(Int32(0)..., files) {
      posix_spawn_file_actions_adddup2(&actions, file, number)
    }
  case .terminal(let path):
    flags |= 0x80  // POSIX_SPAWN_SETSID, which is not in the Glibc module
    posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
    for number in Int32(1)...2 { posix_spawn_file_actions_adddup2(&actions, 0, number) }
  }

  // The threads of a test run block signals, and a child would inherit that.
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var none = sigset_t()
  sigemptyset(&none)
  posix_spawnattr_setsigmask(&attributes, &none)
  var all = sigset_t()
  sigfillset(&all)
  posix_spawnattr_setsigdefault(&attributes, &all)
  posix_spawnattr_setflags(&attributes, Int16(flags))

  var argumentPointers = command.map { strdup($0) } + [nil]
  defer { argumentPointers.forEach { free($0) } }
  var environmentPointers = environment.map { strdup($0) } + [nil]
  defer { environmentPointers.forEach { free($0) } }
  var pid: pid_t = 0
  let result = posix_spawnp(
    &pid, command[0], &actions, &attributes, &argumentPointers, &environmentPointers)
  guard result == 0 else { throw .system("start \(command[0])", result) }
  return pid
}

/// An open file without a name that holds `bytes`, to be read from its beginning.
private func anonymousFile(_ bytes: [UInt8]) throws(TestFailure) -> Int32 {
  var template = Array("/tmp/randmap-XXXXXX".utf8CString)
  let file = mkstemp(&template)
  guard file >= 0 else { throw .system("mkstemp") }
  _ = fcntl(file, F_SETFD, FD_CLOEXEC)
  unlink(template)
  var written = 0
  while written < bytes.count {
    let count = bytes[written...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    guard count > 0 else { throw .system("write the input of a program") }
    written += count
  }
  lseek(file, 0, SEEK_SET)
  return file
}

/// What is in a file that another process may still be writing through the same descriptor.
private func contents(of file: Int32) -> [UInt8] {
  var status = stat()
  guard fstat(file, &status) == 0, status.st_size > 0 else { return [] }
  return [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, filled in
    filled = max(0, pread(file, buffer.baseAddress, buffer.count, 0))
  }
}

extension timeval {
  fileprivate var duration: Duration { .seconds(tv_sec) + .microseconds(tv_usec) }
}
