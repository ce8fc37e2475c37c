// Limits of the members' transports that no longer apply to mail that is delivered as randmap (RM319): they go along.

import PostfixFiles
import Routing

/// A setting of one transport. What it says of one gateway holds for a pool as a whole then, so no gateway gets more.
enum CarriedLimit: String, CaseIterable {
  case recipients = "destination_recipient_limit"
  case destinationDelay = "destination_rate_delay"
  case transportDelay = "transport_rate_delay"

  /// For the agent's transport.
  var parameter: String { "randmap_\(rawValue)" }

  /// What the transports set, and what each of these says.
  private func settings(of transports: Set<String>, in parameters: Parameters) -> [(
    name: String, value: String
  )] {
    transports.sorted().map { "\($0)_\(rawValue)" }.filter(parameters.isSet)
      .map { ($0, parameters.text($0)) }.filter { !$0.1.isEmpty }
  }

  /// The lines for the agent, and what a person should know of them.
  static func carried(
    from transports: Set<String>, in parameters: Parameters
  ) -> (lines: [String], notes: [String]) {
    var lines: [String] = []
    var notes: [String] = []
    for limit in allCases where !parameters.isSet(limit.parameter) {
      let settings = limit.settings(of: transports, in: parameters)
      guard let first = settings.first else { continue }
      let names = settings.map(\.name).joined(separator: " and ")
      if Set(settings.map(\.value)).count == 1 {
        lines.append("\(limit.parameter) = \(first.value)")
        notes.append(
          "\(limit.parameter) = \(first.value), as \(names): it is for all members of a pool together")
      } else {
        notes.append("\(names) do not apply to pools of the agent, and differ: set \(limit.parameter)")
      }
    }
    return (lines, notes)
  }
}
