// The signals that the loop takes as events instead of interruptions.

import CLinux
import Glibc

/// Signals, read from a descriptor. Blocks them for the calling thread and every thread that it starts later, so
/// it is made before any other thread is.
package final class Signals {
  /// Readable when a signal came.
  package let descriptor: Int32
  private var before = sigset_t()

  /// What came.
  package enum Event: Hashable {
    /// The terminal's size changed.
    case resized
    /// ^C from outside: another process sent SIGINT.
    case interrupted
    /// ^Z: SIGTSTP.
    case stop
    /// SIGCONT.
    case continued
    /// SIGTERM, SIGHUP or SIGQUIT: the process is to end.
    case end(Int32)
  }

  package init() {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in [SIGWINCH, SIGINT, SIGTSTP, SIGCONT, SIGTERM, SIGHUP, SIGQUIT] { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, &before)
    descriptor = signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
    precondition(descriptor >= 0, "signalfd: \(Errno.last)")
  }

  deinit {
    Glibc.close(descriptor)
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }

  /// The signals that came and were not read yet.
  package func read() -> [Event] {
    var events: [Event] = []
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    while withUnsafeMutableBytes(of: &info, { Glibc.read(descriptor, $0.baseAddress, size) }) == size {
      switch Int32(info.ssi_signo) {
      case SIGWINCH: events.append(.resized)
      case SIGINT: events.append(.interrupted)
      case SIGTSTP: events.append(.stop)
      case SIGCONT: events.append(.continued)
      case let other: events.append(.end(other))
      }
    }
    return events
  }

  /// Stops this process until someone continues it.
  ///
  /// - Returns: the signal that told it to end meanwhile, if there was one.
  package func stop() -> Int32? {
    kill(getpid(), SIGSTOP)
    // Another thread may take the signal a moment later: what says that we go on is SIGCONT.
    while true {
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      poll(&wait, 1, -1)
      let events = read()
      // That comes together with SIGCONT, as a rule.
      for case .end(let signal) in events { return signal }
      if events.contains(.continued) { return nil }
    }
  }
}
