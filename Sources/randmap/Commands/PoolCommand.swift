// `randmap pool`: from one gateway to a pool with weights, in one step.

import ArgumentParser
import Editing
import PostfixFiles
import Routing

struct PoolCommand: CommandWithReason {
  static let configuration = CommandConfiguration(
    commandName: "pool", abstract: "Share mail between gateways, whatever decides it today.",
    discussion: """
      SCOPE says which mail: outbound (all mail that leaves and has no route of its own), to:example.com, \
      to:user@example.com, from:customer.example, from:user@customer.example, class:relay, class:virtual, or the id of \
      a pool or a parameter. Without SCOPE: the scopes of this configuration, and what decides each today.

      MEMBER is a next hop such as [gw1.example]:587, a destination such as smtp:[gw1.example], or lane:ADDRESS: a \
      transport that sends from this address, made where there is none. WEIGHT is a number or a percentage; 1 where \
      there is none. One member makes it one destination again.

      What to change is worked out from what is there. The diff comes with the routes before and after.

      Examples:
        randmap pool outbound '[gw1.example]:587=70' '[gw2.example]:587=30'
        randmap pool to:example.com '[in1.example]=60%' '[in2.example]=40%' --write
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var writing: WriteOptions
  @OptionGroup var history: HistoryOptions
  @Option(
    help: ArgumentHelp(
      "How to write the pool: agent, stock, file or database.",
      discussion:
        "By default what works here: the agent's notation where an agent serves this directory, otherwise stock.",
      valueName: "notation"))
  var notation: String?
  @OptionGroup var store: DatabaseOption
  @Argument(help: "Which mail.") var scope: String?
  @Argument(help: ArgumentHelp("The gateways.", valueName: "member[=weight]")) var members: [String] = []

  func validate() throws {
    if let notation, PoolWish.Notation(rawValue: notation) == nil {
      throw ValidationError("--notation \(printable(notation)): need agent, stock, file or database")
    }
    try store.validate(goesWith: notation == "database", "--notation database")
  }

  func run() throws {
    let place = try workplace()
    defer { place.close() }
    _ = place.sayUnreadableFiles()
    guard let scope else {
      let report = ScopesReport(place.config, shown: place.shown)
      switch try common.format(or: EditFormat.text) {
      case .text: for line in report.text { Output.standard.advice(line) }
      case .json: Output.standard.write(try JSON.text(report.object))
      }
      return
    }
    let wish = try refusing { () throws(EditError) in
      var wanted: [WantedMember] = []
      for member in members { wanted.append(try WantedMember(member)) }
      return PoolWish(
        try Scope(scope), wanted, notation: notation.flatMap { PoolWish.Notation(rawValue: $0) },
        database: store.path)
    }
    try finish(try proposal(for: wish, in: place.config), in: place) { try proposal(for: wish, in: $0) }
  }

  private func proposal(for wish: PoolWish, in config: MailConfig) throws -> Proposal {
    var proposal = try planning(wish, in: config)
    proposal.notes = PoolWish.notesOnWeights(of: members) + proposal.notes
    return proposal
  }
}
