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

  @OptionGroup var store: DatabaseOption

  @Argument(help: "The pools, as `randmap pools` names them; without any, all.")
  var pools: [String] = []

  func validate() throws {
    try store.validate(goesWith: target == .database, "--to database")
    if fragment, common.format == EditFormat.json.rawValue {
      throw ValidationError("--fragment prints the text of main.cf: leave out --format json")
    }
    if fragment, writing.write {
      throw ValidationError("--fragment cannot be combined with --write: it only prints")
    }
  }

  func run() throws {
    let place = try workplace()
    defer { place.close() }
    let conversion = try refusing { () throws(EditError) in
      try place.config.converting(pools, to: target, database: store.path)
    }
    if fragment {
      for note in conversion.notes { Output.error.line("randmap: \(note)") }
      Output.standard.text(Bytes(place.config.fragment(of: conversion.config).utf8))
      // It says nothing of these, and means nothing without them.
      let main = conversion.config.main.document.path
      for document in conversion.config.editedDocuments
      where document.path != main && writing.outputDirectory == nil {
        let change = document.isNew ? "is needed too" : "changes too"
        Output.error.line(
          "randmap: \(printable(place.shown(document.path))) \(change): see the diff without --fragment, or --output DIR"
        )
      }
    }
    let names = pools.isEmpty ? "all pools" : pools.joined(separator: ", ")
    let summary = printable("convert \(names) to \(target.rawValue)")
    if !fragment {
      try finish(Proposal(config: conversion.config, summary: summary, notes: conversion.notes), in: place)
    } else if let directory = writing.outputDirectory {
      try export(conversion.config, to: directory, with: place.writer, summary: summary)
    }
  }
}
