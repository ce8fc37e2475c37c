// A write makes the index of a table anew. What somebody wrote into its text without postmap(1) then comes into force too: an edit
// of such a table asks first, and says which mail that moves.

import PostfixFiles
import Routing

extension MailConfig {
  func oldIndexGuards(against edited: MailConfig, _ context: RouteContext) -> [EditGuard] {
    let old = tablesWithOldIndex(rebuiltBy: edited)
    guard !old.isEmpty else { return [] }
    let (now, inForce) = (
      Resolver(self, context: context), Resolver(self, context: context.readingTexts())
    )
    let after = Resolver(edited, context: context)
    let generic = old.map { EditGuard.oldIndex(path: $0.path, call: $0.call) }
    var guards: [EditGuard] = []
    for sample in samples(ofTables: old.map(\.path)) {
      let change = RouteChange(
        sample: sample, before: now.route(sample.recipient, from: sample.sender),
        after: after.route(sample.recipient, from: sample.sender))
      // Where the index cannot be asked, nobody knows what is new in the text.
      guard change.before.isComplete || !change.before.drawn.isEmpty else { return generic }
      let others = inForce.route(sample.recipient, from: sample.sender)
      if change.isChanged, change.after.goals == others.goals { guards.append(change.asOtherMail) }
    }
    return guards
  }

  /// The tables whose texts are newer than their indices, and which an edit changes.
  func tablesWithOldIndex(rebuiltBy edited: MailConfig) -> [(path: String, call: String)] {
    let paths = Set(edited.editedDocuments.map(\.path)).intersection(tablePaths)
    guard !paths.isEmpty else { return [] }
    var seen: Set<String> = []
    return RoutingParameter.maps.flatMap { tables($0) }.compactMap { try? $0.get() }
      .flatMap(\.flattened).compactMap { table in
        guard case .file(let named) = table.content, case let path = absolute(named), paths.contains(path),
          table.indexState(in: self) == .outdated, let call = table.indexCall(in: self),
          seen.insert(path).inserted
        else { return nil }
        return (path, call)
      }
  }

  /// The samples that are shown with each edit, and more keys of these tables: any of them may be new.
  private func samples(ofTables paths: [String]) -> [RouteSample] {
    var seen: Set<[String]> = []
    let keys = tableSites.flatMap { site -> [RouteSample] in
      guard let path = site.source, paths.contains(path), let document = files[path]?.document else {
        return []
      }
      return Table(document).entries.suffix(Self.mostKeysOfOldIndex).compactMap { entry in
        let key = entry.key.text.lowercased()
        return site.parameter.keys == .recipients ? Self.sample(ofRecipient: key) : Self.sample(ofSender: key)
      }
    }
    return (routeSamples() + keys).filter { seen.insert([$0.recipient, $0.sender]).inserted }
  }

  /// For each of them a program is started a few times. What a person adds is at the end as a rule.
  private static let mostKeysOfOldIndex = 30
}
