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
      let comments = view.comments
      return view.active.flatMap { member -> [Finding] in
        guard let gateway = member.gateways.first else { return [] }
        let share = view.pool.share(member) * 100
        let stated = comments.lazy.compactMap { statedShare(of: gateway.name, in: $0) }.first
        guard let stated, abs(stated - share) > 1 else { return [] }
        return view.finding(
          member,
          "its share is \(Int(share.rounded()))%, a comment says \(Int(stated.rounded()))%; change one of them"
        )
      }
    })
}

/// The percentage after a host's name in a comment; nil if another host's name comes first, or no percentage follows.
private func statedShare(of host: String, in comment: String) -> Double? {
  let words = comment.lowercased().split { " \t,;:=()[]".contains($0) }
  guard let name = words.firstIndex(of: Substring(host.lowercased())) else { return nil }
  let following = words[(name + 1)...].prefix { !$0.contains(".") || $0.hasSuffix("%") }
  guard let end = following.firstIndex(where: { $0.hasSuffix("%") }) else { return nil }
  let number = following[end] == "%" ? following[..<end].last ?? "" : following[end].dropLast()
  return Double(number)
}

extension PoolView {
  /// The comment lines of a pool file; those straight above a pool in main.cf.
  fileprivate var comments: [String] {
    guard let place = pool.start, let document = subject.config.document(place.file) else { return [] }
    let lines = document.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    func isComment(_ line: ArraySlice<UInt8>) -> Bool { line.first { !$0.isSpace } == UInt8(ascii: "#") }
    if case .file = pool.place { return lines.filter(isComment).map(\.text) }
    guard let name = pool.place.parameterName, let assignment = subject.place(of: name) else { return [] }
    return lines.prefix { $0.endIndex < assignment.range.lowerBound }.reversed().prefix(while: isComment)
      .map(\.text)
  }
}
