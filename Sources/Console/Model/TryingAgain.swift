// Trying mail again that waits for a gateway: by its key, and offered after a drain, which helps new mail only.

import Gateways
import PostfixFiles
import PostfixTools
import Routing
import Traffic

extension Binding {
  /// Of the view that has a chosen gateway.
  static let tryAgain = Binding(
    .change, [.character("t")], "try-again", hint: "try again",
    "Try the mail again that waits for the gateway, by the pools as they are now",
    disabled: { $0.whyNoRetry },
    action: { model in
      if let gateway = model[GatewaysView.self].chosenUse?.gateway { model.confirmRetry(for: [gateway]) }
      return []
    })
}

extension Model {
  fileprivate var whyNoRetry: String? {
    if facts.identity.isDemo { return "the demonstration has no queue" }
    if facts.identity.isReadOnly { return "this console only reads (--read-only)" }
    guard let gateway = self[GatewaysView.self].chosenUse?.gateway else { return "no gateway is chosen" }
    guard facts.mail.waiting != nil else { return "the queue of this Postfix cannot be read" }
    return facts.waiting(for: [gateway]).messages == 0 ? "no mail waits for this gateway" : nil
  }

  /// After a drain: asks, or says it where a line that was read ahead would be the answer.
  mutating func offerRetryAfterDrain() {
    defer { drained = [] }
    if !drained.isEmpty, dialog == nil { offerRetry(for: drained) }
  }

  private mutating func offerRetry(for gateways: Set<Gateway>) {
    if !isPlain { return confirmRetry(for: gateways) }
    let count = facts.waiting(for: gateways).messages
    if count > 0 {
      notice?.text +=
        "; \(count) \(count == 1 ? "message waits" : "messages wait") for a drained gateway: choose it, then try-again"
    }
  }

  /// Asks whether the mail that waits for these gateways is to be tried again; nothing where none waits.
  mutating func confirmRetry(for gateways: Set<Gateway>) {
    let waiting = facts.waiting(for: gateways)
    guard waiting.messages > 0 else { return }
    let retry: QueueRetry =
      waiting.messages == waiting.queueIDs.count ? .messages(waiting.queueIDs) : .everything
    let names = gateways.sorted().map { printable($0.description) }.joined(separator: ", ")
    let count = waiting.messages == 1 ? "1 message waits" : "\(waiting.messages) messages wait"
    let total = facts.mail.waiting?.total ?? 0
    let more = retry == .everything && total > waiting.messages ? " All \(total) in the queue are tried." : ""
    dialog = .confirm(
      Confirmation(
        subject: .retry(retry),
        question: "\(count) for \(names). Try again now? Postfix asks the pools anew.",
        note: "runs \(retry.words).\(more)",
        choices: [.init(key: .character("y"), label: "try again", answer: .yes)]))
  }

  /// The gateways that the edits of this session drain, at all their members.
  var gatewaysDrainedByEdits: Set<Gateway> {
    var gateways: Set<Gateway> = []
    for case .drain(let id, let name, _) in facts.session.steps.flatMap(\.edits) {
      let pool = facts.session.pools.first { $0.id == id }
      for member in pool?.members ?? [] where member.result == name && member.isDrained {
        gateways.formUnion(member.gateways)
      }
    }
    return gateways
  }
}

extension Facts {
  /// The mail that waits for any of these gateways; a message that waits for two counts twice.
  fileprivate func waiting(for gateways: Set<Gateway>) -> (messages: Int, queueIDs: [String]) {
    let found = gateways.sorted().compactMap { mail.waiting?.byGateway[$0] }
    return (found.reduce(0) { $0 + $1.messages }, found.flatMap(\.queueIDs))
  }
}
