// A report of the mail log for people: fit to be sent on as it is.

import Editing
import PostfixFiles
import System
import Traffic

extension TrafficSummary {
  func lines(isVerbose: Bool) -> [String] {
    heading + [""] + gatewayLines(isVerbose: isVerbose) + poolLines + [""] + conclusion
  }

  private var heading: [String] {
    var lines = ["Mail by gateway, \(WrittenTime.local(begin)) to \(WrittenTime.local(end))"]
    let names = sources.count > 4 ? sources.prefix(3) + ["and \(sources.count - 3) more files"] : sources[...]
    let nothing =
      sources == ["journal"] ? ", which has no line of mail" : ", where no line begins with a time"
    let reach = reach.map { ", which begins \(WrittenTime.local($0))" } ?? nothing
    lines.append(
      "From: \(names.map { printable($0) }.joined(separator: ", "))\(sources.isEmpty ? "no log" : reach)")
    if let since = period.since, let first = [self.reach, beginning].compactMap(\.self).min(),
      first > since + 60
    {
      lines.append("The log begins later than this time: the messages before it are missing here.")
    }
    // As after an upgrade to a release without rsyslog. A night without mail is nothing unusual.
    if let since = period.since, let lastWritten, lastWritten < min(since, now - 86_400) {
      lines.append(
        "It was last written to \(WrittenTime.local(lastWritten)). If mail was sent after that, it is in another log: name"
          + " that log, or try `journalctl -o json SYSLOG_FACILITY=2 | randmap report -`.")
    }
    if report.counts.hosts.count > 1 {
      lines.append(
        "Lines of several hosts count together: \(report.counts.hosts.joined(separator: ", ")); --host takes one."
      )
    }
    return lines
  }

  private func gatewayLines(isVerbose: Bool) -> [String] {
    let total = report.gateways.reduce(0) { $0 + $1.cell.messages }
    var table = TextTable([.left, .right, .right, .right, .right, .right, .right, .right, .left])
    table.add(
      "  GATEWAY", "MESSAGES", "SHARE", "SENT", "DEFERRED", "REFUSED", "DELAY", "95 % IN", "LAST SENT")
    for row in report.gateways {
      let cell = row.cell
      table.add(
        "  \(row.gateway)", "\(cell.messages)",
        total == 0 ? "-" : percent(Double(cell.messages) / Double(total)), "\(cell.sent)", "\(cell.deferred)",
        "\(cell.refused)", Self.time(cell.handingOver.milliseconds(at: 0.5)),
        Self.time(cell.handingOver.milliseconds(at: 0.95)), row.lastSent.map(WrittenTime.local) ?? "-")
    }
    let shown = table.lines
    var lines = Array(shown.prefix(1))
    // What dead gateways cost is where the mail went after them.
    let hasFailures = report.gateways.contains { $0.cell.connectFailures > 0 }
    for (row, line) in zip(report.gateways, shown.dropFirst()) {
      lines.append(line)
      lines += details(of: row, isVerbose: isVerbose, hasFailures: hasFailures).map { "      \($0)" }
    }
    if report.gateways.isEmpty, report.hasLanesToDomains {
      return [
        "no gateways: lanes send to the mail exchangers of each domain; what each lane sent is in its pool, below"
      ]
    }
    if report.gateways.isEmpty { return [MailConfig.noGateways] }
    return lines
  }

