// Starting other programs and ending them: posix_spawn(3), which copies nothing of this process.

import CLinux
import Glibc

/// A program that is to be started. It gets an empty signal mask: a thread that blocks signals would otherwise start a
/// child that cannot be stopped. All descriptors that are not named here are expected to be close-on-exec.
package struct NewProcess {
  package enum Stream {
    case nothing
    case descriptor(Int32)
    /// That of this process.
    case inherited
  }

  /// A path, or a name that is looked for in PATH; and its arguments.
  package var words: [String]
  package var input = Stream.nothing
  package var output = Stream.inherited
  package var errors = Stream.inherited
  /// A further descriptor that stays open, and its number there.
  package var kept: (descriptor: Int32, number: Int32)?
  package var directory: String?
  /// Variables of its environment, beside those of this process.
  package var variables: [(name: String, value: String)] = []
  /// Whether signals that this process ignores do their usual work there; otherwise those of failed writes alone do.
  package var hasUsualSignals = false
  /// Whether it is the first process of a group of its own.
  package var leadsGroup = false

  package init(_ words: [String]) { self.words = words }

  /// Starts it. Its end is the caller's to wait for.
  package func start() throws(Errno) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in [(STDIN_FILENO, input), (STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
      switch stream {
      case .nothing: posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
      // dup2(2) onto itself takes close-on-exec away, in the child alone.
      case .descriptor(let own): posix_spawn_file_actions_adddup2(&actions, own, number)
      case .inherited: break
      }
    }
    if let kept { posix_spawn_file_actions_adddup2(&actions, kept.descriptor, kept.number) }
    if let directory { posix_spawn_file_actions_addchdir_np(&actions, directory) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var usual = sigset_t()
    sigemptyset(&usual)
    if hasUsualSignals {
      sigfillset(&usual)
    } else {
      for signal in [SIGPIPE, SIGXFSZ] { sigaddset(&usual, signal) }
    }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &usual)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (leadsGroup ? POSIX_SPAWN_SETPGROUP : 0)
    posix_spawnattr_setflags(&attributes, Int16(flags))

    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    let own: [UnsafeMutablePointer<CChar>?] =
      inherited + variables.map { strdup("\($0.name)=\($0.value)") } + [nil]
    defer { for text in arguments + own { free(text) } }
    var child: pid_t = 0
    let problem = posix_spawnp(&child, words.first ?? "", &actions, &attributes, arguments, own)
    guard problem == 0 else { throw Errno(rawValue: problem) }
    return child
  }

  /// The variables of this process that it does not get other values for.
  private var inherited: [UnsafeMutablePointer<CChar>?] {
    let replaced = Set(variables.map(\.name))
    var copies: [UnsafeMutablePointer<CChar>?] = []
    guard var entry = current_environment() else { return [] }
    while let text = entry.pointee {
      if !replaced.contains(String(String(cString: text).prefix { $0 != "=" })) {
        copies.append(strdup(text))
      }
      entry += 1
    }
    return copies
  }
}

/// Ends a child of this process: politely, after a second for certain.
///
/// - Parameter group: whether it leads a group of its own, all of which ends.
package func end(_ child: pid_t, group: Bool = false) {
  let target = group ? -child : child
  var status: Int32 = 0
  kill(target, SIGTERM)
  let patience = ContinuousClock.now + .seconds(1)
  while ContinuousClock.now < patience {
    if waitpid(child, &status, WNOHANG) != 0 {
      // Of its group some may have stayed.
      if group { kill(target, SIGKILL) }
      return
    }
    poll(nil, 0, 10)
  }
  kill(target, SIGKILL)
  waitpid(child, &status, 0)
}
