// A database of the configuration that cannot be read: its pools are not known then, so nothing may be said of what is missing,
// and no pool may be made in its place.

import PostfixFiles
import Routing
import Store

extension MailConfig {
  /// What it is, in a sentence; nil where each can be read. Safe to show.
  ///
  /// - Parameter isNewOne: whether one that is missing, or has no pools yet, is no trouble, as it is to be made.
  package func unreadableDatabase(isNewOne: Bool = false) -> String? {
    for map in RoutingParameter.maps {
      for site in tableSites(of: map) {
        guard case .database(let table) = site.content, case .unreadable(let problem) = files[table.database]
        else { continue }
        let isEmpty = problem.isMissing || problem.reason == StoreError.noPools(table.database).reason
        if isNewOne, isEmpty { continue }
        return
          "\(printable(table.database)), which \(map.rawValue) asks: \(printable(problem.reason)); until then randmap cannot know "
          + "what decides for this mail"
      }
    }
    return nil
  }

  /// Refuses where a database of a table cannot be read: what decides today is not known then, and a pool beside it might get no
  /// mail, or all of it.
  func guardReadableDatabases(for wish: PoolWish) throws(EditError) {
    if let words = unreadableDatabase(isNewOne: wish.notation == .database) {
      throw .badScope("\(wish.scope)", reason: words)
    }
  }

  /// A name that nothing has may be one of the rows that cannot be read.
  func naming<Result>(_ body: () throws(EditError) -> Result) throws(EditError) -> Result {
    do throws(EditError) { return try body() } catch {
      guard let name = error.unknownName, let words = unreadableDatabase() else { throw error }
      throw .badScope(name, reason: words)
    }
  }
}

extension EditError {
  /// The pool, the mail or the member that it says nothing has; the parameter beside a table has one gateway too.
  fileprivate var unknownName: String? {
    switch self {
    case .unknownPool(let name, _), .unknownScope(let name, _), .noMember(let name, _, _),
      .noDecision(let name, _),
      .onlyOneDestination(let name, _, _):
      name
    default: nil
    }
  }
}
