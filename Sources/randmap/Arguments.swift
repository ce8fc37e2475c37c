// The order of arguments: options may come before the command, and --check, --status and --demo anywhere.

/// The arguments of a call, brought into the order that the parser wants: the command first.
struct Arguments {
  /// The options that take a value, of every command: as the parser knows them (a test compares). The parser itself would
  /// have to build the tree of all commands first, which costs a millisecond of each call.
  static let valued: Set<String> = [
    "-c", "--config-directory", "--format", "--color", "--postfix-version", "--map", "--template",
    "--postfix-types", "-o", "--settings", "--textfile", "--theme", "--as", "--fail-level", "--severity",
    "--select", "--ignore", "--explain", "--critical", "--since", "--until", "--every", "--host",
    "--fail-deferred", "--down", "--degraded", "--rate", "--capacity", "--messages", "--notation", "--output",
    "--pool",
    "--table", "--to", "--from", "--tolerance", "--lookup", "--metrics", "--sticky", "--over", "--stop-at",
    "--steps", "--why", "--for", "--max", "--notify", "--database", "--delay", "--log",
  ]

  let ordered: [String]
  /// The word in the place of a command that is no command.
  let stray: String?

  /// - Parameter isCommand: whether there is a command of that name.
  init(_ given: [String], isCommand: (String) -> Bool) {
    let end = given.firstIndex(of: "--") ?? given.count
    // The parser takes no empty value after "=", and the null sender is one.
    var options = given[..<end].flatMap { $0 == "--from=" ? ["--from", ""] : [$0] }
    let rest = given[end...]
    // A value is never taken for a command: `-c check` names a directory.
    var values: Set<Int> = []
    for index in options.indices.dropFirst()
    where Self.valued.contains(options[index - 1]) && !values.contains(index - 1) {
      values.insert(index)
    }
    var command: String?
    if let place = options.indices.first(where: {
      !values.contains($0) && (options[$0] == "--check" || options[$0] == "--status")
    }) {
      command = String(options.remove(at: place).dropFirst(2))
      stray = nil
    } else if let place = options.indices.first(where: {
      !values.contains($0) && !options[$0].hasPrefix("-")
    }) {
      let word = options[place]
      stray = isCommand(word) ? nil : word
      if stray == nil { command = options.remove(at: place) }
    } else {
      stray = nil
    }
    ordered = (command.map { [$0] } ?? []) + options + rest
  }
}