  private func details(of row: TrafficReport.GatewayTraffic, isVerbose: Bool, hasFailures: Bool) -> [String] {
    let cell = row.cell
    var words: [String] = row.reasons.map { reason in
      let id = isVerbose && !reason.queueID.isEmpty ? "  (\(reason.queueID))" : ""
      return "\(reason.count) x \(reason.text)\(id)"
    }
    if cell.connectFailures > 0 || cell.passedOn > 0 {
      let hidden = cell.hiddenFailures
      words.append(
        cell.failureWords
          + (hidden > 0 ? "; another gateway was tried at once for \(hidden)" : ""))
    }
    var facts: [String] = []
    if cell.recipients > cell.messages { facts.append("\(cell.recipients) recipients") }
    if cell.attempts > cell.recipients { facts.append("\(cell.attempts) attempts") }
    if cell.reused > 0 { facts.append("\(cell.reused) over a session that was open") }
    if cell.encrypted + cell.plain > 0 {
      facts.append("\(cell.encrypted) of \(cell.encrypted + cell.plain) encrypted")
    } else if cell.encryptedSessions > 0 {
      facts.append("\(cell.encryptedSessions) encrypted sessions")
    }
    if let most = cell.connecting.milliseconds(at: 0.95), hasFailures || most >= 1_000 {
      let median = Self.time(cell.connecting.milliseconds(at: 0.5))
      facts.append("connected in \(median), 95 % in \(Self.time(most))")
    }
    if !facts.isEmpty { words.append(facts.joined(separator: ", ")) }
    return words
  }

  private var poolLines: [String] {
    report.pools.flatMap { pool -> [String] in
      var title = printable(pool.id)
      if let messages = pool.messages { title += ": \(messages) \(messages == 1 ? "message" : "messages")" }
      if !pool.countedWith.isEmpty {
        title += ", together with \(pool.countedWith.map { printable($0) }.joined(separator: ", "))"
        if pool.furtherCountedWith > 0 { title += " and \(pool.furtherCountedWith) more" }
      }
      var table = TextTable([.left, .right, .right, .right, .left, .left])
      table.add("  MEMBER", "MEANT", "GOT", "MESSAGES", "95 % SURE", "")
      for member in pool.members {
        table.add(
          "  \(member.result)", member.isDrained ? "drained" : percent(member.share),
          member.observed.map { percent($0) } ?? "-", member.messages.map { "\($0)" } ?? "-",
          member.interval.map { "\(percent($0.lowerBound)) to \(percent($0.upperBound))" } ?? "-",
          verdict(on: member)?.rawValue ?? "")
      }
      let words = "  \(pool.byNet) more went to gateways that only take what others do not"
      let net = pool.byNet > 0 ? [words] : []
      return ["", title] + totals(of: pool) + table.lines + net + causes(in: pool)
    }
  }

  private func totals(of pool: TrafficReport.PoolTraffic) -> [String] {
    guard let cell = pool.cell, cell.messages > 0 else { return [] }
    var words =
      "  \(cell.recipients) recipients; \(cell.sent) sent, \(cell.deferred) deferred, \(cell.refused) refused"
    if let median = cell.handingOver.milliseconds(at: 0.5), let most = cell.handingOver.milliseconds(at: 0.95)
    {
      words += "; delay \(Self.time(median)), 95 % in \(Self.time(most))"
    }
    let mayMove = cell.deferred > 0 && pool.members.count { !$0.isDrained } > 1
    return [words]
      + (mayMove ? ["  a message that one gateway deferred and another one got later counts at both"] : [])
  }

  /// What is printed beside a share.
  private enum Verdict: String {
    case differs = "DIFFERS"
    case differsByKnownCause = "differs (see below)"
    case isUnsure = "too few messages to be sure"
    /// What was meant is outside of the range, and not so far that chance cannot be why.
    case mayBeChance = "may be chance"
    case asMeant = "as meant"
  }

  private func verdict(on member: TrafficReport.MemberTraffic) -> Verdict? {
    if member.differs { return member.why == nil ? .differs : .differsByKnownCause }
    guard let interval = member.interval, !member.isDrained else { return nil }
    if interval.upperBound - interval.lowerBound > 0.2 { return .isUnsure }
    return interval.contains(member.share) ? .asMeant : .mayBeChance
  }

  private func causes(in pool: TrafficReport.PoolTraffic) -> [String] {
    var seen: Set<String> = []
    return (pool.members.map(\.why) + [pool.change]).compactMap { why in
      guard let why, seen.insert(why).inserted else { return nil }
      return "  " + why
    }
  }

