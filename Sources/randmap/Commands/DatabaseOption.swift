// `--database`, of the commands that put pools into one.

import ArgumentParser

/// Where the database is.
struct DatabaseOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The database, in a directory that belongs to mail_owner.",
      discussion: "By default the one that main.cf names, otherwise randmap-pools.db in data_directory.",
      valueName: "path"),
    completion: .file())
  var database: String?

  var path: String? { database.map(absolutePath) }

  func validate(goesWith isAsked: Bool, _ option: String) throws {
    if database != nil, !isAsked { throw ValidationError("--database goes with \(option) alone") }
  }
}
