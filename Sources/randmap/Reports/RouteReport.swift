// Where mail for addresses goes: for people, and as JSON.

import Editing
import PostfixFiles
import Routing
import System

struct RouteReport {
  let routes: [(written: String, answer: RouteAnswer)]

  private let config: MailConfig
  private let shown: (String) -> String
  private let fates: DestinationFates
  /// Whether long reasons are cut, as lines of a terminal.
  private let isFolded: Bool

  /// - Parameters:
  ///   - shown: a file's path as it is shown.
  ///   - lookUp: see `DestinationFates`.
  init(
    _ routes: [(written: String, answer: RouteAnswer)], in config: MailConfig, folded: Bool,
    shown: @escaping (String) -> String, lookUp: @escaping (String) -> HostAnswer?
  ) {
    self.routes = routes
    self.config = config
    self.shown = shown
    isFolded = folded
    // Each host once: a lookup may take seconds.
    var known: [String: HostAnswer?] = [:]
    fates = DestinationFates(config) { host in
      if let answer = known[host] { return answer }
      let answer = lookUp(host)
      known[host] = .some(answer)
      return answer
    }
  }

  /// Whether some of the mail would wait, or come back although nothing says that it should.
  var isTrouble: Bool {
    routes.contains { route in
      route.answer.outcomes.contains {
        switch $0.value {
        case .deferred, .standstill: true
        case .destination(let transport, let nextHop):
          fates.fate(transport: transport.text, nextHop: nextHop.text)?.isTrouble ?? false
        case .refused, .unknown: false
        }
      }
    }
  }

  // MARK: - For people

  var text: [String] {
    routes.enumerated().flatMap { number, route in
      let answer = route.answer
      let heading = "\(printable(route.written))  (from <\(printable(answer.sender))>)"
      var lines = (number == 0 ? [] : [""]) + [heading] + (completed(route).map { ["  \($0)"] } ?? [])
      lines += outcomes(of: answer).map { "  " + $0 }
      lines += limits(of: answer).map { "  \($0.transport): \($0.words)" }
      if answer.isHeld {
        lines.append("  Postfix keeps a choice at the key * for 30 seconds: bursts go to one gateway")
      }
      lines += answer.drawn.map { "  drawn: \(printable($0.words))" }
      lines += answer.unknown.map { "  incomplete: taken as not found: \(printable($0))" }
      return lines + trail(of: answer).map { "    " + $0 }
    }
  }

  /// Which address was asked for where the one that was typed is no whole one.
  private func completed(_ route: (written: String, answer: RouteAnswer)) -> String? {
    guard let asked = asked(route) else { return nil }
    let typed = internalForm(route.written)
    return "Postfix asks for \(printable(asked)): "
      + (asked.utf8.starts(with: "\(typed)@".utf8)
        ? "it adds @$myorigin to an address without a domain (append_at_myorigin)"
        : "it adds .$mydomain to a domain without a dot (append_dot_mydomain)")
  }

  private func asked(_ route: (written: String, answer: RouteAnswer)) -> String? {
    route.answer.recipient == internalForm(route.written) ? nil : route.answer.recipient
  }

  private func limits(of answer: RouteAnswer) -> [(transport: String, words: String)] {
    var seen: Set<Bytes> = []
    return answer.outcomes.compactMap { outcome, _ in
      guard case .destination(let transport, _) = outcome, seen.insert(transport).inserted,
        let words = TransportLimits(of: transport.text, in: config).words
      else { return nil }
      return (printable(transport), words)
    }
  }

  private func outcomes(of answer: RouteAnswer) -> [String] {
    var table = TextTable([.right, .left, .left, .left])
    for (outcome, share) in answer.outcomes.sorted(by: { $0.share > $1.share }) {
      switch outcome {
      case .destination(let transport, let nextHop):
        let fate = fates.fate(transport: transport.text, nextHop: nextHop.text)
        table.add(
          percent(share), transport.text, shown(nextHop.text, fate),
          config.hidingSettings(in: fate?.words ?? ""))
      default: table.add(percent(share), "-", config.hidingSettings(in: outcome.failure ?? ""))
      }
    }
    return table.lines
  }

