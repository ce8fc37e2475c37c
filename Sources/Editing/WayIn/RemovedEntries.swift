// A line of main.cf that goes with the entries of several kinds of mail asks first: each of them loses its route.

import PostfixFiles
import Routing

extension MailConfig {
  /// Where a line that names tables is gone, and nothing is left of several entries that it had.
  func removedEntriesGuards(against edited: MailConfig) -> [EditGuard] {
    RoutingParameter.allCases.filter(\.takesTables).compactMap { parameter in
      guard let line = main[parameter], !line.value.isEmpty, edited.main[parameter] == nil else { return nil }
      let left = Set(edited.entryKeys(of: parameter))
      let gone = entryKeys(of: parameter).filter { !left.contains($0) }
      guard gone.count > 1 else { return nil }
      let scope = gone.lazy.compactMap {
        parameter.keys == .recipients ? Self.sample(ofRecipient: $0) : Self.sample(ofSender: $0)
      }.first?.scope
      return .removesEntries(
        parameter: parameter.rawValue, keys: gone,
        call: scope.map { "randmap remove-route \("\($0)".asArgument)" })
    }
  }

  /// The keys of the entries that have results of their own, each once: those of a pool are one decision.
  private func entryKeys(of parameter: RoutingParameter) -> [String] {
    var seen: Set<String> = []
    return tableSites(of: parameter).filter { $0.table?.isAnswer ?? false }.flatMap { site -> [String] in
      switch (site.place, site.content) {
      case (.inlineEntry(_, let key), .value): [key.lowercased()]
      case (_, .source(let path)):
        files[path]?.document.map { Table($0).entries.map { $0.key.text.lowercased() } } ?? []
      default: []
      }
    }.filter { seen.insert($0).inserted }
  }
}