  private var conclusion: [String] {
    var lines: [String] = []
    let differing = report.pools.flatMap(\.members).filter(\.differs)
    let unexplained = differing.count { $0.why == nil }
    if unexplained > 0 {
      lines.append(
        "\(unexplained) \(unexplained == 1 ? "share differs" : "shares differ") from what was meant, more than chance makes"
          + " once in a thousand times, and no known cause explains it.")
    } else if !differing.isEmpty {
      lines.append("Where a share differs from what was meant, there is a known cause: see its pool.")
    } else if report.pools.contains(where: { ($0.messages ?? 0) > 0 }) {
      lines.append("No share differs from what was meant by more than chance makes.")
    }
    if report.pools.flatMap(\.members).contains(where: { verdict(on: $0) == .mayBeChance }) {
      lines.append(
        "\"may be chance\": what was meant is outside of the 95 % range. That happens to 1 of 20 right shares; wait for more messages."
      )
    }
    if report.isChangedSince {
      lines.append("A pool was changed after this time: its mail is compared with the weights of now.")
    }
    lines += elsewhere
    lines += domains + remarks
    if lines.isEmpty { lines.append("No message went to any gateway of the pools in this time.") }
    return lines
  }

  /// The hosts that got mail without being in a pool.
  private var elsewhere: [String] {
    let counts = report.counts
    if counts.elsewhere == 0 { return [] }
    let all = counts.elsewhereByHost.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let hosts = all.prefix(3).map { "\($0.key) (\($0.value))" }
    let further = all.count - hosts.count
    let names =
      hosts.isEmpty ? "" : ": \(hosts.joined(separator: ", "))" + (further > 0 ? " and \(further) more" : "")
    return [
      counts.elsewhere == 1
        ? "1 delivery went to a host that no pool names, and is not counted\(names)."
        : "\(counts.elsewhere) deliveries went to hosts that no pool names, and are not counted\(names)."
    ]
  }

  /// The domains of routes, which have no row.
  private var domains: [String] {
    let domains = report.domainsOfRoutes
    let names = domains.prefix(3).map { printable($0.description) }
    if names.isEmpty { return [] }
    let further = domains.count - names.count
    let all = names.joined(separator: ", ") + (further > 0 ? " and \(further) more" : "")
    return [
      domains.count == 1
        ? "\(all) has no row: the log has the mail exchangers of this domain, and only those of the domains of pools are looked up."
        : "\(all) have no rows: the log has the mail exchangers of these domains, and only those of the domains of pools are looked up."
    ]
  }

  /// What the counts do not have.
  private var remarks: [String] {
    let counts = report.counts
    func lines(_ count: Int, _ one: String, _ many: String) -> String {
      "\(count) \(count == 1 ? one : many)"
    }
    var remarks: [String] = []
    if counts.future > 0 {
      remarks.append(
        "\(lines(counts.future, "line has", "lines have")) a time that is still to come and \(counts.future == 1 ? "is" : "are") not counted: a clock is wrong, or a log without years is older than one."
      )
    }
    if counts.skewed > 0 {
      remarks.append(
        "\(lines(counts.skewed, "line has", "lines have")) a time that is still to come, or that was over before the reports began: the clock of a host is wrong. As they came in this time, they count in it."
      )
    }
    if counts.unclear > 0 {
      remarks.append(
        "\(lines(counts.unclear, "delivery is", "deliveries are")) not counted: with info_log_address_format = internal, and before Postfix 3.5, an address may look like the end of a line."
      )
    }
    if counts.lost > 0 {
      remarks.append(
        "A rate limit of the log lost \(lines(counts.lost, "line", "lines")), as the log says: messages may be missing here. Need a higher RateLimitBurst= in journald.conf, or Ratelimit.Burst in rsyslog.conf."
      )
    }
    return remarks
  }

  private static func time(_ milliseconds: Double?) -> String {
    guard let milliseconds else { return "-" }
    if milliseconds < 1_000 { return "\(Int(milliseconds)) ms" }
    let tenths = Int((milliseconds / 100).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  }
}
