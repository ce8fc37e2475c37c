// The order of arguments: options may come before the command, and --check, --status and --demo anywhere.

/// The arguments of a call, brought into the order that the parser wants: the command first.
struct Arguments {
  /// Every option of any command that takes a value; a test compares this with the parser's own list. To ask the parser
  /// at each call would take longer than the call itself.
  private static let valued: Set<String> = [
    "-c", "-o", "--as", "--capacity", "--color", "--config-directory", "--critical", "--down", "--every",
    "--explain",
    "--fail-deferred", "--fail-level", "--format", "--from", "--host", "--ignore", "--lookup", "--map",
    "--messages",
    "--metrics", "--notation", "--output", "--pool", "--postfix-types", "--postfix-version", "--rate",
    "--select",
    "--settings", "--severity", "--since", "--sticky", "--table", "--template", "--textfile", "--theme",
    "--to",
    "--tolerance", "--until",
  ]

  let ordered: [String]

  /// - Parameter isCommand: whether there is a command of that name.
  init(_ given: [String], isCommand: (String) -> Bool) {
    let end = given.firstIndex(of: "--") ?? given.count
    var options = Array(given[..<end])
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
    } else if let place = options.indices.first(where: { !values.contains($0) && !options[$0].hasPrefix("-") }
    ),
      isCommand(options[place])
    {
      command = options.remove(at: place)
    }
    ordered = (command.map { [$0] } ?? []) + options + rest
  }
}
