// The rows of a pool database in words, and back: one row in each line, so that a difference of two states is a difference
// of two texts.

extension PoolRows {
  /// One row in each line.
  package var text: String { String(decoding: WordedRows(self).text, as: UTF8.self) }

  /// The rows of a text; lines that are no rows are left out.
  package init(text: String) {
    for line in Array(text.utf8).split(separator: UInt8(ascii: "\n")) {
      switch StoredRow(line: line) {
      case .member(let row): members.append(row)
      case .route(let row): routes.append(row)
      case nil: break
      }
    }
  }
}

extension StoredRow {
  /// The row in words.
  package var line: String {
    switch self {
    case .route(let row): return "route \(row.map) \(row.key) to \(row.pool)"
    case .member(let row):
      var text: [UInt8] = []
      row.write(to: &text)
      return String(decoding: text, as: UTF8.self)
    }
  }

  /// What is in front of the result: whether that begins with a transport cannot be seen from it.
  package static func lead(of row: MemberRow) -> String {
    "member \(row.pool) \(row.transport.isEmpty ? "next-hop" : "to") "
  }

  package init?(line: String) { self.init(line: Array(line.utf8)[...]) }

  package init?(line: ArraySlice<UInt8>) {
    var words = Words(left: line)
    switch words.next() {
    case "route":
      guard let map = words.next(), let key = words.next(), words.next() == "to", let pool = words.next()
      else { return nil }
      self = .route(RouteRow(map: map, key: key, pool: pool))
    case "member":
      guard let pool = words.next(), let kind = words.next(), let result = words.next(),
        words.next() == "weight", let weight = words.next().flatMap({ Int($0) })
      else { return nil }
      let colon = kind == "to" ? result.firstIndex(of: ":") : nil
      guard colon != nil || kind == "next-hop" else { return nil }
      var row = MemberRow(
        pool: pool, transport: colon.map { String(result[..<$0]) } ?? "",
        nextHop: colon.map { String(result[result.index(after: $0)...]) } ?? result, weight: weight)
      while let word = words.next() {
        switch word {
        case "ramp":
          guard words.next() == "from", let from = words.next().flatMap({ Double($0) }),
            words.next() == "start", let start = words.next().flatMap(seconds(of:)),
            words.next() == "end", let end = words.next().flatMap(seconds(of:))
          else { return nil }
          row.ramp = MemberRow.Ramp(from: from, start: start, end: end)
        case "to":
          guard let plan = MemberRow.Plan(&words) else { return nil }
          row.ramp?.plan = plan
        case "max": row.ramp?.plan?.most = words.next().flatMap { Int64($0) }
        case "cap": row.ramp?.plan?.cap = words.next().flatMap { Double($0) }
        case "resumed": row.ramp?.plan?.resumed = words.next().flatMap(seconds(of:))
        case "paused": row.ramp?.plan?.paused = words.next().flatMap(seconds(of:))
        case "because": row.ramp?.plan?.reason = words.quoted()
        case "drained": row.drain = MemberRow.Drain()
        case "until": row.drain?.until = words.next().flatMap(seconds(of:))
        case "by": row.drain?.author = words.next()
        case "why": row.drain?.reason = words.rest()
        default: return nil
        }
      }
      self = .member(row)
    default: return nil
    }
  }
}

extension MemberRow {
  /// What its line says of its drain and of its ramp.
  var wordsOfTimes: String {
    var text = ""
    if let ramp {
      text += " ramp from \(ramp.from) start \(timeText(ramp.start)) end \(timeText(ramp.end))"
      if let plan = ramp.plan { text += plan.words }
    }
    if let drain {
      text += " drained"
      if let until = drain.until { text += " until \(timeText(until))" }
      if let author = drain.author { text += " by \(author.asWord)" }
      if let reason = drain.reason { text += " why \(reason.asLine)" }
    }
    return text
  }
}

extension MemberRow.Plan {
  fileprivate var words: String {
    var text = " to \(to) steps \(steps.asWord) stop-at \(stopAt)"
    if let most { text += " max \(most)" }
    if let cap { text += " cap \(cap)" }
    if let resumed { text += " resumed \(timeText(resumed))" }
    if let paused { text += " paused \(timeText(paused))" }
    if let reason { text += " because \"\(reason.asLine.replacing("\"", with: "'"))\"" }
    return text
  }

  /// After the word `to`.
  fileprivate init?(_ words: inout Words) {
    guard let to = words.next().flatMap({ Double($0) }), words.next() == "steps", let steps = words.next(),
      words.next() == "stop-at", let stopAt = words.next().flatMap({ Double($0) })
    else { return nil }
    self.init(to: to, steps: steps, stopAt: stopAt)
  }
}

/// The words of a line, one after the other.
private struct Words {
  var left: ArraySlice<UInt8>

  private static let blank = UInt8(ascii: " ")

  mutating func next() -> String? {
    left = left.drop { $0 == Self.blank }
    let word = left.prefix { $0 != Self.blank }
    left = left.dropFirst(word.count)
    return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
  }

  /// What is between two quotes.
  mutating func quoted() -> String? {
    let quote = UInt8(ascii: "\"")
    left = left.drop { $0 == Self.blank }
    guard left.first == quote, let end = left.dropFirst().firstIndex(of: quote) else { return nil }
    defer { left = left[(end + 1)...] }
    return String(decoding: left[(left.startIndex + 1)..<end], as: UTF8.self)
  }

  mutating func rest() -> String {
    defer { left = [] }
    return String(decoding: left.drop { $0 == Self.blank }, as: UTF8.self)
  }
}

extension String {
  /// Without what would end the line or hide on a screen.
  fileprivate var asLine: String {
    String(
      String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }

  fileprivate var asWord: String { asLine.replacing(" ", with: "_") }
}
