// `randmap what-if`: where the mail would go if some gateways were down, and what that means for the others.

import ArgumentParser
import Gateways
import Glibc
import PostfixFiles
import Routing
import Traffic

struct WhatIfCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "what-if", abstract: "Where the mail would go if some gateways were down.",
    discussion: """
      Nothing is probed and nothing is changed. Shares are of all pool mail, the pools weighted alike. How long a message takes
      at a gateway comes from the mail log of the last day, where this Postfix runs here, or from --log. Formats: text, json.

      Examples:
        randmap what-if --down '[gw1.example]' --rate 200/min
        randmap what-if --rate 5/s --capacity '[gw2.example]=150/min'
      """)

  @OptionGroup var common: CommonOptions

  @Option(parsing: .singleValue, help: ArgumentHelp("A gateway that is down.", valueName: "gateway"))
  var down: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A gateway that defers or refuses most of the mail: the agent passes it by.", valueName: "gateway"))
  var degraded: [String] = []

  @Option(help: ArgumentHelp("How much pool mail there is: 200/min, 5/s, 10000/h.", valueName: "rate"))
  var rate: String?

  @Option(
    parsing: .singleValue, help: ArgumentHelp("What a gateway can take.", valueName: "gateway=rate"))
  var capacity: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("How long a message takes at a gateway: 0.8s.", valueName: "gateway=time"))
  var delay: [String] = []

  @Option(
    parsing: .singleValue, help: ArgumentHelp("A mail log to take such times from.", valueName: "file"))
  var log: [String] = []

  @Option(help: ArgumentHelp("The number of messages to compute the spread for.", valueName: "number"))
  var messages = 1_000

  private enum Format: String, CaseIterable { case text, json }

  func validate() throws {
    guard (1...1_000_000).contains(messages) else {
      throw ValidationError("--messages \(messages): need a number from 1 to 1000000")
    }
    if let rate, MailRate(rate) == nil {
      throw ValidationError("--rate \(printable(rate)): \(MailRate.need)")
    }
  }

  func run() throws {
    let format = try common.format(or: Format.text)
    let place = try Workplace(common, command: "what-if")
    defer { place.close() }
    let isIncomplete = place.sayUnreadableFiles()
    let pools = place.config.pools()
    let known = Set(pools.flatMap(\.members).flatMap { $0.gateways + $0.fallback })
    let names = GatewayNames(config: place.config, known: known)
    var mail = WhatIf.Mail()
    mail.rate = rate.flatMap { MailRate($0) }?.perMinute
    for text in capacity {
      guard let equals = text.lastIndex(of: "="),
        let rate = MailRate(String(text[text.index(after: equals)...]))
      else {
        throw CommandError(
          .wrongCall, "--capacity \(printable(text)): need gateway=rate, and \(MailRate.need)")
      }
      for gateway in try names.gateways(String(text[..<equals]), option: "--capacity") {
        mail.capacities[gateway] = rate.perMinute
      }
    }
    var states: GatewayStates = [:]
    for name in down {
      for gateway in try names.gateways(name, option: "--down") { states[gateway] = .down }
    }
    var passedBy = PassedBy(most: try ProbeOptions.probeSettings(place.config).deliveryLimits.passedByShare)
    for name in degraded { passedBy.failing.formUnion(try names.gateways(name, option: "--degraded")) }
    mail.delays = try delays(of: names, place)
    let report = PoolsReport(place.config, shown: place.shown)
    let answer = WhatIf(
      report.pools, of: place.config, gateways: known.sorted(), then: states, passedBy: passedBy, mail)
    let whatIf = WhatIfReport(answer, pools: report, states: states, passedBy: passedBy, messages: messages)
    switch format {
    case .text: for line in whatIf.lines { Output.standard.advice(line) }
    case .json: Output.standard.write(try JSON.text(whatIf.object))
    }
    if answer.isTrouble || isIncomplete { throw ExitCode(ExitStatus.findings.rawValue) }
  }
}

extension WhatIfCommand {
  /// Seconds: those that the call gives, and those of the log.
  private func delays(of names: GatewayNames, _ place: Workplace) throws -> [Gateway: Double] {
    let isOfThisMachine = !place.isDemo && place.config.hasRunningPostfix
    let observed = try ObservedMail(
      common, logs: log, isOfThisMachine: isOfThisMachine, now: Glibc.time(nil))
    var delays = observed?.delays ?? [:]
    for text in delay {
      let parts = text.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count > 1, let last = parts.last, last.hasSuffix("s"),
        let seconds = plainNumber(last.dropLast()),
        seconds > 0, seconds < 86_400
      else {
        throw CommandError(
          .wrongCall, "--delay \(printable(text)): need gateway=time, such as [gw1.example]=0.8s")
      }
      let name = parts.dropLast().joined(separator: "=")
      for gateway in try names.gateways(name, option: "--delay") { delays[gateway] = seconds }
    }
    return delays
  }
}

/// Messages a minute.
struct MailRate: Hashable {
  static let need = "need a rate such as 200/min, 5/s or 10000/h"

  let perMinute: Double

  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = plainNumber(parts[0]) else { return nil }
    switch parts[1] {
    case "s", "sec", "second": perMinute = number * 60
    case "m", "min", "minute": perMinute = number
    case "h", "hour": perMinute = number / 60
    case "d", "day": perMinute = number / 1_440
    default: return nil
    }
  }
}

/// Gateways by any spelling that a person uses.
private struct GatewayNames {
  let config: MailConfig
  let known: Set<Gateway>

  /// The gateways that `name` means, as `[gw]:25`, `smtp:[gw]`, `[gw]`, or the host alone where that is enough.
  func gateways(_ name: String, option: String) throws(CommandError) -> [Gateway] {
    let byHost = known.filter { $0.name == name.lowercased() || $0.description == name }
    if !byHost.isEmpty { return byHost.sorted() }
    if let uses = try? config.gateways(named: [name]) {
      let found = uses.map(\.gateway).filter { known.contains($0) }
      if !found.isEmpty { return found }
    }
    let matching = ShortGatewayName(name)?.names(among: Array(known)) ?? []
    if matching.count == 1, let one = matching.first { return try gateways(one, option: option) }
    guard matching.isEmpty else {
      let names = matching.map { printable($0) }.joined(separator: ", ")
      throw CommandError(
        .wrongCall, "\(option) \(printable(name)): could be any of \(names); write one of them")
    }
    let words = known.isEmpty ? "no pool names a gateway" : "need one of \(listing)"
    throw CommandError(.wrongCall, "\(option) \(printable(name)): no pool has this gateway; \(words)")
  }

  private var listing: String {
    let names = known.sorted().prefix(6).map { printable($0.description) }
    return names.joined(separator: ", ") + (known.count > names.count ? ", ..." : "")
  }
}
