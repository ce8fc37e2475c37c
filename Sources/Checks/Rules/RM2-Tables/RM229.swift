// RM229: A pattern after one that matches everything

import PostfixFiles
import Routing

extension Rule {
  static let rm229 = Rule(
    "RM229", .warning, "A pattern after one that matches everything",
    why: """
      Postfix goes through the patterns of a regexp: or pcre: table in their order, and the first one that matches counts. One
      that matches every address, such as /./, belongs at the end.
      """,
    bad: Example(
      main: """
        transport_maps = regexp:/etc/postfix/transport

        """,
      table: """
        /@mx1[.]example$/   :
        /./                 smtp:[gw1.example]
        «/@example[.]com$/   smtp:[gw2.example]»

        """),
    good: Example(
      main: """
        transport_maps = regexp:/etc/postfix/transport

        """,
      table: """
        /@mx1[.]example$/   :
        /@example[.]com$/   smtp:[gw2.example]
        /./                 smtp:[gw1.example]

        """),
    moreBad: [
      Example(
        main: """
          sender_dependent_relayhost_maps = pcre:{{/@/ [gw1.example]} {«/@example[.]com$$/ [gw2.example]»}}

          """)
    ],
    check: .directory { subject in
      subject.maps.compactMap { try? $0.table.get() }.flatMap(\.flattened).compactMap { table in
        guard let rules = subject.patternRules(of: table), let all = rules.catchAll else { return nil }
        let after = rules.rules.dropFirst(all.index + 1)
        guard let first = after.first(where: { !$0.isEmpty }) else { return nil }
        let more = after.count > 1 ? " and \(after.count - 1) more" : ""
        return Finding(
          first, else: table.text.span(),
          "\"\(excerpt(rules.rules[all.index].bytes))\" before it matches every address, so this pattern\(more) is never "
            + "used; need that one at the end")
      }
    })
}
