// The loop of `--plain`: lines, messages and signals to the session, and what it says to the terminal.

import Changes
import Editing
import Gateways
import Glibc
import Liveness
import PostfixFiles
import System
import Threads

/// Runs the console line by line until the person leaves it, or the input ends.
///
/// - Returns: the exit status; see `runConsole`.
package func runPlainConsole(
  _ config: MailConfig, as identity: Identity, signals: Signals, writer: Writer, probes: ProbeSettings,
  agent: AgentLink, machine: @escaping @Sendable (MailConfig) -> Machine, settings: Settings
) -> Int32 {
  let unwritten = identity.isReadOnly ? nil : UnwrittenEdits(writer, of: config.directory)
  // See `runConsole`.
  tzset()
  var session = PlainSession(
    Model(
      config, identity: identity, symbols: .words, machine: machine, archive: Archive(writer, of: config),
      unwritten: unwritten, settings: settings))
  let mailbox = Mailbox<Message>()
  let terminal = PlainTerminal()
  let services = Services(
    config, signals: signals, writer: writer, probes: probes, agent: agent, mailbox: mailbox,
    terminal: terminal)
  defer {
    services.end()
    terminal.giveBack()
  }
  terminal.say([session.greeting])
  let status = PlainLoop(terminal: terminal, services: services, signals: signals, mailbox: mailbox).run(
    &session)
  session.endKeeping(mailbox, status: status, perform: services.perform)
  return status
}

extension PlainTerminal: Display {
  /// There is no clipboard that every terminal has: the text is said.
  func copy(_ text: String) {
    say(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
  }
  /// There is no mouse, and there are no colours.
  func use(_ settings: Settings) {}
  func use(_ theme: Theme) {}
  func suspend() { giveBack() }
  func resume() { take() }
}

private struct PlainLoop {
  let terminal: PlainTerminal
  let services: Services
  let signals: Signals
  let mailbox: Mailbox<Message>

  func run(_ session: inout PlainSession) -> Int32 {
    if let status = carryOut(PlainSession.Answer(effects: session.model.startEffects)) { return status }
    var hasEnded = false
    while true {
      if hasEnded, !session.isBusy, !session.hasWaitingLines, !session.model.isKeeping {
        return leave(session)
      }
      if !session.isBusy { terminal.ask(session.prompt) }
      var sources = [signals.descriptor, mailbox.descriptor, hasEnded ? -1 : STDIN_FILENO].map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
      let ready = poll(&sources, nfds_t(sources.count), timeout(until: session.model.wakeTime))
      let now = ContinuousClock.now
      var answers: [PlainSession.Answer] = []
      if ready == 0 { answers.append(session.take(.wake, now: now)) }
      if sources[0].revents != 0 {
        for event in signals.read() {
          if case .end(let signal) = event { return 128 + signal }
          if case .interrupted = event { answers.append(session.interrupt(now)) }
        }
      }
      if sources[1].revents != 0 {
        for message in mailbox.empty() { answers.append(session.take(.message(message), now: now)) }
      }
      if sources[2].revents != 0 {
        for input in terminal.read() {
          switch input {
          case .line(let line): answers.append(session.take(line: line, now: now))
          case .complete(let text): terminal.complete(session.completions(of: text))
          // The line that was begun is gone, and that is all: as in a shell.
          case .lineDropped where !session.isBusy: break
          case .interrupt, .lineDropped: answers.append(session.interrupt(now))
          case .end: hasEnded = true
          }
        }
      }
      for answer in answers { if let status = carryOut(answer) { return status } }
    }
  }

  /// - Returns: the status to leave with.
  private func carryOut(_ answer: PlainSession.Answer) -> Int32? {
    terminal.say(answer.said)
    for effect in answer.effects {
      if case .quit(let status) = services.perform(effect) { return status }
    }
    return nil
  }

  /// Nobody is there to ask: edits stay kept for the next start.
  private func leave(_ session: PlainSession) -> Int32 {
    let count = session.unwrittenCount
    if count == 0 { return 0 }
    let edits = count == 1 ? "1 edit is" : "\(count) edits are"
    let end =
      session.model.keepingProblem.map { "not written, and the last one is not kept: \(printable($0))" }
      ?? "kept for the next start, not written"
    terminal.say(["the input has ended: \(edits) \(end)"])
    return 1
  }
}
