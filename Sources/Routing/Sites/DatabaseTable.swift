// A table of Postfix that asks a pool database: which settings file it names, and what that asks.

import PostfixFiles
import Store

/// `proxy:sqlite:FILE`, where FILE asks a database of pools as this program writes it.
package struct DatabaseTable: Hashable, Sendable {
  /// The settings file, as Postfix opens it.
  package let settings: String
  package let database: String
  /// What of its routes it asks for: a main.cf parameter.
  package let map: String
}

/// What a settings file of a database says.
package struct DatabaseSettings: Sendable {
  /// `dbpath`, and where it is written.
  package let path: SourcedText
  package let query: SourcedText

  /// Nil where it says neither.
  package init?(_ document: Document) {
    let file = MainCf(document)
    guard let path = file["dbpath"]?.value, let query = file["query"]?.value else { return nil }
    self.path = path
    self.query = query
  }

  /// The query of the table of a parameter. Of a sender the address, the domain and `*` are asked at once: with `*` a
  /// lookup of the address alone has an answer, and Postfix would never ask for the domain.
  package static func query(for map: String) -> String {
    map == RoutingParameter.transportMaps.rawValue
      ? "SELECT destination FROM draw WHERE map = '\(map)' AND key = '%s'"
      : "SELECT destination FROM draw WHERE map = '\(map)' AND key IN ('%s', substr('%s', instr('%s', '@')), '*')"
        + " ORDER BY length(key) DESC LIMIT 1"
  }

  /// The text of the file.
  package static func text(database: String, map: String) -> String {
    """
    # Asks the pools that randmap keeps in this database. The choice itself is the view "draw" in it.
    dbpath = \(database)
    query = \(query(for: map))

    """
  }

  /// The parameter whose routes are asked for; nil for any other query.
  package var map: String? {
    let words = query.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return RoutingParameter.maps.map(\.rawValue).first { Self.query(for: $0) == words }
  }
}

extension TableSpec {
  /// The settings file of a SQLite table; nil for any other.
  package var databaseSettings: String? {
    guard case .service = content, type == .other("sqlite"), argument.bytes.first == UInt8(ascii: "/") else {
      return nil
    }
    return argument.text
  }
}

extension MailConfig {
  /// The pool database that a table asks; nil where it asks anything else, or its settings are not read.
  package func databaseTable(_ spec: TableSpec) -> DatabaseTable? {
    guard let name = spec.databaseSettings else { return nil }
    let path = pathMap.located(name)
    guard let document = files[path]?.document, let settings = DatabaseSettings(document),
      let map = settings.map
    else { return nil }
    return DatabaseTable(settings: path, database: absolute(settings.path.text), map: map)
  }

  /// The settings of a SQLite table, with their path; nil for any other, and where they are not read.
  package func databaseSettings(_ spec: TableSpec) -> (path: String, settings: DatabaseSettings)? {
    guard let path = spec.databaseSettings.map(pathMap.located), let document = files[path]?.document else {
      return nil
    }
    return DatabaseSettings(document).map { (path, $0) }
  }

  /// Reads the settings of a SQLite table, and the database where those are ours.
  mutating func readDatabase(of spec: TableSpec) {
    guard let name = spec.databaseSettings else { return }
    read(pathMap.located(name))
    if let table = databaseTable(spec) { readDatabase(table.database) }
  }

  /// Reads the settings of a database that is not SQLite.
  mutating func readSettings(of spec: TableSpec) {
    guard spec.databaseSettings == nil, let path = settingsPath(of: spec) else { return }
    readOtherFile(path)
  }

  /// The file with the settings of a table that a database, LDAP or memcache answers.
  package func settingsPath(of spec: TableSpec) -> String? {
    guard case .service = spec.content, case .other(let type) = spec.type,
      TableType.withSettings.contains(type), spec.argument.bytes.first == UInt8(ascii: "/")
    else { return nil }
    return pathMap.located(spec.argument.text)
  }

  /// The SQLite databases that the tables of the parameters of routing ask, as they are on this machine.
  func databaseFiles() -> [String: Surroundings.DatabaseFile] {
    var found: [String: Surroundings.DatabaseFile] = [:]
    for spec in RoutingParameter.maps.flatMap({ openTables($0) }) {
      guard let settings = databaseSettings(spec)?.settings else { continue }
      let path = absolute(settings.path.text)
      guard found[path] == nil,
        var file = Surroundings.DatabaseFile(
          at: path, mailOwner: parameters.text("mail_owner"), hasWriteAheadLog: PoolDatabase.hasWriteAheadLog)
      else { continue }
      file.holdsPools = file.hasWriteAheadLog != nil && PoolDatabase.holdsPools(path)
      found[path] = file
    }
    return found
  }

  /// Reads the rows of a pool database, unless they are there already.
  package mutating func readDatabase(_ path: String) {
    guard files[path]?.document == nil else { return }
    do throws(StoreError) {
      let rows = try PoolDatabase.worded(path)
      files[path] = .read(Document(path: path, bytes: rows.text, storage: .database))
      _ = workedOut(of: path, isOfFilesAlone: true) { DatabaseText(rows) }
    } catch {
      let kind: FileError.Kind =
        switch error {
        case .missing: .missing
        case .denied, .notForOwner: .denied
        default: .other
        }
      files[path] = .unreadable(FileError(path: path, reason: error.reason, kind))
    }
  }

  /// What to look at on disk to see whether something that was read has changed.
  package var watchedPaths: [String] {
    tablePaths
      + files.flatMap { path, file in
        file.document?.storage == .database ? PoolDatabase.files(of: path) : [path]
      }
  }
}
