// Lends the terminal to the person's editor, and takes it back when that ends.

import Glibc
import System

/// The editor of the environment: $VISUAL, then $EDITOR, then vi, as the other tools of a shell have it.
struct Editor {
  private let command: String

  init(_ variable: (String) -> String? = environmentVariable) {
    command = variable("VISUAL") ?? variable("EDITOR") ?? "vi"
  }

  /// Opens a file at a line and waits until the editor ends.
  ///
  /// - Returns: what went wrong; nil where nothing did.
  func open(_ place: FilePlace, on terminal: Terminal) -> String? {
    terminal.suspend()
    defer { terminal.resume() }
    return run(place)
  }

  /// The shell takes the command apart: it may have options of its own.
  private var words: [String] { ["/bin/sh", "-c", "exec \(command) \"$@\"", "sh"] }

  private func run(_ place: FilePlace) -> String? {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The console takes its signals from a descriptor; the editor gets them as usual, in a job of its own.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    var arguments = (words + ["+\(place.line)", place.path]).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    // No shell is there to go on with an editor that ^Z stops, so it is born with that ignored.
    let stops = signal(SIGTSTP, SIG_IGN)
    var pid = pid_t()
    let status = posix_spawn(&pid, "/bin/sh", nil, &attributes, &arguments, environ)
    signal(SIGTSTP, stops)
    guard status == 0 else { return "the editor cannot be started: \(String(cString: strerror(status)))" }
    let own = getpgrp()
    giveTerminal(to: pid)
    defer { giveTerminal(to: own) }
    return wait(for: pid)
  }

  private func wait(for pid: pid_t) -> String? {
    var status: Int32 = 0
    while true {
      guard waitpid(pid, &status, WUNTRACED) == pid else {
        if errno == EINTR { continue }
        return nil
      }
      // Stopped: by its first look at the terminal, before it was its own, or by itself, as vim does at ^Z.
      if status & 0xFF == 0x7F {
        giveTerminal(to: pid)
        kill(-pid, SIGCONT)
        continue
      }
      let code = status >> 8 & 0xFF
      if code == 127 { return "no editor \(command): set VISUAL or EDITOR" }
      return nil
    }
  }

  /// A process in the background that takes the terminal is stopped by SIGTTOU, unless that is ignored.
  private func giveTerminal(to group: pid_t) {
    let before = signal(SIGTTOU, SIG_IGN)
    tcsetpgrp(STDIN_FILENO, group)
    signal(SIGTTOU, before)
  }
}
