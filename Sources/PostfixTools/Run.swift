// Runs one command with a time limit: a child, two pipes and poll. No libdispatch: it would wake an idle console once a
// second.

import CLinux
import Glibc
import System

extension PostfixCommands {
  /// Runs `tool` and waits for its end; whatever its exit status is, that is an answer.
  ///
  /// - Parameters:
  ///   - descriptor: a file descriptor that the child keeps open (a lock); all others are expected to be
  ///     close-on-exec.
  ///   - input: what it reads as standard input; nothing, by default.
  package func run(
    _ tool: Tool, _ arguments: [String], limit: Duration, inheriting descriptor: Int32? = nil,
    in directory: String? = nil, input: Int32? = nil
  ) throws(ToolError) -> ToolOutput {
    var contents: [UInt8] = []
    let output = try run(
      tool, arguments, limit: limit, inheriting: descriptor, in: directory, input: input
    ) { contents += $0 }
    return ToolOutput(
      status: output.status, standardOutput: contents, standardError: output.standardError)
  }

  /// The same for an output that may be very long: `take` gets it as it comes, and it is not kept.
  package func run(
    _ tool: Tool, _ arguments: [String], limit: Duration, inheriting descriptor: Int32? = nil,
    in directory: String? = nil, input: Int32? = nil, take: (ArraySlice<UInt8>) -> Void
  ) throws(ToolError) -> ToolOutput {
    guard let path = path(of: tool) else { throw .notInstalled(tool) }
    let deadline = ContinuousClock.now + limit
    var out = try Pipe(for: tool)
    defer { out.close() }
    var err = try Pipe(for: tool)
    defer { err.close() }
    var program = NewProcess([path] + arguments)
    if let input { program.input = .descriptor(input) }
    program.output = .descriptor(out.writeEnd)
    program.errors = .descriptor(err.writeEnd)
    program.kept = descriptor.map { ($0, $0) }
    program.directory = directory
    let child: pid_t
    do throws(Errno) { child = try program.start() } catch { throw .cannotStart(tool, error.rawValue) }
    out.closeWriteEnd()
    err.closeWriteEnd()
    var complaint: [UInt8] = []
    guard let status = collect(child, &out, &err, until: deadline, take, { complaint += $0 }) else {
      end(child)
      throw .timedOut(tool, limit: limit)
    }
    // The low seven bits of a wait status are the signal, 0 for an ordinary end.
    if status & 0x7F != 0 { throw .killed(tool, signal: status & 0x7F) }
    return ToolOutput(status: (status >> 8) & 0xFF, standardOutput: [], standardError: complaint)
  }

  /// Reads both pipes until the child has ended; its wait status, or nil when the time is up. A
  /// grandchild may keep the pipes open, so their end is not what is waited for.
  private func collect(
    _ child: pid_t, _ out: inout Pipe, _ err: inout Pipe, until deadline: ContinuousClock.Instant,
    _ take: (ArraySlice<UInt8>) -> Void, _ takeError: (ArraySlice<UInt8>) -> Void
  ) -> Int32? {
    var pause: Int32 = 1
    while true {
      out.drain(take)
      err.drain(takeError)
      var status: Int32 = 0
      let ended = waitpid(child, &status, WNOHANG)
      if ended != 0 {
        out.drain(take)
        err.drain(takeError)
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
}

/// A pipe of ours, read without blocking.
private struct Pipe {
  let readEnd: Int32
  private(set) var writeEnd: Int32
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

  /// Gives on what is there now.
  mutating func drain(_ take: (ArraySlice<UInt8>) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while !isAtEnd {
      let count = read(readEnd, &buffer, buffer.count)
      if count > 0 { take(buffer[..<count]) }
      if count == 0 { isAtEnd = true }
      if count < 0 { return }
    }
  }
}
