// One gateway asked about one recipient: MAIL FROM, RCPT TO and no message. Only where a person asks for it, with an address
// of their choice: a probe names no recipient.

import Editing
import Gateways
import PostfixFiles
import Routing

/// What a person wants to know of a gateway, and what it said.
struct AddressTrial: Sendable {
  let gateway: Gateway
  let recipient: String
  /// How each transport that uses it speaks to it.
  let targets: [Target]
  /// Whether a transport would send a login first. A trial does not.
  let wantsLogin: Bool
  /// Tells its answer from that of a trial before it.
  var number = 0
  /// Nil until it has answered.
  var readings: [Approach: [Reading]]?

  var inOrder: [Reading] { KnownGateway(.unknown, readings: readings ?? [:]).inOrder }

  /// What each address said, where there are several with its name in front.
  var words: [String] {
    let all = inOrder
    return all.compactMap { reading in
      guard let answer = reading.recipient else { return nil }
      let address = all.count > 1 ? "\(printable(reading.address ?? "no address")) " : ""
      let fault = reading.certificateFault.map { "; \($0.reason)" } ?? ""
      return address + answer.words + fault
    }
  }

  /// What was left out that a delivery would have done.
  var omission: String { wantsLogin ? "without the login that a transport sends, and without a message" : "" }

  /// Why no gateway can be asked about this address; nil where one can.
  static func problem(with recipient: String) -> String? {
    let need = "need an address such as user@example.com"
    guard !recipient.isEmpty, recipient.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      !recipient.contains(where: { "<>".contains($0) })
    else { return "\(need): ASCII, without blanks, < and >" }
    guard recipient.utf8.count <= 254 else { return "\(need), of at most 254 characters" }
    if recipient.lowercased() == "postmaster" { return nil }
    let parts = recipient.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count >= 2 && parts.allSatisfy { !$0.isEmpty } ? nil : need
  }
}

extension Binding {
  static let tryAddress = Binding(
    .change, [.character("@")], "try-address", hint: "try address",
    "Ask the gateway whether it takes mail for an address: MAIL FROM, RCPT TO, and no message",
    disabled: { $0[GatewaysView.self].chosenUse == nil ? "no gateway is chosen" : nil },
    action: { model in
      if let use = model[GatewaysView.self].chosenUse { model.ask(.recipient(of: use.gateway)) }
      return []
    })
}

extension LineCommand {
  static let tryAddress = LineCommand(name: "try-address", words: [.gateway, .address]) {
    call, model throws(EditError) in
    let name = call.words[0]
    let found = model.facts.gateways.map(\.gateway).filter {
      $0.description == name || $0.name == name.lowercased()
    }
    guard let gateway = found.first else {
      throw .badText(name, reason: "no gateway has this name; need one as 1 Gateways shows it")
    }
    guard found.count == 1 else {
      let names = found.map(\.description).joined(separator: ", ")
      throw .badText(name, reason: "could be any of \(names)")
    }
    if let problem = AddressTrial.problem(with: call.words[1]) {
      throw .badText(call.words[1], reason: problem)
    }
    return .tryAddress(gateway, call.words[1])
  }

  static let trialPromise = "Enter sends MAIL FROM:<>, RCPT TO, RSET and QUIT, and no message"
}

extension Model {
  func judge(recipient text: String, in prompt: inout Prompt) {
    prompt.verdict =
      text.isEmpty
      ? .need("such as user@example.com; no message is sent")
      : AddressTrial.problem(with: text).map { .need($0) } ?? .good(LineCommand.trialPromise)
  }

  /// Asks a gateway about a recipient, where the address is one.
  mutating func tryAddress(_ recipient: String, at gateway: Gateway) -> [Effect] {
    guard let use = facts.gateways.first(where: { $0.gateway == gateway }) else { return [] }
    trialsAsked += 1
    var trial = AddressTrial(
      gateway: gateway, recipient: recipient, targets: use.targets,
      wantsLogin: use.entries.contains { $0.subject == .credentials && $0.found.key != nil })
    trial.number = trialsAsked
    facts.trials[gateway] = trial
    notice = Notice(
      text: "asking \(printable(gateway.description)) about \(printable(recipient))", role: .info)
    return [.tryAddress(trial)]
  }

  /// The answer; none to a trial that another one has replaced, or whose gateway is gone.
  mutating func take(_ trial: AddressTrial) {
    guard facts.trials[trial.gateway]?.number == trial.number else { return }
    facts.trials[trial.gateway] = trial
    let answers = trial.words.joined(separator: "; ")
    let omission = trial.omission.isEmpty ? "" : " (\(trial.omission))"
    notice = Notice(
      text: "\(printable(trial.gateway.description)), \(printable(trial.recipient)): \(answers)\(omission)",
      role: .info)
  }
}

extension Facts {
  /// For the detail of the gateway.
  func trialLines(of gateway: Gateway) -> [[Span]] {
    guard let trial = trials[gateway] else { return [] }
    let answers = trial.readings == nil ? ["asked, no answer yet"] : trial.words
    let omission = trial.omission.isEmpty || trial.readings == nil ? [] : [trial.omission]
    let lines = [printable(trial.recipient)] + answers + omission
    return lines.enumerated().map { index, line in
      [.label(index == 0 ? "recipient" : ""), Span(line, index <= answers.count ? .text : .dim)]
    }
  }
}
