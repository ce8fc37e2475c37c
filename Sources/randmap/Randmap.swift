// The command `randmap`: arguments in, words and an exit status out.

import ArgumentParser
import Glibc
import PostfixFiles
import System

@main
struct Randmap: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "randmap",
    abstract: "The console for weighted mail gateways in Postfix.",
    discussion: """
      Without a command it opens the console on a Postfix configuration directory: -c DIR, then MAIL_CONFIG, then \
      /etc/postfix. --check, --status and --demo may be written anywhere; --check and --status are the commands of those \
      names, --demo runs any command on a sample configuration with toy gateways in the same process.

      Exit status: 0 nothing wrong, or written; 1 findings, mail at risk, a conflict or a guard; 2 the call is wrong or \
      a file cannot be read; 3 a fault of randmap.

      Examples:
        randmap --demo
        randmap -c /etc/postfix
      """,
    version: "randmap \(randmapVersion)",
    subcommands: [
      ConsoleCommand.self, CheckCommand.self, StatusCommand.self, PoolsCommand.self, RouteCommand.self,
      PoolCommand.self, SetCommand.self, AddCommand.self, RemoveCommand.self, DrainCommand.self,
      RestoreCommand.self, RampCommand.self, TickCommand.self,
      SetRouteCommand.self, RemoveRouteCommand.self, ConvertCommand.self, UndoCommand.self, LogCommand.self,
      RecoverCommand.self, AgentCommand.self, ConfigCommand.self, ReportCommand.self, WhatIfCommand.self,
    ],
    defaultSubcommand: ConsoleCommand.self)

  static func main() {
    // A file that would become larger than the limit of this process is a write that fails, and no reason to end half-way.
    signal(SIGXFSZ, SIG_IGN)
    // Without descriptors the arguments cannot be read either.
    let isAgent =
      CallArguments.bytes.isEmpty
      ? false : CallArguments.texts.first == AgentCommand.configuration.commandName
    if let complaint = ProcessLimits.complaint(isAgent: isAgent) {
      let arguments =
        CallArguments.bytes.isEmpty
        ? [] : Arguments(CallArguments.texts) { command(named: $0) != nil }.ordered
      end(with: CommandError(.fault, complaint), isForNagios: isForNagios(arguments))
    }
    if CallArguments.bytes.isEmpty {
      CommandError(.fault, "the arguments of the call cannot be read; need /proc: mount -t proc proc /proc")
        .end()
    }
    if CompletionShell.answers(CallArguments.texts) { ExitStatus.fine.end() }
    if let shell = CompletionShell(scriptFor: CallArguments.texts) {
      Output.standard.line(shell.script)
      ExitStatus.fine.end()
    }
    let given = Arguments(CallArguments.texts) { command(named: $0) != nil }
    let arguments = given.ordered
    do {
      var command = try plainCommand(arguments) ?? parseAsRoot(arguments)
      try command.run()
    } catch {
      end(with: noCommand(given.stray, error) ?? error, isForNagios: isForNagios(arguments))
    }
  }

  static func command(named name: String) -> (any ParsableCommand.Type)? {
    // A path or an option, without a look at each command.
    if name.contains("/") || name.hasPrefix("-") { return nil }
    return configuration.subcommands.first { $0.configuration.commandName == name }
  }

  /// The command that the first argument names, or the console where there are options alone, unless there is more to say
  /// than its options: help, or what is wrong. The way through the tree of all commands takes a fifth of the time in which
  /// an ordinary directory is checked.
  private static func plainCommand(_ arguments: [String]) -> (any ParsableCommand)? {
    let named = arguments.first.flatMap { command(named: $0) }
    guard let type = named ?? (arguments.first?.hasPrefix("-") == false ? nil : ConsoleCommand.self),
      let command = try? type.parseAsRoot(named == nil ? arguments : Array(arguments.dropFirst())),
      Swift.type(of: command) == type
    else { return nil }
    return command
  }

  /// What is wrong with a call whose first word is no command: the parser takes it for an argument of the console.
  private static func noCommand(_ word: String?, _ error: any Error) -> CommandError? {
    guard let word, exitCode(for: error) == .validationFailure,
      fullMessage(for: error).contains("nexpected argument")
    else { return nil }
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    let near = NearName.of(word, in: names).map { ": did you mean \"\($0)\"?" } ?? ";"
    return CommandError(
      .wrongCall, "there is no command \"\(printable(word))\"\(near) \"randmap --help\" lists all of them")
  }

  /// Whether Nagios reads what comes: a line on standard output, and the statuses of its plugins.
  private static func isForNagios(_ arguments: [String]) -> Bool {
    guard arguments.first == StatusCommand.configuration.commandName else { return false }
    return arguments.contains("--format=nagios")
      || zip(arguments, arguments.dropFirst()).contains { $0 == "--format" && $1 == "nagios" }
  }

  /// The library's status for a wrong call is EX_USAGE; ours are in docs/scripts.md.
  private static func end(with error: any Error, isForNagios: Bool) -> Never {
    if let failure = error as? CommandError {
      if isForNagios { endAsUnknown(failure.message) }
      failure.end()
    }
    if let status = error as? ExitCode { Glibc.exit(status.rawValue) }
    let status = exitCode(for: error)
    let text = fullMessage(for: error)
    if status == .success {
      if !text.isEmpty { Output.standard.line(text) }
      ExitStatus.fine.end()
    }
    // The text repeats what was given in the call.
    let safe = text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }
    if isForNagios { endAsUnknown(safe.first ?? "") }
    CommandError(
      status == .validationFailure ? .wrongCall : .fault, safe.joined(separator: "\n"),
      isComplete: status == .validationFailure
    ).end()
  }
}

/// Ends with Nagios's status for "unknown", and why.
private func endAsUnknown(_ message: String) -> Never {
  Output.standard.line(StatusReport.unknownForNagios(message))
  exit(3)
}
