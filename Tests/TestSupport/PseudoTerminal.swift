// A program on a terminal whose every byte is kept: for what goes to the terminal raw, and for when it goes.
import CLinux
import Glibc

/// A program that runs on a pseudo-terminal of its own. It is killed when the last reference to it goes.
///
/// Nothing reads the terminal but the waiting functions here, so keep waiting for something.
package final class PseudoTerminal {
  package let pid: pid_t
  /// Everything that the program has written.
  package private(set) var bytes: [UInt8] = []
  /// When the last of `bytes` came.
  package private(set) var lastByte: ContinuousClock.Instant
  private let file: Int32
  private var ended: ExitStatus?

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - command: The program, its path or a name to be looked up in PATH, and its arguments.
  ///   - speed: What the line says of itself, such as `B9600`; nothing is slower for that.
  ///   - environment: Changes to the environment of the test run; TERM is xterm-256color unless said otherwise.
  package init(
    _ command: [String], width: Int = 80, height: Int = 24, speed: Int32? = nil,
    environment: [String: String?] = [:]
  ) throws(TestFailure) {
    file = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
    // Not ptsname(3), which has one answer for all threads: two tests would share a terminal.
    var name = [CChar](repeating: 0, count: 64)
    guard file >= 0, grantpt(file) == 0, unlockpt(file) == 0, ptsname_r(file, &name, name.count) == 0 else {
      throw .system("open a pseudo-terminal")
    }
    var size = winsize(
      ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
    guard ioctl(file, UInt(TIOCSWINSZ), &size) == 0 else { throw .system("set the size of a terminal") }
    if let speed {
      var state = termios()
      guard tcgetattr(file, &state) == 0, cfsetspeed(&state, speed_t(speed)) == 0,
        tcsetattr(file, TCSANOW, &state) == 0
      else { throw .system("set the speed of a terminal") }
    }
    let variables: [String: String?] = ["TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": nil]
    lastByte = .now
    pid = try spawn(
      command, environment: currentEnvironment(changedBy: variables.merging(environment) { $1 }),
      standardFiles: .terminal(text(of: name)))
  }

  deinit {
    if status == nil {
      kill(pid, SIGKILL)
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    }
    close(file)
  }

  /// Types `text`.
  package func type(_ text: String) throws(TestFailure) {
    let bytes = Array(text.utf8)
    guard write(file, bytes, bytes.count) == bytes.count else { throw .system("type into a terminal") }
  }

  /// Takes in what the program writes until `time`, or until it has written something.
  package func read(until time: ContinuousClock.Instant) {
    let left = ContinuousClock.now.duration(to: time).components
    let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
    var wait = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
    guard poll(&wait, 1, Int32(max(0, milliseconds))) > 0 else { return }
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = Glibc.read(file, &chunk, chunk.count)
    if count > 0 {
      lastByte = .now
      bytes += chunk[..<count]
    } else {
      // The other end is closed: poll would return at once, again and again.
      usleep(3_000)
    }
  }

  /// Waits until `text` is among the bytes, and returns all of them as text.
  @discardableResult
  package func waitFor(_ text: String, limit: Duration = .long) throws(TestFailure) -> String {
    let deadline = ContinuousClock.now + limit
    while true {
      let all = String(decoding: bytes, as: UTF8.self)
      if all.contains(text) { return all }
      guard ContinuousClock.now < deadline else {
        throw TestFailure(
          "waited \(limit) for \"\(text)\" on the terminal; there was:\n\(all.debugDescription)")
      }
      read(until: deadline)
    }
  }

  /// Takes in what the program writes until it ends.
  @discardableResult
  package func waitForExit(limit: Duration = .long) throws(TestFailure) -> ExitStatus {
    let deadline = ContinuousClock.now + limit
    while true {
      if let status {
        read(until: .now)
        return status
      }
      guard ContinuousClock.now < deadline else {
        throw TestFailure("waited \(limit) for the end of a program on a terminal")
      }
      read(until: min(deadline, .now + .milliseconds(20)))
    }
  }

  /// How it ended, or nil while it runs.
  package var status: ExitStatus? {
    if ended == nil {
      var status: Int32 = 0
      if waitpid(pid, &status, WNOHANG) == pid { ended = ExitStatus(waitStatus: status) }
    }
    return ended
  }
}
