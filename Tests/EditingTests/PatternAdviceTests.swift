// A pattern that decides before a pool is named with the lines to write: who follows the words comes to a pool that gets its mail.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct PatternAdviceTests {
  private func config(_ rules: String) -> MailConfig {
    var config = configToPlan(
      "relayhost = [gw]\nrelay_domains = r.example, s.example\ntransport_maps = regexp:/d/t\n")
    config.files["/d/t"] = .read(Document(path: "/d/t", bytes: Bytes(rules.utf8)))
    return config
  }

  /// The rules with what the words say done; nil where they say nothing that can be done.
  private func followed(_ message: String, _ rules: String) -> String? {
    var lines = rules.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    guard
      let numbers = message.firstMatch(of: /lines? ([0-9 and]+) of/)?.1.split(separator: " ").compactMap({
        Int($0)
      }),
      let first = numbers.first
    else {
      // The rule that answers for "*" is the last one here.
      guard message.contains("put a line \"if /@/\" before that rule and \"endif\" after it") else {
        return nil
      }
      let at = lines.firstIndex { $0.hasPrefix("/./") } ?? 0
      lines.insert("endif", at: at + 1)
      lines.insert("if /@/", at: at)
      return lines.joined(separator: "\n") + "\n"
    }
    if let condition = message.firstMatch(of: /put a line "(if [^"]*)"/)?.1 {
      lines.insert("endif", at: message.contains("after it") ? first : lines.count)
      lines.insert(String(condition), at: message.contains("before that rule") ? first - 1 : 0)
    } else {
      for number in numbers.reversed() { lines.remove(at: number - 1) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test(
    arguments: [
      "to:a.example", "to:u@a.example", "class:relay", "outbound", "from:c.example", "from:u@c.example",
    ], [PoolWish.Notation.agent, .stock])
  func whoFollowsTheWordsGetsThere(scope: String, notation: PoolWish.Notation) throws {
    for start in [
      "/./ smtp:[all]\n", "/^vip@/ smtp:[vip]\n/./ smtp:[all]\n", "/./ smtp:[all]\n/e/ smtp:[e]\n",
    ] {
      var rules = start
      var steps = 0
      let wish = try wishInWords(scope, ["smtp:[p]", "smtp:[q]"], notation)
      while true {
        do throws(EditError) {
          let plan = try config(rules).planning(wish, on: plannersMachine)
          #expect(plan.guards.isEmpty, "\(rules)")
          // Other mail goes as it went, where only some is meant.
          if scope.hasPrefix("to:") || scope.hasPrefix("class:") {
            #expect(Resolver(plan.config).route("u@else.example").words == "smtp:[all]", "\(rules)")
          }
          break
        } catch {
          steps += 1
          guard steps < 4, let next = followed(error.message, rules) else {
            Issue.record("\(error.message) | \(rules)")
            break
          }
          rules = next
        }
      }
    }
  }
}
