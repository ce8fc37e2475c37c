// A report of the mail log for spreadsheets.

import PostfixFiles
import Traffic

extension TrafficSummary {
  /// A line for each gateway and one for each member of a pool, with the same columns.
  var csv: [String] {
    let head = [
      "kind", "pool", "name", "messages", "recipients", "sent", "deferred", "refused", "delay_median_ms",
      "delay_95_ms", "share", "observed", "low", "high", "differs", "why",
      "connect_median_ms", "connect_95_ms", "last_sent", "reused", "encrypted", "connect_failures",
      "turned_away",
      "reasons",
    ]
    func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    let gateways = report.gateways.map { row -> [String] in
      let cell = row.cell
      return [
        "gateway", "", row.gateway.description, "\(cell.messages)", "\(cell.recipients)", "\(cell.sent)",
        "\(cell.deferred)", "\(cell.refused)", number(cell.handingOver.milliseconds(at: 0.5)),
        number(cell.handingOver.milliseconds(at: 0.95)), "", "", "", "", "", "",
        number(cell.connecting.milliseconds(at: 0.5)), number(cell.connecting.milliseconds(at: 0.95)),
        row.lastSent.map(WrittenTime.utc) ?? "", "\(cell.reused)", row.encrypted.map { "\($0)" } ?? "",
        "\(cell.connectFailures)", "\(cell.passedOn)",
        row.reasons.map { "\($0.count) x \($0.text)" }.joined(separator: "; "),
      ]
    }
    let members = report.pools.flatMap { pool in
      pool.members.map { member -> [String] in
        [
          "member", pool.id, member.result, member.messages.map { "\($0)" } ?? "", "", "", "", "", "", "",
          number(Self.precise(member.share)), number(member.observed.map(Self.precise)),
          number(member.interval.map { Self.precise($0.lowerBound) }),
          number(member.interval.map { Self.precise($0.upperBound) }), member.differs ? "yes" : "no",
          member.why ?? "", "", "", "", "", "", "", "", "",
        ]
      }
    }
    return ([head] + gateways + members).map {
      $0.map { OutputForm.csvField.spell($0) }.joined(separator: ",")
    }
  }
}
