// RM322: A domain is in two classes

import PostfixFiles
import Routing

extension Rule {
  static let rm322 = Rule(
    "RM322", .warning, "A domain is in two classes",
    why: """
      A domain belongs to one of mydestination, virtual_alias_domains, virtual_mailbox_domains and
      relay_domains. If two of them have it, the first in this order counts, Postfix logs a warning for
      each mail, and the transport of the other class gets nothing.
      """,
    bad: Example(
      main: """
        mydestination = example.com
        virtual_mailbox_domains = «example.com»
        virtual_transport = lmtp:unix:private/store

        """),
    good: Example(
      main: """
        mydestination =
        virtual_mailbox_domains = example.com
        virtual_transport = lmtp:unix:private/store

        """),
    check: .directory { subject in
      let lists = DomainClasses(subject).lists
      var first: [String: (parameter: String, place: SourcedText)] = [:]
      var findings: [Finding] = []
      for list in lists where subject.setValue(list.parameter) != nil || list.parameter == "mydestination" {
        // Of many one is shown, so that a table of a thousand domains is one finding.
        var twice: [String: [DomainNames.Name]] = [:]
        for name in list.names where !name.text.hasPrefix(".") {
          guard let winner = first[name.text] else {
            first[name.text] = (list.parameter, name.place)
            continue
          }
          guard winner.parameter != list.parameter, winner.place.span() != name.place.span() else { continue }
          twice[winner.parameter, default: []].append(name)
        }
        for (winner, names) in twice.sorted(by: { $0.key < $1.key }) {
          guard let shown = names.first else { continue }
          findings += [
            Finding(
              shown.place, else: subject.place(of: list.parameter),
              "\(listed(names.map(\.text))) \(names.count == 1 ? "is" : "are") in \(winner) too, which has precedence: the "
                + "mail uses \(Self.transport(of: winner)), and \(Self.transport(of: list.parameter)) gets none of it; "
                + "need it in one of the two")
          ].compactMap { $0 }
        }
      }
      return findings
    })

  /// What delivers the mail of a class.
  private static func transport(of list: String) -> String {
    switch list {
    case "mydestination": "local_transport"
    case "virtual_alias_domains": "virtual_alias_maps"
    case "virtual_mailbox_domains": "virtual_transport"
    default: "relay_transport"
    }
  }
}
