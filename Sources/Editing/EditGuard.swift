// The effects of an edit that a person should confirm first.

import Checks
import Gateways
import PostfixFiles
import Routing
import System

/// A consequence that needs `--force`, or a yes in the console.
package enum EditGuard: Hashable, Sendable {
  /// More than half of the live share of a pool of several destinations goes to none of its gateways any more.
  case takesOutLiveShare(pool: String, share: Double)
  /// No member with a live gateway is left: this share of the pool's mail waits.
  case noLiveMember(pool: String, atRisk: Double)
  /// A configuration manager says in the file that the file is its own: its next run undoes the edit.
  case managedFile(path: String, manager: ConfigurationManager)
  /// The file has further names (hard links), which would keep the old contents.
  case hardLinks(path: String)
  /// The file may be a part: another program may be writing it, and a new file in its place would lose the rest.
  case beingWritten(path: String)
  /// An error that was not there before.
  case newError(Diagnostic)
  /// Mail that the wish does not mean would take another way.
  case changesOtherMail(what: String, address: String, before: String, after: String)
  /// Mail that this host puts into mailboxes would go to gateways.
  case takesMailboxes(address: String, before: String, after: String)
  /// A gateway would get mail without a login that it has today, or that others of its pool have.
  case missingCredentials(hop: String, transport: String = "smtp", words: String)
  /// A gateway would get mail less protected than it is today, or than for others of its pool.
  case missingPolicy(hop: String, transport: String = "smtp", words: String)
  /// What is named delivers to no gateway.
  case deliversToNoGateway(words: String)
  /// The text of a table has changes that a new index brings into force.
  case oldIndex(path: String, call: String)
  /// Another setting reads the table of an entry that comes, goes or changes.
  case sharedTable(words: String)
  /// A line goes that has the entries of several kinds of mail.
  case removesEntries(parameter: String, keys: [String], call: String?)
  /// A pool database has routes of others that would change, or decide here too.
  case othersRoutes(DatabaseConflict)
  /// A pool database is that of a Postfix with another configuration directory.
  case othersDatabase(path: String, owner: String)
  /// A gateway that is new here does not answer, or not as it should.
  case newGatewayFails(Gateway, GatewayState, reason: String)
  /// There is no such host: the name servers say so.
  ///
  /// - Parameter isRelayhost: smtp(8) takes that for a mistake, and the mail waits.
  case unknownName(Gateway, reason: String, isRelayhost: Bool = false)
  /// A gateway that is new here has no address of a protocol that Postfix uses.
  case familyOff(Gateway, words: String)
  /// Mail that went to gateways would go straight to the servers of its domains: a lane has no next hop of its own.
  case leavesGateways(address: String, before: String)

  /// Safe to show.
  package var message: String {
    switch self {
    case .takesOutLiveShare(let pool, let share):
      "removes \(percent(share)) of the live share of \(printable(pool))"
    case .noLiveMember(let pool, let atRisk):
      "leaves \(printable(pool)) without a live gateway: \(percent(atRisk)) of its mail waits"
    case .managedFile(let path, let manager):
      "\(printable(path)) says that it is managed by \(manager.rawValue): its next run would undo the edit"
    case .hardLinks(let path):
      "\(printable(path)) has other names (hard links): a write replaces this one, and they keep the old contents"
    case .beingWritten(let path):
      "\(printable(path)) changed a moment ago and its last line has no end: another program may be writing it, and what it still writes would be lost. Wait until it is done, or end the last line"
    case .changesOtherMail(let what, let address, let before, let after):
      "changes other mail: \(printable(what)) (\(printable(address))) goes to \(before), and would go to \(after)"
    case .missingCredentials(_, _, let words), .missingPolicy(_, _, let words): words
    case .sharedTable(let words), .deliversToNoGateway(let words): printable(words)
    case .oldIndex(let path, let call):
      printable(
        "\(path) was changed after its index was made, and this edit makes the index anew: what else was changed there would come into force too; to bring that into force first: \(call)"
      )
    case .removesEntries(let parameter, let keys, let call):
      printable(
        "removes \(keys.count) entries of \(parameter): \(keys.prefix(5).joined(separator: ", "))\(keys.count > 5 ? " and \(keys.count - 5) more" : "")\(call.map { "; for one of them: \($0)" } ?? "")"
      )
    case .takesMailboxes(let address, let before, let after):
      "takes mailboxes off this host: mail for \(printable(address)) is delivered here (\(before)), and would go to \(after)"
    case .leavesGateways(let address, let before):
      "leaves the gateways: mail for \(printable(address)) goes to \(before), and would go from these lanes straight to the servers of its domain"
    case .othersRoutes(let conflict): conflict.words
    case .othersDatabase(let path, let owner):
      "\(printable(path)) is the database of \(printable(owner)): that Postfix would use this edit at once"
    case .newGatewayFails(let gateway, let state, let reason):
      printable("\(gateway) is \(state == .refused ? "refused" : "down"): \(reason)")
    case .unknownName(let gateway, let reason, let isRelayhost):
      printable(
        "\(gateway) does not resolve: \(reason); \(isRelayhost ? "its mail would wait" : "mail for it would be returned"): correct the name, or add it to the DNS first"
      )
    case .familyOff(let gateway, let words):
      printable(
        "no mail reaches \(gateway): \(words); need a gateway with an address of that protocol, or inet_protocols = all"
      )
    case .newError(let diagnostic):
      "adds an error: \(diagnostic.file):\(diagnostic.start.line): \(diagnostic.message) [\(diagnostic.code)]"
    }
  }
}

