// From the value to a running program: the terminal, and the threads that do what the model asks for.

import Changes
import Checks
import Editing
import Gateways
import Glibc
import Liveness
import PostfixFiles
import PostfixTools
import Routing
import System
import Threads

/// Runs the console until the person leaves it.
///
/// - Parameters:
///   - config: main.cf and master.cf read; the files that they name may still be missing.
///   - signals: made before any thread was started.
///   - agent: how the agent of the configuration is asked.
///   - machine: what planning a pool has to know of this machine. Called on a thread.
///   - settings: how the person wants it.
/// - Returns: the exit status.
package func runConsole(
  _ config: MailConfig, as identity: Identity, on terminal: Terminal, signals: Signals, writer: Writer,
  probes: ProbeSettings, agent: AgentLink,
  machine: @escaping @Sendable (MailConfig) -> Machine, settings: Settings
) -> Int32 {
  // The file of the time zone is read now, and not at the first key that shows a time.
  tzset()
  let unwritten = identity.isReadOnly ? nil : UnwrittenEdits(writer, of: config.directory)
  var model = Model(
    config, identity: identity, symbols: terminal.symbols, machine: machine,
    archive: Archive(writer, of: config), unwritten: unwritten, settings: settings)
  model.facts.isLineSlow = terminal.isSlow
  terminal.use(settings)
  let mailbox = Mailbox<Message>()
  var begun: Services?
  defer { begun?.end() }
  /// The first effect comes once the first screen is painted: no screen waits for threads to start.
  func perform(_ effect: Effect) -> LoopOutcome {
    let services =
      begun
      ?? Services(
        config, signals: signals, writer: writer, probes: probes, agent: agent, mailbox: mailbox,
        terminal: terminal)
    begun = services
    return services.perform(effect)
  }
  let status = run(
    &model, on: terminal, signals: signals, mailbox: mailbox, starting: model.startEffects,
    perform: perform)
  endKeeping(&model, mailbox, status: status, perform: perform)
  return status
}

/// Who leaves by the key has decided about the edits. A signal has not: they are offered at the next start.
func endKeeping(
  _ model: inout Model, _ mailbox: Mailbox<Message>, status: Int32, perform: (Effect) -> LoopOutcome
) {
  // A thread that still keeps them would otherwise do so after they are forgotten.
  finishKeeping(&model, mailbox, perform: perform)
  if status == 0 { _ = model.facts.unwritten?.keep(nil) }
}

/// Lets the threads end that keep the edits and the settings, as far as that takes a second at most: a signal may come right after an edit,
/// and a disk may be slow.
func finishKeeping(_ model: inout Model, _ mailbox: Mailbox<Message>, perform: (Effect) -> LoopOutcome) {
  let end = ContinuousClock.now + .seconds(1)
  while model.isKeeping {
    var source = pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&source, 1, timeout(until: end)) > 0 else { return }
    for message in mailbox.empty() {
      switch message {
      case .workedOut, .settingTaken, .settingRefused: break
      default: continue
      }
      for effect in model.update(.message(message), now: .now) {
        if case .workOut = effect { _ = perform(effect) }
      }
    }
  }
}

/// What the person has in front of them, as far as effects go.
protocol Display: AnyObject {
  /// Hands a text out.
  func copy(_ text: String)
  /// Follows the settings, but for the theme.
  func use(_ settings: Settings)
  /// Takes other colours.
  func use(_ theme: Theme)
  /// Lends the terminal to another program, and takes it back.
  func suspend()
  func resume()
}

extension Terminal: Display {}

/// Does what the model asks for. Nothing here waits: slow work has a thread, and its answer is posted.
struct Services {
  private let writing: Writing
  private let watcher: Watch
  private let mail: MailWatch
  private let agent: AgentLink
  private let agentWatch: AgentWatch
  private let mailbox: Mailbox<Message>
  /// The main thread's, as is everything that is done with it.
  private let terminal: any Display
  private let signals: Signals

  init(
    _ config: MailConfig, signals: Signals, writer: Writer, probes: ProbeSettings, agent: AgentLink,
    mailbox: Mailbox<Message>, terminal: any Display
  ) {
    self.terminal = terminal
    self.signals = signals
    writing = Writing(config: config, writer: writer, files: FileWatch(config))
    watcher = Watch(settings: probes) { mailbox.post(.status($0)) }
    mail = MailWatch(settings: probes, writer: writer) { mailbox.post(.mail($0)) }
    self.agent = agent
    agentWatch = AgentWatch(agent) { mailbox.post(.agent($0)) }
    self.mailbox = mailbox
  }

