// Gives the terminal back when the program dies of a fault, and keeps standard error off the screen
// while there is one.

import CLinux
import Glibc

/// A signal that means a fault, and what handled it before.
private struct FaultHandler {
  let signal: Int32
  var action: sigaction
}

/// What a dying process has to put back. Numbers and memory of its own alone: a handler may have interrupted malloc(3), so it can
/// neither allocate nor free.
private struct Remains {
  var terminal: Int32
  var state: termios
  /// The sequences that leave the screen: bytes that stay where they are for as long as the process lives.
  var leaving: UnsafeMutableBufferPointer<UInt8>
  /// Standard error as it was, and the file that replaces it.
  var standardError: Int32
  var captured: Int32
  var handlers: UnsafeMutableBufferPointer<FaultHandler>
  /// For what goes to standard error.
  var buffer: UnsafeMutableRawBufferPointer

  func deallocate() {
    leaving.deallocate()
    handlers.deallocate()
    buffer.deallocate()
  }
}

/// Read by a signal handler, which takes no arguments: so it is a global. The main thread writes it
/// before the handlers are set and after they are taken away.
nonisolated(unsafe) private var remains: Remains?

private let faults = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV]

/// From `init` to `end()`, a fault restores the terminal first, and standard error goes to a file.
struct TerminalRescue {
  /// The settings of a terminal, to be put back later.
  static func state(of terminal: Int32) -> termios {
    var state = termios()
    tcgetattr(terminal, &state)
    return state
  }

  init(terminal: Int32, before state: termios, leaving: String) {
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: leaving.utf8.count)
    _ = bytes.initialize(from: leaving.utf8)
    var captured: Int32 = -1
    var standardError: Int32 = -1
    // Someone who sends standard error elsewhere gets it there at once.
    if isatty(STDERR_FILENO) == 1 {
      captured = memfd_create("randmap-stderr", UInt32(MFD_CLOEXEC))
      standardError = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
    }
    let handlers = UnsafeMutableBufferPointer<FaultHandler>.allocate(capacity: faults.count)
    _ = handlers.initialize(
      from: faults.map { fault in
        var before = sigaction()
        sigaction(fault, nil, &before)
        return FaultHandler(signal: fault, action: before)
      })
    let own = Remains(
      terminal: terminal, state: state, leaving: bytes, standardError: standardError, captured: captured,
      handlers: handlers, buffer: .allocate(byteCount: 1024, alignment: 1))
    // Once beforehand, where all is as it was: the first call of these looks up types, with a lock and with memory.
    restoreStandardError(own)
    restoreHandlers(own)
    if captured >= 0 { dup2(captured, STDERR_FILENO) }
    remains = own
    var action = sigaction()
    action.__sigaction_handler.sa_sigaction = { signal, info, _ in
      giveBack(after: signal, isSent: (info?.pointee.si_code ?? 0) <= 0)
    }
    action.sa_flags = Int32(SA_ONSTACK) | SA_SIGINFO
    for fault in faults { sigaction(fault, &action, nil) }
  }

  /// The terminal has been given back already: what was written to standard error is shown.
  func end() {
    if let remains {
      restoreHandlers(remains)
      restoreStandardError(remains)
      Glibc.close(remains.captured)
      Glibc.close(remains.standardError)
      remains.deallocate()
    }
    remains = nil
  }
}

/// Puts everything back. What handled the fault before (the runtime's backtrace, or the default) takes it from
/// here: the instruction that failed runs again, or abort() goes on. Makes only calls that a signal handler may.
///
/// - Parameter isSent: whether kill(2) or the like sent the signal, and no instruction failed: none would run again, and the
///   process would live on without its terminal. So the signal comes once more, when this has returned.
private func giveBack(after signal: Int32, isSent: Bool) {
  defer { if isSent { raise(signal) } }
  guard let remains else { return }
  write(remains.terminal, remains.leaving.baseAddress, remains.leaving.count)
  var state = remains.state
  tcsetattr(remains.terminal, TCSANOW, &state)
  restoreStandardError(remains)
  restoreHandlers(remains)
}

private func restoreHandlers(_ remains: Remains) {
  var index = 0
  while index < remains.handlers.count {
    sigaction(remains.handlers[index].signal, &remains.handlers[index].action, nil)
    index += 1
  }
}

private func restoreStandardError(_ remains: Remains) {
  guard remains.captured >= 0, remains.standardError >= 0 else { return }
  dup2(remains.standardError, STDERR_FILENO)
  lseek(remains.captured, 0, SEEK_SET)
  while true {
    let count = read(remains.captured, remains.buffer.baseAddress, remains.buffer.count)
    guard count > 0 else { return }
    write(STDERR_FILENO, remains.buffer.baseAddress, count)
  }
}
