// Going back to one destination where the pool was an entry that randmap made: if the mail goes there anyway, by what decides next,
// nothing is left of it.

import PostfixFiles
import Routing

extension MailConfig {
  /// Without the entry that `written` has for the mail of a pool, where that entry says what decides without it.
  ///
  /// - Parameter written: this configuration with one destination in the place of the pool.
  func leavingNoEntry(
    of written: MailConfig, at spot: PoolSpot, _ context: RouteContext
  ) throws(EditError) -> MailConfig? {
    guard case .key(let key, of: let parameter) = spot.place, !spot.sites.isEmpty,
      let sample = parameter.keys == .recipients ? Self.sample(ofRecipient: key) : Self.sample(ofSender: key),
      written.hasOwnEntry(key, of: parameter),
      let bare = try? removingDecision(at: spot).numberingComments(asIn: self)
    else { return nil }
    // The text of a table that is not read yet cannot be compared.
    let routes = written.routeChanges(to: bare.readingFiles(), context: context, meant: [sample])
    guard routes.allSatisfy({ !$0.isChanged && $0.before.isComplete && $0.after.isComplete }) else {
      return nil
    }
    return bare
  }

  /// Whether the entry of a key is in a place that randmap makes: a table with its mark, or main.cf.
  private func hasOwnEntry(_ key: String, of parameter: RoutingParameter) -> Bool {
    let spot = try? keySpot(key, of: parameter, .named(parameter.rawValue))
    return switch spot?.entry?.place {
    case .inlineEntry: true
    case .entry(let table, _): document(table)?.bytes.starts(with: Bytes("\(Self.tableMark)\n".utf8)) ?? false
    default: false
    }
  }
}