  func perform(_ effect: Effect) -> LoopOutcome {
    switch effect {
    case .quit(let status): return .quit(status)
    case .readFiles(let config): answer { [writing] in .filesRead(writing.files.readNamedFiles(of: config)) }
    case .lookAtFiles: answer { [writing] in writing.files.look() }
    case .survey(let config, let known, let isGone):
      inBackground { [mailbox] in
        // Probing need not wait for the rules.
        mailbox.post(.gateways(config.gateways()))
        mailbox.post(problems(config, known, isAgentGone: isGone))
      }
    case .findProblems(let config, let known, let isGone):
      answer { problems(config, known, isAgentGone: isGone) }
    case .workOut(let work): answer { .workedOut(work()) }
    case .watch(let targets): watcher.setTargets(targets)
    case .probe(let gateway): watcher.probeNow(gateway)
    case .tryAddress(let trial):
      watcher.ask(trial.targets, for: trial.recipient) { [mailbox] readings in
        var answered = trial
        answered.readings = readings
        mailbox.post(.tried(answered))
      }
    case .copy(let text): terminal.copy(text)
    case .useSettings(let settings): terminal.use(settings)
    case .useTheme(let theme): terminal.use(theme)
    case .tryOut(let change):
      terminal.use(change.settings)
      answer {
        var theme: Theme?
        if change.settings.theme != change.before.theme {
          do throws(ThemeError) { theme = try ThemeSearch().theme(named: change.settings.theme) } catch {
            return .settingRefused(change, reason: error.description)
          }
        }
        return .settingTaken(
          change, theme, problem: change.isKept ? keepSetting(change.name, change.value) : nil)
      }
    case .openEditor(let place):
      switch Editor().open(place, on: terminal, signals: signals) {
      case .back(let problem): if let problem { mailbox.post(.notice(problem)) }
      case .told(let signal): return .quit(128 + signal)
      }
    case .followMail(let config): mail.follow(config)
    case .tryAgain(let retry, let config):
      answer { [mail] in
        do throws(ToolError) {
          try PostfixCommands().tryAgain(retry, configDirectory: config.directory)
        } catch {
          return .notice("not tried again: \(error)")
        }
        mail.listQueue()
        return .notice("tried again: \(retry.words)")
      }
    case .save(let config, let directory, let summary):
      answer { [writing] in .notice(writing.save(config, into: directory, summary: summary)) }
    case .reload(let config):
      answer {
        do throws(ToolError) {
          try PostfixCommands().reload(configDirectory: config.directory)
          return .reloaded
        } catch { return .notice("the reload failed: \(error)") }
      }
    case .tellDeliveries(let troubles): watcher.setDeliveries(troubles)
    case .askAgent:
      answer { [agent, agentWatch] in
        let report = agent.report()
        if report != nil { agentWatch.listen() }
        return .agent(report)
      }
    case .checkWrite(let request): answer { .checked(CheckAnswer(to: request)) }
    case .write(let request): answer { [writing] in .written(writing.write(request)) }
    case .previewUndo(let number, let work):
      answer { [writing] in .answer(work: work, writing.undoPreview(number)) }
    case .undoWrite(let preview, let reload):
      answer { [writing] in .written(writing.undo(preview, reload: reload)) }
    }
    return .goOn
  }

  /// Works on a thread of its own; nil is no answer.
  private func answer(_ work: @escaping @Sendable () -> Message?) {
    inBackground { [mailbox] in if let message = work() { mailbox.post(message) } }
  }

  func end() {
    agentWatch.end()
    mail.end()
    watcher.shutdown()
  }
}

private func problems(_ config: MailConfig, _ known: KnownGateways, isAgentGone: Bool) -> Message {
  .diagnostics(
    Linter().lint(config.withAgentOfNow(isGone: isAgentGone), known: known)
      .saying { $0.namingDirectory(config.directory) }.diagnostics)
}

/// Writes a setting into the person's file.
///
/// - Returns: why it is not kept; nil where it is.
private func keepSetting(_ name: String, _ value: String) -> String? {
  guard let path = SettingsFile.path() else { return "the setting is not kept: HOME is not set" }
  do throws(SettingError) {
    var file = try SettingsFile(path)
    try file.set(name, to: value)
    return nil
  } catch { return error.description }
}
