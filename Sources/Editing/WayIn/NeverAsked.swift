// Routes that no mail asks for, whatever decides: a key that Postfix does not look up in that table, and the line of a class that has no
// domain. Who writes one has to know before it is written.

import PostfixFiles
import Routing

extension MailConfig {
  func noteOnWhatNobodyAsks(for route: RouteName) -> [String] {
    let parameters = route.parameters(in: self)
    if route.isParameter {
      return parameters.compactMap { emptyClass(of: $0) }.map {
        "\($0.list) names no domain, so no mail asks \(route.key): this line changes nothing"
      }
    }
    let needed = parameters.map { keyAsked($0, insteadOf: route.key) }
    // A table that several settings read may be asked for it by one of them.
    guard let parameter = parameters.first, let key = needed.first.flatMap(\.self),
      needed.allSatisfy({ $0 != nil })
    else { return [] }
    return [
      "Postfix never asks \(parameter) for \"\(route.key)\", so this entry changes nothing: need \"\(key)\""
    ]
  }

  /// The class whose mail asks a parameter, where it has no domain.
  func emptyClass(of parameter: RoutingParameter) -> DomainClass? {
    DomainClass(parameter).flatMap { parameters.text($0.list).isEmpty ? $0 : nil }
  }

  /// The key that Postfix asks a table for where a person wrote one that it does not ask for (RM211, RM223); nil of any other.
  private func keyAsked(_ parameter: RoutingParameter, insteadOf key: String) -> String? {
    switch parameter.keys {
    case .recipients: key.hasPrefix("@") && key.count > 1 ? String(key.dropFirst()) : nil
    // Without a dot it is a user of this host, for whom the name alone is looked up too.
    case .senders: key.contains(".") && !key.contains("@") && !key.contains("<") ? "@\(key)" : nil
    default: nil
    }
  }
}
