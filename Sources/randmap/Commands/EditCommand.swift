// A command that comes to edits: what they make of the configuration.

import ArgumentParser
import Changes
import Editing
import Gateways
import Liveness
import PostfixFiles
import PostfixTools
import Routing
import System

/// A command that comes to edits.
protocol EditCommand: WritingCommand {
  /// The edits, in order; `config` is what they are made to.
  func edits(_ config: MailConfig) throws -> [Edit]
  /// Whether it is meant for every pool that there is, so that one that cannot be read is missed.
  var isForEveryPool: Bool { get }
  /// What a person should know of the outcome beside the shares, and beside what no timer does.
  func remarks(_ edited: MailConfig, in place: Workplace) -> [String]
  /// Lines that show the outcome, where shares do not say all.
  func details(_ edited: MailConfig) -> [String]
  /// Where mail goes before and after, for people too; nil: the shares say all.
  func routes(_ edited: MailConfig, in place: Workplace) -> [RouteChange]?
}

extension EditCommand {
  var isForEveryPool: Bool { false }

  func remarks(_ edited: MailConfig, in place: Workplace) -> [String] { [] }
  func details(_ edited: MailConfig) -> [String] { [] }
  func routes(_ edited: MailConfig, in place: Workplace) -> [RouteChange]? { nil }

  func run() throws { try edit() }

  /// Makes the edits, prints what they come to, and writes where --write says so.
  func edit() throws {
    let place = try workplace()
    defer { place.close() }
    let isIncomplete = place.sayUnreadableFiles() && isForEveryPool
    let making = { config in try self.making(config, in: place) }
    try finish(try making(place.config), in: place, again: making)
    if isIncomplete {
      throw CommandError(
        .findings,
        "the pools of files that cannot be read are as they were; need --pool for one that can be read")
    }
  }

  /// What the edits make of a configuration.
  private func making(_ config: MailConfig, in place: Workplace) throws -> Proposal {
    let asked = try edits(config)
    let edits = try refusing { () throws(EditError) in try config.editsOfPools(asked) }
    // Of `add` with a percentage the last one says all.
    let wish = try refusing { () throws(EditError) in
      guard let last = edits.last(where: \.givesWeight) else { return nil as PoolWish? }
      let adds = edits.contains { if case .add = $0 { true } else { false } }
      return try PoolWish(last, in: config, isNew: adds)
    }
    if let wish { return try planning(wish, in: config) }
    let edited = try refusing { () throws(EditError) in try config.applying(edits) }
    let routes = routes(edited, in: place)
    return Proposal(
      config: edited, summary: edits.map(\.summary).joined(separator: "; "),
      notes: remarks(edited, in: place)
        + config.remarks(on: edited, after: edits, context: config.routeContext(isDemo: place.isDemo))
        + place.timedWork.remarks(on: edits, in: edited),
      guards: routes.map { config.mailboxGuards($0, in: edited, on: config.machine(isDemo: place.isDemo)) }
        ?? [],
      routes: routes, details: details(edited))
  }
}

extension Edit {
  /// Whether it gives a member a weight.
  fileprivate var givesWeight: Bool {
    switch self {
    case .add, .setWeight, .setShare: true
    default: false
    }
  }
}
