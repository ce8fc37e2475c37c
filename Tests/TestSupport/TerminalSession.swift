// A program in a terminal of its own, driven with real keys and read as a screen: tmux, unseen.
import Glibc

/// A program that runs in a tmux window of its own: own server, own socket, none of the person's settings.
package final class TerminalSession {
  private let directory: TemporaryDirectory
  private let tmux: String
  private let socket: String

  /// Starts a program in a terminal.
  ///
  /// - Parameters:
  ///   - command: The program's path and its arguments.
  ///   - environment: Variables beside those of the test run; LANG is UTF-8 unless said otherwise.
  package init(
    _ command: [String], width: Int = 80, height: Int = 24, environment: [String: String] = [:]
  ) throws(TestFailure) {
    tmux = try requiredTool("tmux", package: "tmux")
    directory = try TemporaryDirectory()
    socket = directory.file("tmux")
    // remain-on-exit keeps the last screen and the exit status; escape-time 0 passes ESC on at once.
    let settings = [
      "set -g remain-on-exit on", "set -g status off", "set -sg escape-time 0",
      "set -g default-terminal tmux-256color",
    ]
    let settingsFile = try directory.write("settings", settings.joined(separator: "\n") + "\n")
    let variables = environment.merging(["LANG": "C.UTF-8"]) { given, _ in given }
    try runSuccessfully(
      tmux,
      [
        "-u", "-S", socket, "-f", settingsFile, "new-session", "-d", "-x", String(width), "-y",
        String(height),
      ]
        + variables.flatMap { ["-e", "\($0.key)=\($0.value)"] } + ["--", "env"] + command)
  }

  deinit {
    _ = try? control("kill-server")
  }

  /// Types keys by their tmux names: `Enter`, `Escape`, `Up`, `C-c`, `F1`, `q`.
  package func press(_ keys: String...) throws(TestFailure) {
    for key in keys { try control("send-keys", "-t", ":", key) }
  }

  /// Types text as it is.
  package func type(_ text: String) throws(TestFailure) {
    try control("send-keys", "-t", ":", "-l", "--", text)
  }

  /// Pastes text, in brackets if the program asked for bracketed paste.
  package func paste(_ text: String) throws(TestFailure) {
    try control("set-buffer", "--", text)
    try control("paste-buffer", "-p", "-t", ":")
  }

  /// Gives the terminal another size.
  package func resize(width: Int, height: Int) throws(TestFailure) {
    try control("resize-window", "-t", ":", "-x", String(width), "-y", String(height))
  }

  /// The screen as text: a line a row, blanks at the ends of lines cut off.
  package func screen() throws(TestFailure) -> String {
    try control("capture-pane", "-p", "-t", ":")
  }

  /// The screen with its colours, as escape sequences.
  package func colouredScreen() throws(TestFailure) -> String {
    try control("capture-pane", "-p", "-e", "-t", ":")
  }

  /// The process id of the program.
  package func pid() throws(TestFailure) -> pid_t {
    let text = try control("display-message", "-p", "-t", ":", "#{pane_pid}")
    guard let pid = pid_t(text.filter(\.isNumber)) else { throw TestFailure("tmux: no process id: \(text)") }
    return pid
  }

  /// Whether the terminal is as a shell wants it: the cursor can be seen, and there are no reports of the mouse. Which of its
  /// two screens it shows is not looked at: tmux stays on the second one after reset(1), where terminals go back.
  package func isPlain() throws(TestFailure) -> Bool {
    try control("display-message", "-p", "-t", ":", "#{cursor_flag}#{mouse_any_flag}").hasPrefix("10")
  }

  /// Waits until `text` is on the screen, and returns the screen.
  @discardableResult
  package func waitFor(_ text: String, limit: Duration = .long) throws(TestFailure) -> String {
    try waitFor("\"\(text)\" on the screen", limit: limit) { $0.contains(text) }
  }

  /// Waits until `text` is no longer on the screen, and returns the screen.
  @discardableResult
  package func waitUntilGone(_ text: String, limit: Duration = .long) throws(TestFailure) -> String {
    try waitFor("\"\(text)\" to leave the screen", limit: limit) { !$0.contains(text) }
  }

  /// Waits until the screen is as it should be, and returns it whole. tmux shows a screen as far as it is drawn: a row of the new
  /// one can stand beside rows of the old one. So a screen counts that is the same on two looks, with a program between them
  /// that waits for something.
  @discardableResult
  package func waitFor(
    _ what: String, limit: Duration = .long, _ isRight: (String) -> Bool
  ) throws(TestFailure) -> String {
    var (last, wasAtRest) = ("", false)
    return try TestSupport.waitFor(what, limit: limit, seen: last) { () throws(TestFailure) -> String? in
      let before = last
      last = try screen()
      if last == before, wasAtRest, isRight(last) { return last }
      wasAtRest = try isAtRest()
      return nil
    }
  }

  /// Whether the program that the terminal belongs to is gone, or its first thread waits for something: it does not draw.
  private func isAtRest() throws(TestFailure) -> Bool {
    // proc(5): the name, in brackets, may have anything in it; the state comes after it, and the group in front as the sixth.
    func fields(_ pid: pid_t) -> [Substring] {
      guard let text = try? readText("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
        return []
      }
      return text[text.index(after: end)...].split(separator: " ")
    }
    let first = fields(try pid())
    guard first.count > 5, let inFront = pid_t(first[5]) else { return true }
    return !["R", "D"].contains(fields(inFront).first)
  }

  /// How the program ended, or nil while it runs.
  package func exitStatus() throws(TestFailure) -> ExitStatus? {
    let answer = try control(
      "display-message", "-p", "-t", ":", "#{pid},#{pane_dead},#{pane_dead_status},#{pane_dead_signal},")
    let fields = answer.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count == 5, fields[1] == "1" else { return nil }
    if let status = Int32(fields[2]) { return .exited(status) }
    if let signal = Int32(fields[3]) { return .killed(signal: signal) }
    // tmux 3.3 now and then misses the end of its child on a busy machine; this makes its server look again.
    if let server = pid_t(fields[0]) { kill(server, SIGCHLD) }
    return nil
  }

  /// Waits for the end of the program.
  package func waitForExit(limit: Duration = .long) throws(TestFailure) -> ExitStatus {
    var last = ""
    return try TestSupport.waitFor("the program to end", limit: limit, seen: last) {
      () throws(TestFailure) -> ExitStatus? in
      last = try screen()
      return try exitStatus()
    }
  }

  @discardableResult
  private func control(_ arguments: String...) throws(TestFailure) -> String {
    try runSuccessfully(tmux, ["-u", "-S", socket] + arguments)
  }
}
