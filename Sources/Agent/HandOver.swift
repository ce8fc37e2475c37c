// One conversation with a delivery agent of Postfix: its greeting, our request, its report.

import Glibc
import PostfixFiles
import System
import Threads

/// What became of a request that was to be handed over.
enum HandOverOutcome {
  /// The agent never got the request: another may have it.
  case notTaken(String)
  case reported(DeliveryReport)
  /// The agent got the request, or some of it, and went away: what it did is not known. It marks each recipient that
  /// is done in the queue file itself, so that a later try does not repeat them.
  case lost(String)
}

/// Lives on the agent's loop; `done` is called once, there.
final class HandOver: ConnectionOwner {
  private enum Step {
    case connecting
    case greeting
    case report
    case ended
  }

  private let path: String
  /// Nil: only the greeting is wanted.
  private let request: Bytes?
  private let loop: SocketLoop
  private var step = Step.connecting
  // Beside the step, not in it: a value that is taken out of an enumeration to be changed is copied, for each piece of
  // what comes.
  private var greetingReader = Greeting.Reader()
  private var reportReader = DeliveryReport.Reader()
  private var connection: Connection?
  private var onGreeting: ((Bytes) -> Void)?
  private var onSlow: (() -> Void)?
  private var done: ((HandOverOutcome) -> Void)?

  /// Postfix's own clients wait as long for a process that is busy (`ipc_timeout`).
  private static let patience = Duration.seconds(3600)
  /// A full queue of connections, or a machine that has no descriptor or memory left, is tried again after this time.
  private static let pause = Duration.milliseconds(50)
  /// A delivery that takes longer than this makes its gateway suspect.
  private static let slow = Duration.seconds(3)

  /// Hands `request` to the service whose socket is `path`. With no request it hangs up after the greeting, as the queue
  /// manager does when it ends a request early.
  ///
  /// - Parameters:
  ///   - onGreeting: gets the greeting, as it came.
  ///   - onSlow: called once, if it takes long.
  init(
    _ request: Bytes?, to path: String, on loop: SocketLoop, onGreeting: @escaping (Bytes) -> Void,
    onSlow: (() -> Void)? = nil, done: @escaping (HandOverOutcome) -> Void
  ) {
    self.request = request
    self.path = path
    self.loop = loop
    self.onGreeting = onGreeting
    self.onSlow = onSlow
    self.done = done
    connect(until: loop.now + Self.patience)
  }

  /// Gives up, if the request is not handed over yet.
  func abandon() {
    switch step {
    case .connecting, .greeting: finish(.notTaken("the queue manager went away"))
    case .report, .ended: break
    }
  }

  private func connect(until deadline: ContinuousClock.Instant) {
    guard case .connecting = step else { return }
    switch LocalSocket.connect(to: path) {
    case .success(let descriptor):
      step = .greeting
      let connection = Connection(descriptor, on: loop, owner: self)
      self.connection = connection
      if onSlow != nil { connection.setLimit(Self.slow) }
    case .failure(let problem) where problem.isPassing && loop.now < deadline:
      loop.after(Self.pause) { self.connect(until: deadline) }
    case .failure(let problem):
      // Fail asynchronously: the caller has not stored this object yet.
      loop.after(.zero) { self.finish(.notTaken(problem.description)) }
    }
  }

  func received(_ bytes: ArraySlice<UInt8>) {
    do throws(ProtocolError) {
      switch step {
      case .greeting: if let greeting = try greetingReader.receive(bytes) { greeted(greeting) }
      case .report: if let report = try reportReader.receive(bytes) { finish(.reported(report)) }
      case .connecting, .ended: break
      }
    } catch {
      fail(error.message)
    }
  }

  private func greeted(_ greeting: Bytes) {
    onGreeting?(greeting)
    guard let request else { return finish(.notTaken("not wanted")) }
    step = .report
    connection?.send(request)
  }

  func ended(_ code: Int32) {
    fail(code == 0 ? ProtocolError.cutShort.message : Errno(rawValue: code).description)
  }

  func reachedLimit() { onSlow?() }

  private func fail(_ words: String) {
    switch step {
    case .connecting, .greeting: finish(.notTaken(words))
    case .report: finish(.lost(words))
    case .ended: break
    }
  }

  private func finish(_ outcome: HandOverOutcome) {
    step = .ended
    connection?.close()
    connection = nil
    onGreeting = nil
    onSlow = nil
    let done = done
    self.done = nil
    done?(outcome)
  }
}
