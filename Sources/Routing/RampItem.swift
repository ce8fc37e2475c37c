// The plan of a member as it is written: a comment beside the pool.

import PostfixFiles
import System

/// `# randmap: ramp MEMBER from=1% to=25% start=TIME over=4w steps=daily`, then `max=500/day cap=3%`, `stop-at=10%`,
/// `resumed=TIME`, `paused=TIME why="TEXT"` where they are; `#2` after the member for the second pool of its place.
package struct RampItem: Sendable {
  package let result: String
  package let ramp: Ramp
  /// Which pool of its place it belongs to, from 1.
  package let pool: Int
  /// The whole line, its newline excluded.
  package let line: FileRange

  package static let mark = "# randmap: ramp "

  /// The comment line for a plan.
  package static func comment(result: String, ramp: Ramp, pool: Int) -> String {
    "\(mark)\(result)"
      + MemberComment.text(
        pool: pool,
        [
          ("from", Ramp.percent(ramp.from)), ("to", Ramp.percent(ramp.to)),
          ("start", WrittenTime.shortUTC(ramp.start)), ("over", WrittenTime.span(ramp.over)),
          ("steps", ramp.step.rawValue), ("max", ramp.most.map { "\($0)/day" }),
          ("cap", ramp.cap.map(Ramp.percent)),
          ("stop-at", ramp.stopAt == Ramp.usualStopAt ? nil : Ramp.percent(ramp.stopAt)),
          ("resumed", ramp.resumed.map(WrittenTime.shortUTC)),
          ("paused", ramp.pause.map { WrittenTime.shortUTC($0.since) }),
          ("why", ramp.pause?.why.map(MemberComment.quoted)),
        ])
  }

  /// Reads such a comment; nil for any other line, and for one that cannot be read.
  init?(line text: some Collection<UInt8>, at place: FileRange) {
    guard let words = MemberComment.text(of: text, mark: Self.mark),
      let comment = MemberComment(words, isWhole: { !$0.isEmpty }, needsFields: true),
      let ramp = Ramp(Dictionary(comment.fields.map { ($0.name, $0.value) }) { first, _ in first })
    else { return nil }
    result = String(comment.words)
    self.ramp = ramp
    pool = comment.pool
    line = place
  }
}

extension Ramp {
  private static let names: Set<String> = [
    "from", "to", "start", "over", "steps", "max", "cap", "stop-at", "resumed", "paused", "why",
  ]

  /// From the fields of a comment; nil where one is missing, wrong or unknown.
  fileprivate init?(_ fields: [String: String]) {
    guard Set(fields.keys).isSubset(of: Self.names),
      let from = fields["from"].flatMap(Self.share), let to = fields["to"].flatMap(Self.share),
      let start = fields["start"].flatMap({ WrittenTime.instant($0) }),
      let over = fields["over"].flatMap({ WrittenTime.span($0) }), over <= Self.longest,
      let step = fields["steps"].flatMap(Step.init)
    else { return nil }
    self.init(from: from, to: to, start: start, over: over, step: step)
    if let text = fields["max"] {
      guard let most = Self.perDay(text) else { return nil }
      self.most = most
    }
    if let text = fields["cap"] {
      guard let cap = Self.share(text) else { return nil }
      self.cap = cap
    }
    if let text = fields["stop-at"] {
      guard let stopAt = Self.share(text) else { return nil }
      self.stopAt = stopAt
    }
    if let text = fields["resumed"] {
      guard let time = WrittenTime.instant(text) else { return nil }
      resumed = time
    }
    if let text = fields["paused"] {
      guard let since = WrittenTime.instant(text) else { return nil }
      pause = Pause(since: since, why: fields["why"])
    } else if fields["why"] != nil {
      return nil
    }
  }

  /// Ten years.
  package static let longest = 315_360_000

  /// `25%`, `2.5%`; nil for what is no share that a member of a pool can have.
  package static func share(_ text: String) -> Double? {
    guard text.utf8.count <= 12, text.hasSuffix("%"), let points = Double(text.dropLast()), points > 0,
      points < 100
    else { return nil }
    return points / 100
  }

  /// `500/day`
  package static func perDay(_ text: String) -> Int? {
    guard text.hasSuffix("/day"), let number = Int(text.dropLast(4)), 1...1_000_000_000 ~= number else {
      return nil
    }
    return number
  }
}

extension MailConfig {
  /// The plans that are comments in `range`.
  package func rampItems(in range: FileRange) -> [RampItem] {
    guard let document = document(range.file) else { return [] }
    return document.physicalLines(in: range.range).compactMap { line in
      RampItem(line: document[line], at: FileRange(file: range.file, range: line))
    }
  }
}

extension Document {
  /// Every line that begins as a plan does, and what it says; nil where that cannot be read.
  package var rampComments: [(line: FileRange, item: RampItem?)] {
    commentLines(RampItem.mark).map { ($0, RampItem(line: self[$0.range], at: $0)) }
  }

  /// The comment lines that begin with `mark`, white space at the beginning left out.
  func commentLines(_ mark: String) -> [FileRange] {
    // A line may repeat the mark: it is looked at once.
    var end = 0
    return positions(of: mark).compactMap { position in
      if position < end { return nil }
      let line = FileRange(file: path, range: physicalLine(around: position))
      end = line.range.upperBound
      return MemberComment.text(of: self[line.range], mark: mark) == nil ? nil : line
    }
  }
}

extension Ramp {
  /// What the shares of the plans of a pool are multiplied by. Plans that come to all of the mail leave the others a hundredth.
  ///
  /// - Parameters:
  ///   - sum: of the shares that the plans say.
  ///   - areAlone: whether no other member gets mail.
  package static func scale(ofPlans sum: Double, areAlone: Bool) -> Double {
    let most = areAlone ? 1 : 0.99
    return sum > most || areAlone ? most / max(sum, .ulpOfOne) : 1
  }
}

extension PoolText {
  /// The share of each distinct result: by how often it is listed, and of those with a plan what that says.
  package func shares(of results: [String]) -> [(result: String, share: Double)] {
    var counts: [String: Int] = [:]
    var order: [String] = []
    for result in results {
      if counts[result] == nil { order.append(result) }
      counts[result, default: 0] += 1
    }
    // A row has its weight beside it.
    if !weights.isEmpty {
      for (item, weight) in zip(items, weights) { counts[text.bytes[item].text] = weight }
    }
    let plans = ramps.filter { counts[$0.key] != nil }
    let planned = plans.values.reduce(0, +)
    let rest = order.reduce(0) { $0 + (plans[$1] == nil ? counts[$1] ?? 0 : 0) }
    let scale = Ramp.scale(ofPlans: planned, areAlone: rest == 0)
    return order.map { result in
      if let plan = plans[result] { return (result, plan * scale) }
      return (result, (1 - planned * scale) * Double(counts[result] ?? 0) / Double(max(1, rest)))
    }
  }
}
