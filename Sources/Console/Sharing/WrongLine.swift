// Which line of the second step a refusal or a warning is about, so that it is marked and the cursor goes there.

import Editing
import Gateways
import PostfixFiles

extension GatewaysStep {
  /// The wrong line, and its wrong field; nil if no line is wrong by itself.
  var refused: (index: Int, field: Field)? {
    for (index, row) in rows.enumerated() where !row.isEmpty {
      do throws(EditError) { _ = try row.member } catch {
        let isWeight = (try? WantedMember(row.gateway.text)) != nil
        return (index, isWeight ? .weight : .gateway)
      }
    }
    guard case .failure(let refusal)? = answerOfNow, let text = refusal.subject else { return nil }
    // Of two that are the same the second is one too many.
    return rows.lastIndex { $0.names(text) }.map { ($0, .gateway) }
  }

  /// The lines that something is wrong with: the one that is refused, and those that a person is warned of.
  var wrong: Set<Int> {
    if let refused { return [refused.index] }
    guard let answer, case .success(let pool)? = answerOfNow else { return [] }
    let subjects = Subjects(pool.plan.guards)
    return Set(
      rows.indices.filter { index in
        let text = rows[index].gateway.text
        return !text.isEmpty
          && (answer.ownAddresses[text] != nil || subjects.contain(text, gateways(of: text)))
      })
  }

  /// The plan for the lines as they are.
  private var answerOfNow: Result<PlannedPool, EditError>? {
    guard case .success(let wish)? = wish, let answer, answer.wish == wish else { return nil }
    return answer.result
  }
}

/// What warnings are about. A pasted list may have thousands of lines, and as many warnings.
private struct Subjects {
  private var hops: Set<String> = []
  private var gateways: Set<Gateway> = []
  /// The hosts that findings begin with.
  private var hosts: Set<String> = []

  init(_ guards: [EditGuard]) {
    for question in guards {
      switch question {
      case .missingCredentials(let hop, _, _), .missingPolicy(let hop, _, _): hops.insert(hop)
      case .newGatewayFails(let gateway, _, _), .unknownName(let gateway, _, _), .familyOff(let gateway, _):
        gateways.insert(gateway)
      case .newError(let diagnostic):
        let words = diagnostic.message.split(separator: "\"", omittingEmptySubsequences: false)
        if words.count > 2, words[0].isEmpty { hosts.insert(String(words[1])) }
      default: break
      }
    }
  }

  func contain(_ text: String, _ named: [Gateway]) -> Bool {
    // With a transport in front or without.
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    return hops.contains(text) || parts.count > 1 && hops.contains(parts[1])
      || named.contains { gateways.contains($0) || hosts.contains($0.name) }
  }
}

extension GatewayRow {
  /// Whether it is the line of this text, with a transport in front or without.
  fileprivate func names(_ other: String) -> Bool {
    let text = gateway.text
    return text == other || word == other || text.hasSuffix(":\(other)") && other.first == "["
  }
}

extension EditError {
  /// What was typed that is wrong; nil where it is not one text.
  fileprivate var subject: String? {
    switch self {
    case .badText(let text, _), .cannotPool(let text, _): text
    case .twice(_, let other): other
    default: nil
    }
  }
}
