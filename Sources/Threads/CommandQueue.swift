// A command of the administrator's that is told what happens: run once for each event, one run after the other, on a thread
// that nothing else waits for. A command that hangs, fails or prints without end costs its caller nothing.

import Glibc
import Synchronization
import System

package final class CommandQueue: Sendable {
  /// What one run gets in its environment, beside that of this process.
  package typealias Variables = [(name: String, value: String)]

  private struct State {
    var waiting: [Variables] = []
    /// Events that came while the queue was full.
    var dropped = 0
    var isEnding = false
    /// The run that is under way; 0: none.
    var child: pid_t = 0
  }

  private let command: String
  private let limit: Duration
  private let say: @Sendable (String) -> Void
  private let state = Mutex(State())
  private let wake = Mailbox<Void>()

  /// More events wait for no command: each is one call, and the newest state is in the next one.
  package static let capacity = 100

  /// - Parameters:
  ///   - command: a line for sh(1).
  ///   - limit: how long a run may take; then it is ended.
  ///   - say: gets a line where a run failed or events were dropped. Called on the queue's thread.
  package init(
    _ command: String, limit: Duration = .seconds(30), say: @escaping @Sendable (String) -> Void
  ) {
    self.command = command
    self.limit = limit
    self.say = say
    inBackground { [self] in
      repeat {
        _ = wake.wait()
        while let variables = next() { runOnce(variables) }
      } while !state.withLock { $0.isEnding }
    }
  }

  /// Has the command run with these variables, after those runs that wait. Never waits itself.
  package func run(_ variables: Variables) {
    let isFirst = state.withLock { state in
      guard !state.isEnding else { return false }
      guard state.waiting.count < Self.capacity else {
        state.dropped += 1
        return false
      }
      state.waiting.append(variables)
      return state.waiting.count == 1
    }
    if isFirst { wake.post(()) }
  }

  /// Ends a run that is under way, and begins no other.
  package func shutdown() {
    let child = state.withLock { state in
      state.isEnding = true
      state.waiting = []
      return state.child
    }
    // Its process group is its own. It is reaped by the thread that started it, so the number is still its own.
    if child > 0 { kill(-child, SIGKILL) }
    wake.post(())
  }

  private func next() -> Variables? {
    let (variables, dropped) = state.withLock { state -> (Variables?, Int) in
      guard !state.waiting.isEmpty else { return (nil, 0) }
      defer { state.dropped = 0 }
      return (state.waiting.removeFirst(), state.dropped)
    }
    if dropped > 0 { say("--notify: \(dropped) changes were not told: the command takes too long") }
    return variables
  }

  private func runOnce(_ variables: Variables) {
    guard let child = start(variables) else { return }
    let deadline = ContinuousClock.now + limit
    var pause: Int32 = 1
    var status: Int32 = 0
    while waitpid(child, &status, WNOHANG) == 0 {
      if ContinuousClock.now >= deadline {
        end(child, group: true)
        forget(child)
        return say("--notify: the command took longer than \(limit.components.seconds) s and was ended")
      }
      poll(nil, 0, pause)
      pause = min(pause * 2, 50)
    }
    forget(child)
    if status & 0x7F != 0 {
      if !state.withLock({ $0.isEnding }) {
        say("--notify: the command was ended by signal \(status & 0x7F)")
      }
    } else if (status >> 8) & 0xFF != 0 {
      say("--notify: the command ended with status \((status >> 8) & 0xFF)")
    }
  }

  private func forget(_ child: pid_t) {
    state.withLock { if $0.child == child { $0.child = 0 } }
  }

  /// Starts the command in a process group of its own, with all output thrown away; nil where that fails.
  private func start(_ variables: Variables) -> pid_t? {
    var program = NewProcess(["/bin/sh", "-c", command])
    (program.output, program.errors) = (.nothing, .nothing)
    program.variables = variables
    program.hasUsualSignals = true
    program.leadsGroup = true
    let call = program
    // Under the lock, so that an end in between finds it.
    let started = state.withLock { state -> Result<pid_t, Errno>? in
      if state.isEnding { return nil }
      do throws(Errno) {
        state.child = try call.start()
        return .success(state.child)
      } catch {
        return .failure(error)
      }
    }
    switch started {
    case .success(let child): return child
    case .failure(let error): say("--notify: cannot start /bin/sh: \(error)")
    case nil: break
    }
    return nil
  }
}
