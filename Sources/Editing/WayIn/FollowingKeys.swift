// Entries that leave a part of the destination to other settings: an edit of those moves their mail, however many keys come first.

import PostfixFiles
import Routing

extension MailConfig {
  /// How many entries of a table are looked at, and how many of those keys are kept.
  private static let mostEntries = 100_000
  private static let mostKeys = 200

  /// The mail of such entries, in the order of the tables.
  func samplesThatFollow() -> [RouteSample] {
    [RoutingParameter.transportMaps, .senderTransportMaps, .senderRelayhostMaps].flatMap { parameter in
      followingKeys(parameter).compactMap { key in
        parameter.keys == .recipients ? Self.sample(ofRecipient: key) : Self.sample(ofSender: key)
      }
    }
  }

  private func followingKeys(_ parameter: RoutingParameter) -> [String] {
    func follows(_ value: SourcedText) -> Bool {
      if value.isNoAnswer || value.isEmpty { return true }
      guard parameter.resultKind == .destination, PoolText(value: value) == nil else { return false }
      let destination = Destination(value)
      return destination.transport.isEmpty || destination.nextHop.isEmpty
    }
    var read: Set<String> = []
    // A file that is named again has no other keys.
    let specs = tables(parameter).compactMap { try? $0.get() }.map(\.unproxied).filter { table in
      if case .file(let path) = table.content { read.insert(path).inserted } else { true }
    }
    return specs.flatMap { table -> [String] in
      if case .file(let path) = table.content {
        guard !table.isPattern, let document = try? reading(absolute(path)) else { return [] }
        return Table(document).entries.lazy.prefix(Self.mostEntries).filter { follows($0.value) }
          .prefix(Self.mostKeys).map { $0.key.text.lowercased() }
      }
      return (entries(of: table) ?? []).lazy.prefix(Self.mostEntries)
        .filter { follows(SourcedText(builtIn: $0.value)) }.prefix(Self.mostKeys).map(\.key)
    }
  }
}
