// Routes that no mail uses: a key that Postfix does not look up in that table, and the line of a class that has no
// domain. A person who writes one has to know before it is written.

import PostfixFiles
import Routing

extension MailConfig {
  func noteOnKeyNeverAsked(for route: RouteName) -> [String] {
    if route.isParameter {
      return route.parameters(in: self).compactMap { emptyClass(of: $0) }.map {
        "\($0.list) names no domain, so no mail uses \(route.key): this line changes nothing"
      }
    }
    // The keys of a table of patterns are patterns.
    guard !route.isPattern(in: self) else { return [] }
    let parameters = route.parameters(in: self)
    // A table that several settings read may be asked for it by one of them.
    let odd = parameters.map { OddKey(route.key, in: $0.keys) }
    guard let parameter = parameters.first, let first = odd.first.flatMap(\.self),
      odd.allSatisfy({ $0 != nil })
    else { return [] }
    return [first.words(route.key, in: "in \(parameter)")]
  }
}
