// Where the database of a configuration is, and which pools are in it.

import PostfixFiles
import Routing
import Store

extension MailConfig {
  /// Refuses another database than the one that main.cf names: a configuration has one, and what is in it stays there.
  func guardOnlyDatabase(_ given: String?, for id: String) throws(EditError) {
    guard let named = databasePath, let given, given != named,
      FileReader.realPath(given).map({ $0 != FileReader.realPath(named) }) ?? true
    else { return }
    throw .cannotConvert(id, reason: "main.cf names the database \(named): leave --database out")
  }

  /// The database that main.cf names already.
  var databasePath: String? {
    tableSites.compactMap { if case .database(let table) = $0.content { table.database } else { nil } }.first
  }

  /// Where a database is of which nothing is said.
  func usualDatabase(for pool: String) throws(EditError) -> String {
    let path = "\(parameters.text("data_directory"))/randmap-pools.db"
    if let owner = otherOwner(ofData: path) {
      throw .cannotConvert(
        pool,
        reason:
          "\(path) would be in the data_directory of \(owner), and \(directory) is another configuration: name a database of its own, with --database PATH"
      )
    }
    return path
  }

  /// SQLite makes files beside a database, and a daemon of Postfix that cannot ends with a fatal error.
  func guardDirectory(of path: String, for pool: String) throws(EditError) {
    guard path.hasPrefix("/") else {
      throw .cannotConvert(pool, reason: "--database \(path): need an absolute path, as Postfix opens it")
    }
    if let reason = problem(withNewDatabaseAt: path) {
      throw .cannotConvert(pool, reason: reason)
    }
  }
}

extension PoolSite {
  var isInDatabase: Bool { if case .database = site.content { true } else { false } }

  /// Its name there.
  var databasePool: String? { if case .database(_, let name) = pool.place { name } else { nil } }

  /// What it is asked for by, in a database.
  var routeKey: String? {
    if isInDatabase, case .inlineEntry(_, let key) = site.place { key } else { nil }
  }

  /// Whether it answers for all mail that asks.
  var answersAll: Bool { isInDatabase ? routeKey == "*" : isTable && keys == nil }
}
