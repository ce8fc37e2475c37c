// What gateways and members really got, as the Gateways and the Pools view show it.

import Gateways
import PostfixFiles
import Routing
import System
import Traffic

extension Binding {
  /// How far back the observed shares go.
  static let window = Binding(
    .show, [.character("T")], "window",
    "Show the real shares (REAL) by the log: 15 minutes, an hour or a day", synonyms: "report",
    disabled: { $0.facts.whyNoTraffic },
    action: { model in
      model.facts.window = model.facts.window.next
      model.notice = Notice(text: "REAL is of the last \(model.facts.window.words)", role: .info)
      return []
    })
}

extension Binding {
  /// Where the observed figures come from.
  static let report = Binding(
    .show, [.character("L")], "report",
    "Say where the real shares (REAL) come from, and how any mail log is read",
    action: { model in
      model.dialog = .answer(model.facts.reportPage, from: 0)
      return []
    })
}

extension Facts {
  /// What REAL and its neighbours are, and how to see more of the log than a console shows.
  fileprivate var reportPage: Detail {
    let now =
      whyNoTraffic
      ?? "the log of this Postfix is followed: the lists show the last \(window.words)"
    let lines: [(String, String)] = [
      ("now", now),
      (
        "REAL",
        "the share of the mail that a gateway or a member really got; ! is a difference that chance does not explain"
      ),
      ("DEFERRED", "the part of its messages that a gateway deferred"),
      ("DELAY", "how long it took to hand a message over: half of them took longer"),
      ("QUEUED", "the messages that wait for a gateway now, by the queue and not by the log"),
      ("T", "in 1 Gateways and 2 Pools: the last 15 minutes, hour or day"),
      (
        "in a shell",
        "\(naming("randmap report")) has the reasons, each pool and each lane, and longer times: --since 7d"
      ),
      (
        "another log",
        "of another host, or without a running Postfix: \(naming("randmap report")) /var/log/mail.log (gz, xz, zst and bz2 too)"
      ),
    ]
    return Detail(title: "What really happened", lines: lines.map { [.label($0.0), Span($0.1)] })
  }

  /// Why nothing is known of what happened; nil where it is.
  fileprivate var whyNoTraffic: String? {
    if mail.recent != nil { return nil }
    if identity.isDemo { return "the demonstration has no mail log" }
    if let problem = mail.problem { return "the mail log is not read: \(printable(problem))" }
    return mail.hasPostfix == false
      ? "no Postfix runs with \(printable(session.current.directory)), so the mail log is not read"
      : "the mail log is not read yet"
  }

  /// The observed share of a gateway, marked where chance does not explain the difference.
  func realSpan(of gateway: Gateway) -> Span {
    guard let recent = recent(gateway), let share = recent.observed else { return Span("-", .dim) }
    return recent.isOutside ? Span("!\(percent(share))", .warning) : Span(percent(share))
  }

  /// The same of a member of a pool. A drained one has no share: what it still got is a number of messages.
  func realSpan(of member: Member, in pool: Pool) -> Span {
    let row = mail.recent?.pool(pool.id, window)?.members.first { $0.result == member.result }
    guard let row, let share = row.observed else {
      guard let messages = row?.messages, messages > 0, member.isDrained else { return Span("-", .dim) }
      return Span("\(messages)", .dim)
    }
    return row.differs && row.why == nil ? Span("!\(percent(share))", .warning) : Span(percent(share))
  }

  func deferredSpan(of gateway: Gateway) -> Span {
    guard let share = recent(gateway)?.deferredShare else { return Span("-", .dim) }
    return Span(percent(share), share > 0.5 ? .warning : share > 0 ? .text : .dim)
  }

  func delaySpan(of gateway: Gateway) -> Span {
    guard let time = recent(gateway)?.cell.handingOver.milliseconds(at: 0.5) else { return Span("-", .dim) }
    return Span(words(forMilliseconds: time))
  }

  func queuedSpan(of gateway: Gateway) -> Span {
    guard let waiting = mail.waiting else { return Span("-", .dim) }
    let count = waiting.byGateway[gateway]?.messages ?? 0
    return Span("\(count)", count > 0 ? .warning : .dim)
  }

  /// What the log and the queue say of a gateway: lines of the detail.
  func mailLines(of gateway: Gateway) -> [[Span]] {
    var lines: [[Span]] = []
    if let recent = recent(gateway), !recent.cell.isEmpty {
      let cell = recent.cell
      lines.append([
        .label("last \(window.words)"),
        Span("\(cell.messages) \(cell.messages == 1 ? "message" : "messages"): \(cell.sent) sent, "),
        Span("\(cell.deferred) deferred", cell.deferred > 0 ? .warning : .text), Span(", "),
        Span("\(cell.refused) refused", cell.refused > 0 ? .warning : .text),
      ])
      // A gateway that turns everything away has no message: another one of the list took it.
      if !cell.failureWords.isEmpty { lines.append([.label(""), Span(cell.failureWords, .warning)]) }
      for reason in recent.reasons {
        lines.append([.label("  \(reason.count) x"), Span(printable(reason.text), .dim)])
      }
    }
    if symbols != .words, let recent = mail.recent {
      let strip = recent.strip(of: gateway, columns: 48, span: RecentTraffic.Window.day.rawValue)
      let most = strip.map { $0.sent + $0.failed }.max() ?? 0
      if most > 0 {
        func bars(_ role: Role, _ count: (RecentTraffic.Stretch) -> Int) -> [Span] {
          strip.map { stretch in
            let count = count(stretch)
            return count == 0
              ? Span(symbols.nothing, .dim) : Span(symbols.level(Double(count) / Double(most)), role)
          }
        }
        lines.append(
          [.label("last 24 h")] + bars(.up, \.sent) + [Span("  sent; at most \(most) in half an hour", .dim)])
        if strip.contains(where: { $0.failed > 0 }) {
          lines.append([.label("")] + bars(.down, \.failed) + [Span("  deferred or refused", .dim)])
        }
      }
    }
    if let waiting = mail.waiting?.byGateway[gateway], waiting.messages > 0 {
      let since = waiting.oldest.map { "  the oldest since \(WrittenTime.local($0))" } ?? ""
      lines.append([
        .label("queue"), Span("\(waiting.messages) wait", .warning),
        Span("\(since)  t tries them again", .dim),
      ])
      for reason in waiting.reasons.top(3) {
        lines.append([.label("  \(reason.count) x"), Span(printable(reason.text), .dim)])
      }
    }
    if let problem = mail.problem { lines.append([.label("mail log"), Span(printable(problem), .dim)]) }
    return lines
  }
}
