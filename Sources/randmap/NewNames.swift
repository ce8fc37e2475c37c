// The names of gateways that an edit brings: one that does not exist is a typing error, and its mail would be returned or wait.

import Editing
import Gateways
import Liveness
import PostfixFiles
import Routing

extension MailConfig {
  /// What the name servers say of the gateways that `edited` has and this configuration has not; nothing is connected to.
  func namesNew(in edited: MailConfig, _ settings: ProbeSettings) -> (guards: [EditGuard], notes: [String]) {
    let old = Set(gateways().map(\.gateway))
    let new = edited.gateways().filter { !$0.isDrained && !old.contains($0.gateway) && $0.gateway.mayBeAsked }
    let found = NameCheck.unresolved(new.flatMap(\.targets), settings: settings, within: .seconds(2))
    var (guards, notes): ([EditGuard], [String]) = ([], [])
    let relayhost = edited.relayhostGateway
    for (gateway, problem) in found.unresolved.sorted(by: { $0.key < $1.key }) {
      switch problem.kind {
      case .absent, .domain:
        guards.append(.unknownName(gateway, reason: problem.words, isRelayhost: gateway == relayhost))
      case .otherFamily: guards.append(.familyOff(gateway, words: problem.words))
      case .unanswered:
        notes.append("whether \(gateway) exists is not known: \(problem.words); --probe asks for longer")
      case .excluded: break
      }
    }
    if found.notAsked > 0 {
      let names = found.notAsked == 1 ? "1 more new name is" : "\(found.notAsked) more new names are"
      notes.append("\(names) not looked up; --probe asks for all")
    }
    return (guards, notes)
  }

  /// The gateway that relayhost names, where it is one: as a next hop, smtp(8) keeps its mail.
  private var relayhostGateway: Gateway? {
    let text = SourcedText(builtIn: rewriteParameters.text(.relayhost))
    let gateways = DestinationGateways(text, kind: .nextHop, in: self).gateways
    return gateways.count == 1 ? gateways.first : nil
  }
}

extension Gateway {
  /// Whether the DNS can say that its name does not exist. No host has the names of RFC 6761 and 2606, which are for examples and
  /// tests; one without a dot is for the search list of the host where Postfix runs.
  fileprivate var mayBeAsked: Bool {
    guard port != nil else { return false }
    let labels = name.lowercased().split(separator: ".").map(String.init)
    guard labels.count > 1, let last = labels.last else { return false }
    if ["example", "test", "invalid", "localhost"].contains(last) { return false }
    return !(labels[labels.count - 2] == "example" && ["com", "net", "org"].contains(last))
  }
}
