// The loop: waits for keys, messages, signals and the next timer; hands them to the program, runs the effects
// that it asks for, and draws what it shows. It makes no system call while nothing happens.

import Glibc
import System
import Threads

/// What happens to a program.
package enum Event<Message: Sendable>: Sendable {
  case key(Key)
  case message(Message)
  /// The time that the program asked to be woken at has come.
  case wake
}

/// A terminal program as a pure value.
package protocol Program {
  /// The messages of other threads to it.
  associatedtype Message: Sendable
  /// What it wants done outside of itself.
  associatedtype Effect

  /// Takes an event in.
  mutating func update(_ event: Event<Message>, now: ContinuousClock.Instant) -> [Effect]
  /// Brings what depends on the size of the screen in order, before it is shown.
  mutating func settle(on size: Size)
  /// The screen, at that size.
  func view(_ size: Size) -> Frame
  /// When it wants to be woken though nothing happens.
  var wakeTime: ContinuousClock.Instant? { get }
}

/// How an effect leaves the loop.
package enum LoopOutcome: Hashable, Sendable {
  case goOn
  /// Leave the loop with this exit status.
  case quit(Int32)
}

/// Runs `program` until it quits.
///
/// - Parameters:
///   - start: effects to run after the first screen is painted.
///   - perform: does one effect; it must not wait for anything slow.
/// - Returns: the exit status; 128 + the signal where one ended it.
package func run<Running: Program>(
  _ program: inout Running, on terminal: Terminal, signals: Signals, mailbox: Mailbox<Running.Message>,
  starting start: [Running.Effect], perform: (Running.Effect) -> LoopOutcome
) -> Int32 {
  var waiting = start
  show(&program, on: terminal)
  while true {
    for effect in waiting {
      switch perform(effect) {
      case .goOn: break
      case .quit(let status): return status
      }
    }
    if !waiting.isEmpty { show(&program, on: terminal) }
    waiting = []

    var sources = [terminal.input, signals.descriptor, mailbox.descriptor].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    let ready = poll(&sources, nfds_t(sources.count), timeout(until: program.wakeTime))
    let now = ContinuousClock.now
    if ready == 0 { waiting += program.update(.wake, now: now) }
    if sources[1].revents != 0 {
      for event in signals.read() {
        switch event {
        case .resized: terminal.fit()
        case .continued: terminal.resume()
        case .stop: if let signal = suspend(terminal, signals) { return 128 + signal }
        case .interrupted: waiting += program.update(.key(.control("c")), now: now)
        case .end(let signal): return 128 + signal
        }
      }
    }
    if sources[2].revents != 0 {
      for message in mailbox.empty() { waiting += program.update(.message(message), now: now) }
    }
    if sources[0].revents & Int16(POLLHUP | POLLERR) != 0 { return 128 + SIGHUP }
    if sources[0].revents != 0 {
      for key in terminal.readKeys() {
        if key == .control("z") {
          if let signal = suspend(terminal, signals) { return 128 + signal }
        } else {
          waiting += program.update(.key(key), now: now)
        }
      }
    }
    show(&program, on: terminal)
  }
}

private func show(_ program: inout some Program, on terminal: Terminal) {
  program.settle(on: terminal.size)
  terminal.draw(program.view(terminal.size))
}

/// - Returns: the signal that told us to end meanwhile: another program may have the terminal then.
private func suspend(_ terminal: Terminal, _ signals: Signals) -> Int32? {
  terminal.suspend()
  if let signal = signals.stop() { return signal }
  terminal.resume()
  return nil
}
