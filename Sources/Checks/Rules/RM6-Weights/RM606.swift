// RM606: A comment gives another share

import PostfixFiles
import Routing

extension Rule {
  static let rm606 = Rule(
    "RM606", .warning, "A comment gives another share",
    why: """
      A share is how often a member is listed, out of all items. The comment above the pool, or in its
      file, gives another percentage for this member, so one of the two is wrong.
      """,
    bad: Example(
      main: """
        # gw1.example 70%, gw2.example 30%
        sender_dependent_default_transport_maps = randmap:{«smtp:[gw1.example]», smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        # gw1.example 50%, gw2.example 50%
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .pool { view in
      let stated = statedShares(view.comments)
      if stated.isEmpty { return [] }
      return view.active.flatMap { member -> [Finding] in
        guard let gateway = member.gateways.first else { return [] }
        let share = view.pool.share(member) * 100
        guard let stated = stated[gateway.name.lowercased()], abs(stated - share) > 1 else { return [] }
        return view.finding(
          member,
          "its share is \(Int(share.rounded()))%, a comment says \(Int(stated.rounded()))%; change one of them"
        )
      }
    })
}

/// The percentages that comments give to words: for each word the first one after it, where no host's name is between
/// the two. Only numbers that may be shares count.
private func statedShares(_ comments: [String]) -> [String: Double] {
  var all: [String: Double] = [:]
  for comment in comments where comment.utf8.contains(UInt8(ascii: "%")) {
    let words = comment.lowercased().split { " \t,;:=()[]".contains($0) }
    var stated: [Substring: Double?] = [:]
    var next: Double?
    // From the end, so that each word finds what comes after it, and the first place of a word counts.
    for (index, word) in words.enumerated().reversed() {
      stated[word] = .some(next)
      if word.hasSuffix("%") {
        next = Double(word == "%" ? index > 0 ? words[index - 1] : "" : word.dropLast())
          .flatMap { (0...1_000).contains($0) ? $0 : nil }
      } else if word.contains(".") {
        next = nil
      }
    }
    for case (let word, .some(let share)) in stated where all[String(word)] == nil {
      all[String(word)] = share
    }
  }
  return all
}

extension PoolView {
  /// The comment lines of a pool file; those straight above a pool in main.cf.
  fileprivate var comments: [String] {
    guard let place = pool.start, let document = subject.config.document(place.file) else { return [] }
    let bytes = document.bytes
    func isComment(_ line: ArraySlice<UInt8>) -> Bool { line.first { !$0.isSpace } == UInt8(ascii: "#") }
    if case .file = pool.place {
      return bytes.split(separator: UInt8(ascii: "\n")).filter(isComment).map(\.text)
    }
    guard let name = pool.place.parameterName, let assignment = subject.place(of: name) else { return [] }
    func startOfLine(before end: Int) -> Int {
      bytes[..<end].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    }
    // Upwards from the pool: a file may have any number of pools.
    var comments: [String] = []
    var end = startOfLine(before: assignment.range.lowerBound)
    while end > 0 {
      let start = startOfLine(before: end - 1)
      let line = bytes[start..<end - 1]
      guard isComment(line) else { break }
      comments.append(line.text)
      end = start
    }
    return comments
  }
}
