// `randmap convert`: pools from one notation to another.

import ArgumentParser
import Changes
import Editing
import PostfixFiles

extension ConversionTarget: ExpressibleByArgument {}

struct ConvertCommand: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Write pools in another notation, with the same meaning.",
    discussion: """
      stock is what an unmodified Postfix of this release (--postfix-version) runs: outbound pools in \
      sender_dependent_default_transport_maps, relayhost pools in sender_dependent_relayhost_maps, the pool of a \
      domain or of the relay domains in a pipemap of transport_maps, each with the other members after the chosen \
      one where the release has next-hop lists. database is that too, but the members are rows of a SQLite database: \
      exact weights, in force at once, without a reload. agent is the separator notation, as randmap(8) runs it. file moves a \
      pool into a file of its own, inline moves it back. What cannot keep its meaning is refused with the reason.

      Examples:
        randmap convert --to stock
        randmap convert --to agent relay_transport --fragment
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var writing: WriteOptions

  @Option(
    name: .customLong("to"),
    help: ArgumentHelp("stock, agent, file, inline or database.", valueName: "notation"))
  var target: ConversionTarget

  @Flag(help: "Print the changed text of main.cf instead of a diff.")
  var fragment = false

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp(
      "Write the resulting files there, and leave the configuration as it is.", valueName: "dir"),
    completion: .directory)
  var outputDirectory: String?

  @OptionGroup var store: DatabaseOption

  @Argument(help: "The pools, as `randmap pools` names them; without any, all.")
  var pools: [String] = []

  func validate() throws {
    if outputDirectory != nil, writing.write {
      throw ValidationError("--output cannot be combined with --write")
    }
    try store.validate(goesWith: target == .database, "--to database")
    if fragment, writing.write {
      throw ValidationError("--fragment cannot be combined with --write: it only prints")
    }
  }

  func run() throws {
    let place = try workplace()
    defer { place.close() }
    let conversion = try refusing { () throws(EditRefusal) in
      try place.config.converting(pools, to: target, database: store.path)
    }
    if fragment || outputDirectory != nil {
      for note in conversion.notes { Output.error.line("randmap: \(note)") }
    }
    if fragment {
      Output.standard.text(Bytes(place.config.fragment(of: conversion.config).utf8))
      // It says nothing of these, and means nothing without them.
      let main = conversion.config.main.document.path
      for document in conversion.config.editedDocuments where document.path != main && outputDirectory == nil
      {
        let change = document.isNew ? "is needed too" : "changes too"
        Output.error.line(
          "randmap: \(printable(place.shown(document.path))) \(change): see the diff without --fragment, or --output DIR"
        )
      }
    }
    let names = pools.isEmpty ? "all pools" : pools.joined(separator: ", ")
    let summary = printable("convert \(names) to \(target.rawValue)")
    if let outputDirectory {
      guard !isSameFile(outputDirectory, place.config.directory) else {
        throw Failure(
          .wrongCall,
          "--output: \(printable(outputDirectory)) is the configuration directory; need another, or --write")
      }
      try export(conversion.config, to: absolutePath(outputDirectory), with: place.writer, summary: summary)
    } else if !fragment {
      try finish(Proposal(config: conversion.config, summary: summary, notes: conversion.notes), in: place)
    }
  }

  /// Writes the files that differ below `directory`, under their names in the configuration.
  private func export(
    _ edited: MailConfig, to directory: String, with writer: Writer, summary: String
  ) throws {
    if !fragment { Output.standard.diff(edited.changeSet(summary: summary), of: edited) }
    var changes: [FileChange] = []
    for document in edited.editedDocuments {
      let prefix = edited.directory + "/"
      let name =
        document.path.hasPrefix(prefix)
        ? String(document.path.dropFirst(prefix.count)) : String(document.path.drop { $0 == "/" })
      guard !name.contains("/") else {
        throw Failure(
          .findings,
          "nothing is written: \(printable(document.path)) is not a file of the configuration directory itself"
        )
      }
      let path = "\(directory)/\(name)"
      changes.append(FileChange(path: path, before: try? FileReader.read(path), after: document.bytes))
    }
    do throws(WriteError) {
      _ = try writer.write(ChangeSet(directory: directory, changes: changes, summary: summary))
    } catch {
      throw Failure(.findings, error.outcome)
    }
    for change in changes { Output.error.line("randmap: \(printable(change.path)) is written") }
  }
}
