// The other way out where a write cannot be taken back, because others changed the same lines: the calls that give the mail the
// gateways again that it had before that write.

import Changes
import PostfixFiles
import Routing

extension Writer {
  /// As many as a message can show; empty where none can be made of the files as they are.
  package func callsOfFormerPools(before number: Int, in config: MailConfig, on machine: Machine) -> [String]
  {
    guard let written = try? written(config.directory, number: number), written.forgotten.isEmpty else {
      return []
    }
    func with(_ bytes: (FileDiff) -> [UInt8]?) -> MailConfig {
      config.applying(
        ChangeSet(
          directory: config.directory,
          changes: written.diffs.map { FileChange(path: $0.path, before: nil, after: bytes($0)) }, summary: ""
        ))
    }
    let (found, left) = (
      with { $0.isNew ? nil : $0.before }, with { $0.isRemoved ? nil : $0.after }
    )
    let wishes = found.scopeDecisions(context: machine.context).compactMap { decision -> PoolWish? in
      let scope = decision.scope
      guard let former = try? found.membersToday(of: scope), !former.isEmpty,
        former != (try? left.membersToday(of: scope)), former != (try? config.membersToday(of: scope))
      else { return nil }
      return PoolWish(scope, former)
    }
    return wishes.lazy.compactMap { wish in
      (try? config.planning(wish, on: machine)).map { $0.call(of: wish) }
    }.prefix(2).map { printable($0) }
  }
}
