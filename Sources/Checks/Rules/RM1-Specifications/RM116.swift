// RM116: A blank separates two members

import PostfixFiles
import Routing

extension Rule {
  static let rm116 = Rule(
    "RM116", .warning, "A blank separates two members",
    why: """
      Inside randmap:{...} a blank separates members as a comma does. A member with a list of next hops,
      or with a text, becomes several members, and each of them gets a share. A list cannot be a member;
      give it a name with a pipemap (RM107).
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example] «smtp:[gw2.example]», smtp:[gw3.example]}
        smtp_fallback_relay = [gw4.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example], smtp:[gw3.example]}
        smtp_fallback_relay = [gw4.example]

        """),
    check: .pool { view in
      let text = view.pool.text
      guard view.pool.notation == .stock else { return [] }
      func gap(_ index: Int) -> SourcedText {
        text.text[text.items[index - 1].upperBound..<text.items[index].lowerBound]
      }
      // A list with blanks only, or the end of a line, is intended.
      let later = text.items.indices.dropFirst()
      func hasComma(_ gap: SourcedText) -> Bool { gap.bytes.contains(UInt8(ascii: ",")) }
      guard later.contains(where: { hasComma(gap($0)) }),
        let split = later.first(where: { index in
          let start = text.items[index - 1].upperBound - 1
          return !hasComma(gap(index)) && text.text.fileRange(start..<text.items[index].upperBound) != nil
        })
      else { return [] }
      let member = text.text[text.items[split]]
      return [
        Finding(
          member, else: view.pool.anchor,
          "\"\(printable(member.bytes))\" is a separate member; need a comma before it, or no blank there")
      ].compactMap { $0 }
    })
}
