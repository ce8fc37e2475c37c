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
    moreBad: [
      // The default of virtual_alias_domains is $virtual_alias_maps.
      Example(
        main: """
          virtual_alias_maps = hash:/etc/postfix/virtual
          virtual_mailbox_domains = «example.com»
          virtual_transport = lmtp:unix:private/store

          """,
        others: ["virtual": "example.com  anything\nu@example.com  u@example.net\n"]),
      Example(
        main: """
          mydestination = example.com
          virtual_mailbox_domains = «$mydestination»
          virtual_transport = lmtp:unix:private/store

          """),
      Example(
        main: """
          mydestination = example.com
          virtual_alias_maps = hash:/etc/postfix/virtual

          """,
        others: ["virtual": "«example.com»  anything\nu@example.com  u@example.net\n"]),
    ],
    moreGood: [
      Example(
        main: """
          mydestination = example.com
          relay_domains = $mydestination

          """),
      Example(
        main: """
          virtual_alias_maps = hash:/etc/postfix/virtual
          virtual_alias_domains =
          virtual_mailbox_domains = example.com
          virtual_transport = lmtp:unix:private/store

          """,
        others: ["virtual": "example.com  anything\nu@example.com  u@example.net\n"]),
    ],
    check: .directory { subject in
      let lists = DomainClasses(subject).lists
      var first: [String: (parameter: String, place: SourcedText)] = [:]
      var findings: [Finding] = []
      for list in lists where subject.states(list.parameter) {
        // Of many one is shown, so that a table of a thousand domains is one finding.
        var twice: [String: [DomainNames.Name]] = [:]
        for name in list.names where name.canMatch {
          guard let winner = first[name.text] else {
            first[name.text] = (list.parameter, name.place)
            continue
          }
          guard winner.parameter != list.parameter else { continue }
          // relay_domains = $mydestination is an old default, and harmless.
          if list.parameter == "relay_domains", winner.place.span() == name.place.span() { continue }
          twice[winner.parameter, default: []].append(name)
        }
        for (winner, names) in twice.sorted(by: { $0.key < $1.key }) {
          guard let shown = names.first else { continue }
          let place = first[shown.text]?.place.span() == shown.place.span() ? nil : shown.place.span()
          findings += [
            (place ?? subject.place(of: list.parameter)).map {
              Finding(
                $0,
                "\(listed(names.map(\.text))) \(names.count == 1 ? "is" : "are") in \(subject.shown(winner)) too, which has "
                  + "precedence: \(Self.effect(winner, list.parameter)); need each domain in one list only")
            }
          ].compactMap { $0 }
        }
      }
      return findings
    })

  private static func effect(_ winner: String, _ loser: String) -> String {
    if loser == "virtual_alias_domains" {
      return "the mail uses local_transport, and Postfix logs a warning for each message"
    }
    let others = "\(transport(of: loser)) gets none of it"
    return winner == "virtual_alias_domains"
      ? "mail for addresses without an alias is refused, and \(others)"
      : "the mail uses \(transport(of: winner)), and \(others)"
  }

  /// What delivers the mail of a class.
  private static func transport(of list: String) -> String {
    let ofClass = DomainClass.allCases.first { $0.list == list }?.transport
    return (ofClass ?? .localTransport).rawValue
  }
}

extension Subject {
  /// Whether main.cf sets a list, or what its default takes its names from: virtual_alias_domains is $virtual_alias_maps by default.
  fileprivate func states(_ list: String) -> Bool {
    setValue(list) != nil || list == "mydestination"
      || isAliasDefault(list) && setValue("virtual_alias_maps") != nil
  }

  private func isAliasDefault(_ list: String) -> Bool {
    list == "virtual_alias_domains" && config.main[list] == nil
  }

  fileprivate func shown(_ list: String) -> String {
    isAliasDefault(list)
      ? "virtual_alias_maps (virtual_alias_domains is $virtual_alias_maps by default)" : list
  }
}

extension DomainNames.Name {
  /// Whether it is a domain: RM323 says of other names that they match nothing.
  fileprivate var canMatch: Bool {
    text.contains { $0 != "." } && !text.hasPrefix(".") && !text.hasSuffix(".")
      && !text.contains { "*@\"';".contains($0) }
  }
}
