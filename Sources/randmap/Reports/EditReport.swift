// What an edit comes to: the diff, the shares and the routes, before and after; for people, and as JSON.

import Changes
import Editing
import PostfixFiles
import Routing

enum EditFormat: String, CaseIterable { case text, json }

struct EditReport {
  let proposal: Proposal
  let set: ChangeSet
  let guards: [EditGuard]
  private let place: Workplace

  init(_ proposal: Proposal, set: ChangeSet, guards: [EditGuard], place: Workplace) {
    self.proposal = proposal
    self.set = set
    self.guards = guards
    self.place = place
  }

  // MARK: - For people

  /// The lines for standard error; the diff, which patch(1) takes unless it is folded, goes through `diff` first.
  func text(before: MailConfig, folded: Bool, diff: (Bytes) -> Void) -> [String] {
    diff(folded ? place.config.maskedDiff(of: set).foldingRepetitions : set.diff)
    var lines = set.changes.isEmpty ? [] : ShareComparison(before: before, after: proposal.config).text
    if let routes = proposal.routes, !set.changes.isEmpty { lines += Self.text(of: routes) }
    return lines + proposal.details + proposal.notes.map { "randmap: \($0)" }
      + guards.map { "randmap: \($0.messageOfCall)" }
  }

  /// What changes comes first; what stays is in one column.
  static func text(of routes: [RouteChange]) -> [String] {
    var table = TextTable([.left, .left])
    for route in routes.sorted(by: { $0.isChanged && !$1.isChanged }) {
      let sample = route.sample
      let address = sample.sender.isEmpty ? sample.recipient : "from \(sample.sender)"
      table.add("\(printable(sample.what)) (\(printable(address)))", route.words)
    }
    return ["where mail goes:"] + table.lines.map { "  " + $0 }
  }

  // MARK: - JSON

  struct Object: Encodable {
    let edit: String
    let written: Bool
    let diff: String
    /// What it changes.
    let files: [String]
    let poolsBefore: [PoolsReport.PoolObject]
    let pools: [PoolsReport.PoolObject]
    let routes: Routes
    let findings: [Finding]
    let notes: [String]
  }

  struct Routes: Encodable {
    let before, after: [RouteReport.RouteObject]
  }

  struct Finding: Encodable {
    let severity: String
    @Explicit var code: String?
    @Explicit var file: String?
    @Explicit var line: Int?
    let message: String
  }

  func object(written: Bool) -> Object {
    let routes =
      proposal.routes
      ?? place.config.routeChanges(
        to: proposal.config, context: place.config.routeContext(isDemo: place.isDemo))
    return Object(
      edit: proposal.summary, written: written,
      diff: String(decoding: place.config.maskedDiff(of: set), as: UTF8.self),
      files: set.changes.map { place.shown($0.path) },
      poolsBefore: PoolsReport(place.config, shown: place.shown).object.pools,
      pools: PoolsReport(proposal.config, shown: place.shown).object.pools,
      routes: Self.object(of: routes, from: place.config, to: proposal.config, shown: place.shown),
      findings: guards.map(finding),
      notes: proposal.notes.map(Output.naming))
  }

  static func object(
    of routes: [RouteChange], from before: MailConfig, to after: MailConfig,
    shown: @escaping (String) -> String
  ) -> Routes {
    // The routes are shown without looking up hosts: the report does not wait for a name server.
    func side(_ config: MailConfig, _ answer: (RouteChange) -> RouteAnswer) -> [RouteReport.RouteObject] {
      RouteReport(
        routes.map { (written: $0.sample.recipient, answer: answer($0)) }, in: config, folded: false,
        shown: shown, lookUp: { _ in nil }
      ).object.routes
    }
    return Routes(before: side(before, \.before), after: side(after, \.after))
  }

  private func finding(_ stop: EditGuard) -> Finding {
    guard case .newError(let diagnostic) = stop else {
      return Finding(
        severity: "warning", code: nil, file: nil, line: nil, message: Output.naming(stop.message))
    }
    return Finding(
      severity: diagnostic.severity.rawValue, code: diagnostic.code, file: place.shown(diagnostic.file),
      line: diagnostic.start.line, message: Output.naming(diagnostic.message))
  }
}

extension Output {
  /// Prints the diff of a change: to people without passwords, into a pipe as it is, so that patch(1) takes it.
  func diff(_ set: ChangeSet, of config: MailConfig) {
    text(isTerminal ? config.maskedDiff(of: set) : set.diff)
  }
}
