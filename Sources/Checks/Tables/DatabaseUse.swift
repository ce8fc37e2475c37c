// The SQLite tables of the parameters of routing, with what is known of the databases that they ask.

import PostfixFiles
import Routing

/// One place where main.cf names a SQLite table.
struct DatabaseUse: Sendable {
  let parameter: RoutingParameter
  /// `sqlite:FILE`, without `proxy:`.
  let spec: TableSpec
  let isProxied: Bool
  let settings: DatabaseSettings
  /// The database.
  let path: String
  /// Nil where it asks in another way than this program writes it.
  let table: DatabaseTable?
  /// Nil where no database is there, or the directory is not in use on this machine.
  let file: Surroundings.DatabaseFile?
  private let place: FileRange?

  fileprivate init?(_ spec: TableSpec, isProxied: Bool, of parameter: RoutingParameter, in subject: Subject) {
    guard let found = subject.config.databaseSettings(spec) else { return nil }
    self.parameter = parameter
    self.spec = spec
    self.isProxied = isProxied
    settings = found.settings
    path = subject.config.absolute(settings.path.text)
    table = subject.config.databaseTable(spec)
    file = subject.config.surroundings?.databases[path]
    place = spec.text.span() ?? subject.place(of: parameter)
  }

  /// Whether it has pools of this program in it. Where the directory is not in use on this machine, a query of the view that
  /// this program makes says so.
  var holdsPools: Bool { table != nil || file?.holdsPools ?? asksOwnView }

  private var asksOwnView: Bool {
    let words = settings.query.text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }
    return words.contains("destination")
      && zip(words, words.dropFirst()).contains { $0 == "from" && $1 == "draw" }
  }

  /// A finding where main.cf names it.
  func finding(_ message: String) -> Finding? { place.map { Finding($0, message) } }
}

/// A database that is there, and the first place that names it.
struct NamedDatabase: Sendable {
  let use: DatabaseUse
  let file: Surroundings.DatabaseFile

  var path: String { use.path }

  func finding(_ message: String) -> Finding? { use.finding(message) }
}

extension Subject {
  /// In the order of the parameters.
  var databaseUses: [DatabaseUse] {
    func uses(_ spec: TableSpec, _ isProxied: Bool, _ parameter: RoutingParameter) -> [DatabaseUse] {
      switch spec.content {
      case .service:
        DatabaseUse(spec, isProxied: isProxied, of: parameter, in: self).map { [$0] } ?? []
      case .proxied(let inner): uses(inner, true, parameter)
      case .pipe(let parts), .union(let parts): parts.flatMap { uses($0, isProxied, parameter) }
      case .draw, .entries, .constant, .file, .patterns: []
      }
    }
    return RoutingParameter.maps.flatMap { parameter in
      openMaps(parameter).flatMap { uses($0, false, parameter) }
    }
  }

  /// The databases of a directory that is in use on this machine, each once.
  var databaseFiles: [NamedDatabase] {
    guard config.surroundings?.databases.isEmpty == false else { return [] }
    var seen: Set<String> = []
    return databaseUses.compactMap { use in
      use.file.flatMap { seen.insert(use.path).inserted ? NamedDatabase(use: use, file: $0) : nil }
    }
  }

  /// Whether the service that looks up routes runs in a chroot(2).
  var isRewriteInChroot: Bool {
    let service = config.master?.services.last { $0.name == "rewrite" && $0.type == .unix }
    return service?.fields[4].text == "y"
  }
}
