// The keys of a large table by their hashes: they find what a walk over the lines finds.

import PostfixFiles
import Testing

@testable import Routing

@Suite struct KeyHashesTests {
  private let table = Table(
    Document(
      path: "/t",
      bytes: Bytes(
        ("""
        Example.COM one
        example.com two
        # example.net no
        "a b" three
        spread
          four
        ä.example five
        broken

        """ + (0..<2_000).map { "d\($0 % 1_500).example smtp:[gw\($0)]\n" }.joined()).utf8)
        + [0xFF] + Bytes(".example six\nlast seven\n".utf8)))

  @Test(arguments: [CaseFolding.none, .ascii, .unicode], [true, false])
  func findWhatAWalkFinds(folding: CaseFolding, isUnicode: Bool) {
    let hashes = KeyHashes(table, folding: folding, isUnicode: isUnicode)
    let keys =
      [
        "example.com", "Example.COM", "example.net", "\"a b\"", "a b", "spread", "ä.example", "Ä.example",
        "broken",
      ]
      + ["last", "", "d7.example", "d1499.example", "d1500.example"]
    for key in keys.map({ Bytes($0.utf8) }) + [[0xFF] + Bytes(".example".utf8)] {
      let walked = table.entry(for: key, folding: folding, isUnicode: isUnicode)
      #expect(hashes.entry(for: key)?.line == walked?.line, "\(key.text)")
    }
  }

  @Test func aResolverThatKeepsThemAnswersAsAnotherOne() {
    var config = MailConfig(
      directory: "/etc/postfix", environment: Environment(hostName: "mx", version: PostfixVersion(3, 7)),
      main: "transport_maps = texthash:/etc/postfix/transport\n")
    let text = (0..<2_000).map { "d\($0).example smtp:[gw\($0)]\n" }.joined()
    config.files["/etc/postfix/transport"] = .read(
      Document(path: "/etc/postfix/transport", bytes: Bytes(text.utf8)))
    let (kept, other) = (Resolver(config, keepsKeys: true), Resolver(config))
    for address in ["u@d7.example", "u@d1999.example", "u@d2000.example", "u@d7.example", "u"] {
      let (one, two) = (kept.route(address), other.route(address))
      #expect(one.outcomes.map(\.0) == two.outcomes.map(\.0), "\(address)")
      #expect(one.trail == two.trail, "\(address)")
    }
  }
}
