// Runs one command with a time limit: posix_spawn, two pipes and poll. No libdispatch (it would wake an
// idle console once a second), and no signal mask handed down: a thread that blocks all signals would
// otherwise start a child that cannot be stopped.

import CLinux
import Glibc

extension PostfixTools {
  /// Runs `tool` and waits for its end; whatever its exit status is, that is an answer.
  ///
  /// - Parameter descriptor: a file descriptor that the child keeps open (a lock); all others are
  ///   expected to be close-on-exec.
  ///   - take: gets the output as it comes, which is then not kept: it may be very long.
  package func run(
    _ tool: Tool, _ arguments: [String], limit: Duration, inheriting descriptor: Int32? = nil,
    in directory: String? = nil, take: ((ArraySlice<UInt8>) -> Void)? = nil
  ) throws(ToolError) -> ToolOutput {
    guard let path = path(of: tool) else { throw .notInstalled(tool) }
    let deadline = ContinuousClock.now + limit
    var out = try Pipe(for: tool)
    defer { out.close() }
    var err = try Pipe(for: tool)
    defer { err.close() }
    let child = try spawn(tool, [path] + arguments, out.writeEnd, err.writeEnd, descriptor, directory)
    out.closeWriteEnd()
    err.closeWriteEnd()
    guard let status = collect(child, &out, &err, until: deadline, take) else {
      stop(child)
      throw .timedOut(tool, limit: limit)
    }
    // The low seven bits of a wait status are the signal, 0 for an ordinary end.
    if status & 0x7F != 0 { throw .killed(tool, signal: status & 0x7F) }
    return ToolOutput(
      status: (status >> 8) & 0xFF, standardOutput: out.contents, standardError: err.contents)
  }

  private func spawn(
    _ tool: Tool, _ arguments: [String], _ out: Int32, _ err: Int32, _ kept: Int32?,
    _ directory: String?
  ) throws(ToolError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO)
    if let directory { posix_spawn_file_actions_addchdir_np(&actions, directory) }
    // dup2 onto itself takes close-on-exec away, in the child alone.
    if let kept { posix_spawn_file_actions_adddup2(&actions, kept, kept) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var usual = sigset_t()
    sigemptyset(&usual)
    sigaddset(&usual, SIGPIPE)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &usual)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let problem = posix_spawn(&child, arguments[0], &actions, &attributes, words, current_environment())
    if problem != 0 { throw .cannotStart(tool, problem) }
    return child
  }

  /// Reads both pipes until the child has ended; its wait status, or nil when the time is up. A
  /// grandchild may keep the pipes open, so their end is not what is waited for.
  private func collect(
    _ child: pid_t, _ out: inout Pipe, _ err: inout Pipe, until deadline: ContinuousClock.Instant,
    _ take: ((ArraySlice<UInt8>) -> Void)?
  ) -> Int32? {
    var pause: Int32 = 1
    while true {
      out.drain(take)
      err.drain()
      var status: Int32 = 0
      let ended = waitpid(child, &status, WNOHANG)
      if ended != 0 {
        out.drain(take)
        err.drain()
        return ended == child ? status : nil
      }
      if ContinuousClock.now >= deadline { return nil }
      // A closed pipe is no longer polled, or poll would return at once for ever.
      var waits = [
        pollfd(fd: out.isAtEnd ? -1 : out.readEnd, events: Int16(POLLIN), revents: 0),
        pollfd(fd: err.isAtEnd ? -1 : err.readEnd, events: Int16(POLLIN), revents: 0),
      ]
      poll(&waits, 2, pause)
      pause = min(pause * 2, 20)
    }
  }

  /// Ends a child of ours: politely, then for certain.
  private func stop(_ child: pid_t) {
    var status: Int32 = 0
    kill(child, SIGTERM)
    let patience = ContinuousClock.now + .seconds(1)
    while ContinuousClock.now < patience {
      if waitpid(child, &status, WNOHANG) != 0 { return }
      poll(nil, 0, 10)
    }
    kill(child, SIGKILL)
    waitpid(child, &status, 0)
  }
}

/// A pipe of ours, read without blocking.
private struct Pipe {
  let readEnd: Int32
  private(set) var writeEnd: Int32
  private(set) var contents: [UInt8] = []
  private(set) var isAtEnd = false

  init(for tool: Tool) throws(ToolError) {
    var ends: [Int32] = [-1, -1]
    if pipe2(&ends, O_CLOEXEC) != 0 { throw .cannotStart(tool, errno) }
    readEnd = ends[0]
    writeEnd = ends[1]
    _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
  }

  mutating func closeWriteEnd() {
    if writeEnd >= 0 { Glibc.close(writeEnd) }
    writeEnd = -1
  }

  mutating func close() {
    closeWriteEnd()
    Glibc.close(readEnd)
  }

  /// Takes what is there now.
  mutating func drain(_ take: ((ArraySlice<UInt8>) -> Void)? = nil) {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while !isAtEnd {
      let count = read(readEnd, &buffer, buffer.count)
      if count > 0 {
        if let take { take(buffer[..<count]) } else { contents += buffer[..<count] }
      }
      if count == 0 { isAtEnd = true }
      if count < 0 { return }
    }
  }
}
