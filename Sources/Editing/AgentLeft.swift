// What is left of the agent when an edit has taken away the last pool that needs it, and how one takes that away.

import Changes
import PostfixFiles
import Routing

extension MailConfig {
  /// Nothing where `edited` has such a pool, or this configuration had none; safe to show.
  func notes(onAgentLeftBy edited: MailConfig) -> [String] {
    guard pools().contains(where: \.notation.needsAgent),
      !edited.pools().contains(where: \.notation.needsAgent)
    else { return [] }
    let start = "no pool needs the agent any more"
    var notes: [String] = []
    if edited.master?.transport("randmap") != nil {
      notes.append(
        "\(start): the service randmap stays in master.cf; take its line out if nothing else uses it")
    }
    if !edited.agentMarks(ownOnly: false).isEmpty {
      let others = edited.limitsOfAgent.others
      let lines = (["\"\(Self.agentMark)\""] + others).joined(separator: ", ")
      // Without names, convert takes pools in databases along.
      let call =
        others.isEmpty && !edited.poolSites().contains(where: \.isInDatabase)
        ? "run randmap convert --to stock" : others.isEmpty ? "remove that line" : "remove these lines"
      notes.append(
        "\(start): main.cf keeps \(lines), because randmap did not write \(others.isEmpty ? "it" : "all of them"); if nothing else needs \(others.isEmpty ? "it" : "them"), \(call)"
      )
    }
    if edited.hasRunningAgent {
      let process =
        directory == Self.standardDirectory
        ? "systemctl disable --now randmap-agent"
        : "end the process of randmap agent -c \(directory.asArgument)"
      notes.append("\(start), and an agent still runs; after the reload: \(process)")
    }
    return notes.map { printable($0) }
  }

  /// The tables that randmap has made and that an edit has left empty.
  func notes(onTablesLeftBy edited: MailConfig) -> [String] {
    emptyTablesLeft(by: edited).map { path in
      let index = IndexType.allCases.map { path + $0.suffix }.first { FileReader.realPath($0) != nil }
      return printable(
        Self.note(onFile: path, isUsed: false)
          + (index.map { ": rm \(path.asArgument) \($0.asArgument)" } ?? ""))
    }
  }
}