  /// Without its transport, `printable` does not see a login in it. A text of `error:` is no next hop.
  private func shown(_ nextHop: String, _ fate: DestinationFate?) -> String {
    switch fate {
    case .returned, .held, .discarded: nextHop
    default: config.hidingSettings(in: withoutLogin(nextHop: nextHop))
    }
  }

  private func trail(of answer: RouteAnswer) -> [String] {
    let (deciding, others) = answer.steps
    var table = TextTable([.left, .left, .left])
    for step in deciding + others {
      let place = step.file.map { file in "\(shown(file))\(step.line.map { ":\($0)" } ?? "")" }
      table.add(step.parameter, detail(of: step), place ?? "(default)")
    }
    let lines = table.lines
    return others.isEmpty
      ? lines : lines.prefix(deciding.count) + ["looked at too:"] + lines.suffix(others.count)
  }

  /// On a terminal one short line: a pool in main.cf may be as long as its weights are great.
  private func detail(of step: RouteStep) -> String {
    let words = step.detail.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return isFolded && words.count > 60 ? words.prefix(57) + "..." : words
  }

  // MARK: - JSON

  struct Object: Encodable {
    let routes: [RouteObject]
  }

  struct RouteObject: Encodable {
    let recipient, sender: String
    /// The whole address, where the recipient has no domain or a part of one.
    let asked: String?
    let complete: Bool
    /// Whether a random choice is kept for 30 seconds.
    let held: Bool
    /// What answered at random; the shares are those of its draws.
    let drawn: [DrawnObject]
    let destinations: [DestinationObject]
    let failures: [FailureObject]
    let trail: [StepObject]
  }

  struct DrawnObject: Encodable {
    let table, key: String
    let times: Int
  }

  struct DestinationObject: Encodable {
    let transport, nexthop: String
    let share: Double
    /// What becomes of the mail, where that is not a delivery.
    var fate: String?
    /// What is set for the transport.
    var limits: String?
  }

  struct FailureObject: Encodable {
    let what: String
    let share: Double
  }

  struct StepObject: Encodable {
    @Explicit var file: String?
    @Explicit var line: Int?
    let what, detail: String
  }

  var object: Object {
    Object(
      routes: routes.map { route in
        let answer = route.answer
        let steps = answer.trail.map {
          StepObject(file: $0.file.map(shown), line: $0.line, what: $0.parameter, detail: $0.detail)
        }
        let drawn = answer.drawn.map {
          StepObject(file: nil, line: nil, what: "drawn", detail: printable($0.words))
        }
        let unknown = answer.unknown.map {
          StepObject(file: nil, line: nil, what: "incomplete", detail: printable($0))
        }
        return RouteObject(
          recipient: route.written, sender: answer.sender, asked: asked(route), complete: answer.isComplete,
          held: answer.isHeld,
          drawn: answer.drawn.map { DrawnObject(table: $0.table, key: $0.key, times: $0.times) },
          destinations: answer.outcomes.compactMap { outcome, share in
            guard case .destination(let transport, let nextHop) = outcome else { return nil }
            let fate = fates.fate(transport: transport.text, nextHop: nextHop.text)
            return DestinationObject(
              transport: transport.text, nexthop: shown(nextHop.text, fate), share: JSON.share(share),
              fate: fate.map { config.hidingSettings(in: $0.words) },
              limits: TransportLimits(of: transport.text, in: config).words)
          },
          failures: answer.outcomes.compactMap { outcome, share in
            outcome.failure.map {
              FailureObject(what: config.hidingSettings(in: $0), share: JSON.share(share))
            }
          }, trail: steps + drawn + unknown)
      })
  }
}

extension RouteOutcome {
  /// What becomes of mail without a destination; nil for a destination.
  fileprivate var failure: String? {
    switch self {
    case .destination: nil
    case .deferred(let reason): "the mail waits: \(printable(reason))"
    case .refused(let reason): "the mail is refused: \(printable(reason))"
    case .standstill(let reason): "all mail waits, trivial-rewrite(8) ends: \(printable(reason))"
    case .unknown(let reason): "cannot be determined here: \(printable(reason))"
    }
  }
}
