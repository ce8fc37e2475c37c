// The effects of an edit that a person should confirm first.

import Checks
import PostfixFiles
import Routing

/// A consequence that needs `--force`, or a yes in the console.
public enum EditGuard: Hashable, Sendable {
  /// More than half of the live share of a pool is taken out.
  case takesOutLiveShare(pool: String, share: Double)
  /// No member with a live gateway is left: this share of the pool's mail waits.
  case noLiveMember(pool: String, atRisk: Double)
  /// A configuration manager says in the file that the file is its own: its next run undoes the edit.
  case managedFile(path: String, manager: ConfigurationManager)
  /// An error that was not there before.
  case newError(Diagnostic)
  /// Mail that the wish does not mean would take another way.
  case changesOtherMail(what: String, address: String, before: String, after: String)
  /// A gateway would get mail without the credentials that others of its pool have.
  case missingCredentials(String)

  /// Safe to show.
  public var message: String {
    switch self {
    case .takesOutLiveShare(let pool, let share):
      "removes \(percent(share)) of the live share of \(printable(pool))"
    case .noLiveMember(let pool, let atRisk):
      "leaves \(printable(pool)) without a live gateway: \(percent(atRisk)) of its mail waits"
    case .managedFile(let path, let manager):
      "\(printable(path)) says that it is managed by \(manager.rawValue): its next run would undo the edit"
    case .changesOtherMail(let what, let address, let before, let after):
      "changes other mail: \(printable(what)) (\(printable(address))) goes to \(before), and would go to \(after)"
    case .missingCredentials(let words): words
    case .newError(let diagnostic):
      "adds an error: \(diagnostic.file):\(diagnostic.start.line): \(diagnostic.message) [\(diagnostic.code)]"
    }
  }
}

extension MailConfig {
  /// The guards against the edit from `self` to `edited`; empty if nothing is against it.
  public func guards(against edited: MailConfig, states: GatewayStates) -> [EditGuard] {
    shareGuards(against: edited, states: states) + edited.managedFileGuards
      + newErrors(in: edited).map { .newError($0) }
  }

  private func shareGuards(against edited: MailConfig, states: GatewayStates) -> [EditGuard] {
    let after = Dictionary(edited.pools().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return pools().compactMap { before in
      guard let now = after[before.id] else { return nil }
      if before.hasLiveMember(states), !now.hasLiveMember(states) {
        return .noLiveMember(pool: before.id, atRisk: now.atRisk(states))
      }
      // By which transport a relayhost is reached is up to others.
      let byTransport = before.kind == .destination
      let kept = Set(now.members.filter { !$0.isDrained }.map { $0.goal(byTransport) })
      let taken = before.liveShares(states).reduce(0) {
        $0 + (kept.contains($1.member.goal(byTransport)) ? 0 : $1.share)
      }
      return taken > 0.5 ? .takesOutLiveShare(pool: before.id, share: taken) : nil
    }
  }

  /// The errors of `edited` that this configuration does not have, compared by code and gist: lines move. Of those in a
  /// table only the first is told, and another may be the first when that one is mended: there the number counts.
  public func newErrors(in edited: MailConfig) -> [Diagnostic] {
    struct Error: Hashable { let file, code, gist: String }
    let linter = Linter(LintOptions(severity: .error))
    let tables = Set(tablePaths)
    func key(_ diagnostic: Diagnostic) -> Error {
      Error(
        file: diagnostic.file, code: diagnostic.code,
        gist: tables.contains(diagnostic.file) ? "" : diagnostic.gist)
    }
    let old = Dictionary(linter.lint(self).diagnostics.map { (key($0), $0.count) }, uniquingKeysWith: max)
    // An edit may name a file that was not read yet. If nothing is known of the machine, it is not examined now.
    var read = edited.readingFiles()
    if surroundings == nil { read.surroundings = nil }
    return linter.lint(read).diagnostics.filter { $0.count > old[key($0)] ?? 0 }
  }
}

extension Member {
  /// What it leads to, however it is written; with the transport where that is part of it.
  fileprivate func goal(_ byTransport: Bool) -> String {
    gateways.isEmpty ? result : "\(byTransport ? transport ?? "" : "") \(gateways.map(\.description))"
  }
}
