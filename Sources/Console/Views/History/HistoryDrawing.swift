// How the History view looks: a row for each write, and below the list what the chosen one was.

import Changes
import Glibc
import PostfixFiles

extension HistoryView {
  func draw(in frame: inout Frame, _ area: Rect, _ facts: Facts) {
    guard let chosen else {
      drawEmpty(in: &frame, area, facts)
      return
    }
    let isWide = area.width >= 64
    let who = isWide ? min(20, area.width / 6) : 0
    let time = isWide ? 16 : 11
    let what = area.width - 3 - 5 - time - who - (isWide ? 6 : 4) - 1
    let columns = [
      Column("NO", width: 5, align: .right, order: "number"), Column("WHEN", width: time, order: "when"),
      Column("WHO", width: who, order: "who"),
      Column("WHAT", width: what, order: "what"),
    ]
    frame.header(columns, x: 2, y: area.y, sorting: sorting)
    var list = area.inset(top: 1)
    let detailHeight = list.height - min(rows.count, max(3, list.height / 3))
    if detailHeight >= 8, isWide, let detail = detail(facts) {
      list.height -= detailHeight
      frame.part(of: detail, in: Rect(x: area.x, y: list.maxY, width: area.width, height: detailHeight))
    }
    frame.list(count: rows.count, chosen: chosen, in: list) { index in
      let write = rows[index]
      let role: Role = write.undone == nil ? .text : .dim
      let mark = write.undone == nil ? [] : [Span("taken back  ", .drained)]
      return ListItem(height: 1) { frame, y in
        frame.put(index == chosen ? frame.symbols.cursor : " ", x: 0, y: y)
        frame.row(
          [
            [Span("\(write.number)", role)],
            [Span(isWide ? write.clock : String(write.clock.dropFirst(5)), role)],
            [Span(printable(write.who), role)], mark + [Span(printable(write.summary), role)],
          ], in: columns, x: 2, y: y)
      }
    }
  }

  private func drawEmpty(in frame: inout Frame, _ area: Rect, _ facts: Facts) {
    if let problem {
      frame.empty("The history cannot be read", [problem], in: area)
    } else if hasReadNothing {
      frame.empty("Reading the history", ["The writes show as soon as they are in."], in: area)
    } else if filter != nil, writes?.isEmpty == false {
      frame.empty("No write matches", ["Esc shows all writes again."], in: area)
    } else {
      frame.empty(
        "Nothing was written yet",
        [
          "Every write of randmap to \(printable(facts.session.current.directory)) shows here, and can be taken back."
        ] + facts.offerOfAPool,
        in: area)
    }
  }
}

extension LoggedWrite {
  /// `anna (as root)`.
  var who: String { sudoUser.map { "\($0) (as \(user))" } ?? user }

  /// `2026-11-28 21:30`, by the clock of this machine.
  var clock: String { Console.clock(time) }
}

/// Seconds since 1970 as people read them here.
func clock(_ seconds: Int64) -> String {
  var (time, parts) = (time_t(seconds), tm())
  localtime_r(&time, &parts)
  func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
  return "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
    + "\(two(parts.tm_hour)):\(two(parts.tm_min))"
}
