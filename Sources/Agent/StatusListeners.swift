// Clients that wait for the next change of what the agent's report says.

import Threads

/// Lives on the agent's loop.
final class StatusListeners {
  private let loop: SocketLoop
  /// Each is called once.
  private var calls: [ObjectIdentifier: () -> Void] = [:]
  private var isChangeToTell = false
  /// The report changed while no client listened. The next client that listens may not know of it.
  private var isChangeUntold = false

  /// Many changes may come at once: those who listen are told this long after the first one.
  private static let pause = Duration.milliseconds(300)

  init(_ loop: SocketLoop) { self.loop = loop }

  /// Calls back at the next change.
  func listen(_ client: StatusHandler, _ call: @escaping () -> Void) {
    calls[ObjectIdentifier(client)] = call
    if isChangeUntold { tellSoon() }
  }

  func forget(_ client: StatusHandler) { calls[ObjectIdentifier(client)] = nil }

  /// The report says something else now.
  func tellSoon() {
    isChangeUntold = calls.isEmpty
    guard !calls.isEmpty, !isChangeToTell else { return }
    isChangeToTell = true
    loop.after(Self.pause) { [self] in
      isChangeToTell = false
      isChangeUntold = calls.isEmpty
      let told = calls.values
      calls = [:]
      for call in told { call() }
    }
  }
}
