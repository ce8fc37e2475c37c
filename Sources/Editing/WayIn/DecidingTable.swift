// A table of main.cf that answers for all mail, before any line of the mail that is meant: what changes its pool, and what takes it
// away.

import PostfixFiles
import Routing

extension MailConfig {
  /// What to do about the table that decides for a message, where it answers for all mail.
  ///
  /// - Parameter member: a gateway that is to get mail; nil where none is known.
  func advice(
    onTableDeciding answer: RouteAnswer, adding member: String? = nil, _ context: RouteContext
  ) -> [String] {
    [
      callsChangingTable(deciding: answer, adding: member, context).map { "to change its pool: \($0)" },
      callRemovingTable(deciding: answer, context).map { "to take away what decides: \($0)" },
    ].compactMap(\.self)
  }

  private func callsChangingTable(
    deciding answer: RouteAnswer, adding member: String?, _ context: RouteContext
  ) -> String? {
    guard let parameter = decidingTables(answer), let site = pool(answeringIn: parameter),
      let first = site.content.choices.first
    else { return nil }
    let id = site.id.asArgument
    let isHop = site.kind == .nextHop
    let other = member.map { isHop || namesDestination($0) ? $0 : "smtp:\($0)" }
    // What changes nothing for the message is no advice.
    let probe = Edit.add(pool: site.id, member: other ?? "\(isHop ? "" : "smtp:")[other.invalid]", weight: 1)
    guard let edited = try? applyingAlone(probe),
      Resolver(edited, context: context).route(answer.recipient, from: answer.sender).goals != answer.goals
    else { return nil }
    let member = first.result.asArgument
    // A pool is never left without a member, and the weight of an only one changes nothing.
    let more =
      site.content.choices.count > 1
      ? ["randmap set \(id) \(member) WEIGHT", "randmap remove \(id) \(member)"] : []
    return (["randmap add \(id) \(other?.asArgument ?? "GATEWAY")"] + more).joined(separator: ", or ")
  }

  /// The call that takes away a table that answers for all mail and for nothing else, where it is the only one of its parameter and
  /// mail then takes another way.
  func callRemovingTable(deciding answer: RouteAnswer, _ context: RouteContext) -> String? {
    guard let parameter = decidingTables(answer), isOneAnswer(parameter),
      let bare = try? removingRoute(parameter.rawValue, table: nil),
      Resolver(bare, context: context).route(answer.recipient, from: answer.sender).goals != answer.goals
    else { return nil }
    return forcing("randmap remove-route \(parameter)", to: bare)
  }

  /// A call, with the option that it needs where it comes to `edited`.
  func forcing(_ call: String, to edited: MailConfig) -> String {
    let guards = shareGuards(against: edited, states: [:]) + removedEntriesGuards(against: edited)
    return guards.isEmpty ? call : "\(call) --force"
  }

  /// Why a table of transport_maps is in the way whose entries are not known.
  func wordsOnUnlisted(_ table: TableSpec) -> String {
    let maps = RoutingParameter.transportMaps
    let name = "\"\(table.text.text)\" in \(maps)"
    if isOneAnswer(maps), let bare = try? removingRoute(maps.rawValue, table: nil) {
      return
        "\(name) answers for all mail, and comes first: take it away, with \(forcing("randmap remove-route \(maps)", to: bare))"
    }
    return
      "\(name) has no entries that can be listed here, and may decide some of this mail: take it out first, or (if it has no patterns) call randmap where it can be read"
  }

  /// The parameter in main.cf whose tables decide.
  private func decidingTables(_ answer: RouteAnswer) -> RoutingParameter? {
    guard let step = answer.deciding, step.file == main.document.path,
      let parameter = RoutingParameter(rawValue: step.parameter), parameter.takesTables
    else { return nil }
    return parameter
  }

  private func pool(answeringIn parameter: RoutingParameter) -> PoolSite? {
    poolSites().first { $0.parameter == parameter && $0.answersAll && !$0.isInDatabase }
  }

  /// Whether the tables of a parameter are one that answers any key with the same.
  private func isOneAnswer(_ parameter: RoutingParameter) -> Bool {
    let tables = tables(parameter)
    guard tables.count == 1, case .success(let table)? = tables.first else { return false }
    return switch table.unproxied.content {
    case .constant, .draw: true
    default: pool(answeringIn: parameter) != nil
    }
  }
}
