// Lends the terminal to the person's editor, and takes it back when that ends.

import CLinux
import Glibc
import System
import Threads

/// The editor of the environment: $VISUAL, then $EDITOR, then vi, as the other tools of a shell have it.
struct Editor {
  private let command: String

  init(_ variable: (String) -> String? = environmentVariable) {
    command = variable("VISUAL") ?? variable("EDITOR") ?? "vi"
  }

  /// How the time with an editor ends.
  enum Ending {
    /// With what went wrong; nil where nothing did.
    case back(String?)
    /// A signal told us to end meanwhile. The terminal is not taken again.
    case told(Int32)
  }

  /// Opens a file at a line and waits until the editor ends.
  func open(_ place: FilePlace, on terminal: any Display, signals: Signals) -> Ending {
    terminal.suspend()
    let ending = run(place, signals)
    if case .back = ending { terminal.resume() }
    return ending
  }

  /// The shell takes the command apart: it may have options of its own. It waits until the terminal is its own.
  private var words: [String] {
    ["/bin/sh", "-c", "read -r go <&9; exec 9<&-; exec \(command) \"$@\"", "sh"]
  }

  private func run(_ place: FilePlace, _ signals: Signals) -> Ending {
    var gate: [Int32] = [-1, -1]
    guard pipe2(&gate, O_CLOEXEC) == 0 else {
      return .back("the editor cannot be started: \(Errno.last)")
    }
    defer { for end in gate { close(end) } }
    // The console takes its signals from a descriptor; the editor gets them as usual, in a job of its own.
    var program = NewProcess(words + ["+\(place.line)", place.path])
    program.input = .inherited
    program.kept = (gate[0], 9)
    program.leadsGroup = true
    let before = TerminalRescue.state(of: STDIN_FILENO)
    // No shell is there to go on with an editor that ^Z stops, so it is born with that ignored.
    let stops = signal(SIGTSTP, SIG_IGN)
    let started = Result { () throws(Errno) in try program.start() }
    signal(SIGTSTP, stops)
    let pid: pid_t
    do throws(Errno) { pid = try started.get() } catch {
      return .back("the editor cannot be started: \(error)")
    }
    let own = getpgrp()
    giveTerminal(to: pid)
    defer { giveTerminal(to: own) }
    _ = write(gate[1], "\n", 1)
    let ended = Mailbox<String?>()
    inBackground { ended.post(wait(for: pid)) }
    while true {
      if let problem = Self.next(of: ended, or: signals, within: nil) { return .back(problem) }
      for case .end(let signal) in signals.read() {
        end(pid, signal, ended, signals, leaving: before)
        return .told(signal)
      }
    }
  }

  /// Passes on the signal that tells us to end. What the editor has not saved is its own to keep: it gets the time for that.
  private func end(
    _ pid: pid_t, _ signal: Int32, _ ended: Mailbox<String?>, _ signals: Signals, leaving state: termios
  ) {
    kill(-pid, signal)
    kill(-pid, SIGCONT)
    _ = Self.next(of: ended, or: nil, within: Self.patience)
    var state = state
    let before = Glibc.signal(SIGTTOU, SIG_IGN)
    tcsetattr(STDIN_FILENO, TCSANOW, &state)
    Glibc.signal(SIGTTOU, before)
  }

  private static let patience = Duration.seconds(2)

  /// What the editor has ended with; nil where a signal comes first, or nothing in time.
  private static func next(
    of ended: Mailbox<String?>, or signals: Signals?, within limit: Duration?
  ) -> String?? {
    var sources = [ended.descriptor, signals?.descriptor ?? -1].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    poll(&sources, 2, timeout(until: limit.map { .now + $0 }))
    return ended.empty().first
  }

  private func wait(for pid: pid_t) -> String? {
    var status: Int32 = 0
    while true {
      guard waitpid(pid, &status, WUNTRACED) == pid else {
        if errno == EINTR { continue }
        return nil
      }
      // Stopped by itself, as vim does at ^Z.
      if status & 0xFF == 0x7F {
        giveTerminal(to: pid)
        kill(-pid, SIGCONT)
        continue
      }
      let code = status >> 8 & 0xFF
      if status & 0x7F != 0 { return "the editor \(command) was ended by signal \(status & 0x7F)" }
      if code == 127 { return "no editor \(command): set VISUAL or EDITOR" }
      return code == 0 ? nil : "the editor \(command) ended with status \(code)"
    }
  }

  /// A process in the background that takes the terminal is stopped by SIGTTOU, unless that is ignored.
  private func giveTerminal(to group: pid_t) {
    let before = signal(SIGTTOU, SIG_IGN)
    tcsetpgrp(STDIN_FILENO, group)
    signal(SIGTTOU, before)
  }
}
