// What has to be done when a signal ends a command that does not listen for signals itself.

import Console
import Glibc
import Threads

/// The signals that end a process. Blocks them for the calling thread and every thread that it starts later, so it is
/// made before any other thread is. If the caller blocked them already, the caller handles them.
struct EndingSignals {
  private var signals = sigset_t()
  private let areTaken: Bool

  init() {
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] { sigaddset(&signals, signal) }
    var before = sigset_t()
    pthread_sigmask(SIG_BLOCK, &signals, &before)
    areTaken = sigismember(&before, SIGTERM) == 1
  }

  /// Does `last` when one of them comes, and then lets it do its work.
  func before(_ last: @escaping @Sendable () -> Void) {
    if areTaken { return }
    inBackground { [signals] in
      var (set, signal) = (signals, Int32(0))
      guard sigwait(&set, &signal) == 0 else { return }
      last()
      Glibc.signal(signal, SIG_DFL)
      pthread_sigmask(SIG_UNBLOCK, &set, nil)
      kill(getpid(), signal)
    }
  }
}
