// Addresses with characters that end a key somewhere: where they can be one, mail goes by them; elsewhere one sentence says why
// not, and what to write instead.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct OddScopeTests {
  private func refusal(_ scope: String, _ notation: PoolWish.Notation?, _ members: [String]) -> String {
    do throws(EditError) {
      return refused(configToPlan("relayhost = [gw]\n"), try wishInWords(scope, members, notation))
    } catch { return error.message }
  }

  @Test(arguments: [
    ("to:a=b@c.example", "'='", "to:c.example"), ("from:a=b@c.example", "'='", "from:c.example"),
    ("to:a{x}$,\\@c.example", "'{', '}', '$', ',', '\\'", "to:c.example"),
    ("to:a\"b@c.example", "'\"'", "to:c.example"),
  ])
  func stockPostfixHasNoSuchKeys(scope: String, characters: String, instead: String) throws {
    let key = try #require(scope.split(separator: ":", maxSplits: 1).last)
    let words =
      "\(scope): stock Postfix needs the key \(key) in an inline: table, and a key there cannot have \(characters): make the pool for its domain, \(instead)"
    #expect(refusal(scope, .stock, ["smtp:[a]", "smtp:[b]"]) == words)
    #expect(
      refusal(scope, nil, ["smtp:[a]", "smtp:[b]"])
        == words
        + (key.contains("\"") ? "" : "; where the agent serves this Postfix: --notation agent"))
    // An entry that is in a table already is none either.
    var config = configToPlan("transport_maps = texthash:/d/transport\n")
    config.files["/d/transport"] = .read(
      Document(path: "/d/transport", bytes: Bytes("a=b@c.example\trandmap:!smtp:[a]!smtp:[b]\n".utf8)))
    #expect {
      _ = try config.converting([], to: .stock)
    } throws: {
      "\(($0 as? EditError)?.message ?? "")".contains("a key there cannot have '=': make the pool for")
    }
  }

  @Test(arguments: ["to:a=b@c.example", "from:a=b@c.example", "to:a{x}$,\\@c.example"])
  func aTableInAFileHasThem(scope: String) throws {
    let before = configToPlan("relayhost = [gw]\n")
    let address = String(try #require(scope.split(separator: ":", maxSplits: 1).last))
    func hops(_ config: MailConfig) -> Set<String> {
      let isSender = scope.hasPrefix("from")
      return Resolver(config).route(isSender ? "x@y.example" : address, from: isSender ? address : "").hops
    }
    let pool = try before.planning(wishInWords(scope, ["smtp:[a]", "smtp:[b]"], .agent), on: plannersMachine)
    #expect(hops(pool.config) == ["[a]", "[b]"] && pool.guards.isEmpty)
    // One destination needs no agent.
    let one = try before.planning(wishInWords(scope, ["smtp:[a]"]), on: plannersMachine).config
    #expect(hops(one) == ["[a]"])
    #expect(hops(try one.applying(.removeRoute(key: scope, table: nil))) == ["[gw]"])
  }

  /// A command in a message can be copied into a shell.
  @Test func whatIsSaidCanBeCopied() {
    let config = configToPlan("relayhost = [gw]\n")
    func refusal(_ edit: Edit) -> String {
      do throws(EditError) {
        _ = try config.applying(edit)
        return ""
      } catch { return error.message }
    }
    #expect(
      refusal(.setWeight(pool: "to:a$b'c@d.example", member: "smtp:[x]", weight: 2)).contains(
        "\"randmap pool 'to:a$b'\\''c@d.example' GATEWAY GATEWAY\" makes one"))
    #expect(
      refusal(.setRoute(key: "to:a$b@d.example", value: "smtp:[x]", table: nil)).hasSuffix(
        ": randmap pool 'to:a$b@d.example' 'smtp:[x]'"))
    #expect(
      refusal(.setRoute(key: "to:a=b@d.example", value: "smtp:x", table: nil)).hasSuffix(
        ": randmap pool to:a=b@d.example smtp:x"))
  }

  @Test(arguments: [
    ("to:#a@c.example", "need a key without white space that does not start with #"),
    ("from:a\"b@c.example", "need a key without \""),
  ])
  func whatATableCannotHaveIsSaid(scope: String, reason: String) {
    let key = scope.split(separator: ":", maxSplits: 1).last ?? ""
    #expect(
      refusal(scope, .agent, ["smtp:[a]", "smtp:[b]"])
        == "\(scope): \(key) would be the key of a table in a file: \(reason)")
  }
}
