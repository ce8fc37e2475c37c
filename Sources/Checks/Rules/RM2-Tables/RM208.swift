// RM208: A continuation line looks like an entry

import PostfixFiles
import Routing

extension Rule {
  static let rm208 = Rule(
    "RM208", .error, "A continuation line looks like an entry",
    why: """
      A line that starts with white space continues the entry before it. Its text becomes part of that
      value: a list with an item at which smtp(8) ends with an error. The key of the line is never
      found.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com   smtp:[gw1.example]
         «example.net   smtp:[gw2.example]»

        """,
      companions: ["RM203"]),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com   smtp:[gw1.example]
        example.net   smtp:[gw2.example]

        """),
    check: .continuedEntry { physical in
      // The text of error(8) may be anything, on any number of lines.
      let value = physical.first?.split(where: \.isSpace, keepingBraces: false).dropFirst().first
      if let value, StockTransport(rawValue: Destination(value).transport.text)?.takesText == true {
        return nil
      }
      for line in physical.dropFirst() where line.trimmed().bytes.first != UInt8(ascii: "#") {
        let words = line.split(where: \.isSpace, keepingBraces: false)
        guard words.count >= 2, let key = words.first, looksLikeKey(key.bytes),
          words[1].bytes.contains(UInt8(ascii: ":")),
          words[1].bytes.first != UInt8(ascii: "[")
        else { continue }
        return Offence(
          line.trimmed(),
          "this line starts with white space, so it belongs to the entry before it; need the key in column 1")
      }
      return nil
    })
}

/// A domain or an address and nothing that a next hop could have.
func looksLikeKey(_ word: Bytes) -> Bool {
  word.contains(UInt8(ascii: ".")) && !word.contains { "[]:,;!{}".utf8.contains($0) }
}