extension EditGuard {
  /// The same for a call, with the option where a yes may be right as it is: a gateway may know us by our address.
  package var messageOfCall: String {
    if case .missingCredentials = self { return "\(message); if that gateway needs none: --force" }
    return message
  }
}

extension EditGuard {
  /// The gateway without which it means nothing; nil where it is about more than one.
  fileprivate func subject(in config: MailConfig) -> Gateway? {
    switch self {
    case .missingCredentials(let hop, let transport, _), .missingPolicy(let hop, let transport, _):
      DestinationGateways(
        SourcedText(builtIn: hop), kind: .nextHop, defaultTransport: transport, in: config
      ).gateways.first
    case .newGatewayFails(let gateway, _, _), .unknownName(let gateway, _, _), .familyOff(let gateway, _):
      gateway
    case .takesOutLiveShare, .noLiveMember, .managedFile, .hardLinks, .beingWritten, .newError,
      .changesOtherMail,
      .othersRoutes,
      .othersDatabase, .takesMailboxes, .leavesGateways, .sharedTable, .removesEntries, .deliversToNoGateway,
      .oldIndex:
      nil
    }
  }
}

extension [EditGuard] {
  /// Those that later edits have not made untrue: the gateway that one is about may have been taken out again.
  package func remaining(in edited: MailConfig) -> [EditGuard] {
    let subjects = map { $0.subject(in: edited) }
    guard subjects.contains(where: { $0 != nil }) else { return self }
    // One that is drained gets no mail either.
    let used = Set(edited.gateways().filter { !$0.isDrained }.map(\.gateway))
    return zip(self, subjects).filter { $1.map(used.contains) ?? true }.map(\.0)
  }
}

extension MailConfig {
  /// The guards against the edit from `self` to `edited`; empty if nothing is against it.
  ///
  /// - Parameters:
  ///   - context: how tables are asked that cannot be read here.
  ///   - findings: those that are new in `edited`, where the caller has looked for them.
  package func guards(
    against edited: MailConfig, states: GatewayStates, context: RouteContext = RouteContext(),
    findings: [Diagnostic]? = nil
  ) -> [EditGuard] {
    shareGuards(against: edited, states: states) + guardsOfMail(against: edited, context)
      + familyGuards(against: edited)
      + idleTransportGuards(against: edited) + sharedTableGuards(against: edited)
      + removedEntriesGuards(against: edited) + oldIndexGuards(against: edited, context)
      + databaseGuards(against: edited) + edited.managedFileGuards
      + edited.changeSet(summary: "").hardLinked.map { .hardLinks(path: $0) }
      + unfinishedFileGuards(against: edited)
      + (findings?.filter { $0.severity == .error } ?? newErrors(in: edited)).map { .newError($0) }
  }

  /// The files of the edit that another program may be writing.
  package func unfinishedFileGuards(against edited: MailConfig) -> [EditGuard] {
    filesBeingWritten(before: edited).map { .beingWritten(path: $0) }
  }

  package func newErrors(in edited: MailConfig) -> [Diagnostic] { newFindings(in: edited, from: .error) }

  /// The findings of `edited` that this configuration does not have, compared by code and gist: lines move. Of those in a
  /// table only the first is told, and another may be the first when that one is mended: there the number counts.
  package func newFindings(in edited: MailConfig, from severity: Severity) -> [Diagnostic] {
    struct Mistake: Hashable { let file, code, gist: String }
    let linter = Linter(LintOptions(severity: severity))
    let tables = Set(tablePaths)
    func key(_ diagnostic: Diagnostic) -> Mistake {
      Mistake(
        file: diagnostic.file, code: diagnostic.code,
        gist: tables.contains(diagnostic.file) ? "" : diagnostic.gist)
    }
    let old = Dictionary(linter.lint(self).diagnostics.map { (key($0), $0.count) }, uniquingKeysWith: max)
    // An edit may name a file that was not read yet. If nothing is known of the machine, it is not examined now.
    let read = edited.readingFiles(examiningMachine: surroundings != nil)
    return linter.lint(read).diagnostics.filter { $0.count > old[key($0)] ?? 0 }
  }
}
