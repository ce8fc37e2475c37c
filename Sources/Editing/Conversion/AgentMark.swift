// The line of main.cf that says that the agent is in use: who has written it. A line that a person wrote is not randmap's to
// take away with the last pool.

import Changes
import PostfixFiles

extension MailConfig {
  /// Below the line where randmap has written it. The line itself is as scripts look for it.
  private static let author = "# randmap wrote the line above, and takes it away with the last pool"

  /// As randmap writes it.
  static let ownAgentMark = "\(agentMark)\n\(author)\n"

  /// The lines that say that the agent is in use, each with the one that says who wrote it.
  ///
  /// - Parameter ownOnly: whether those that a person wrote are none.
  func agentMarks(ownOnly: Bool) -> [Range<Int>] {
    let document = main.document
    let lines = Array(document.physicalLines(in: 0..<document.count))
    return lines.indices.compactMap { index in
      guard Self.isAgentMark(document[lines[index]]) else { return nil }
      let next = lines.indices.contains(index + 1) ? lines[index + 1] : nil
      let author = next.flatMap { document[$0].text == Self.author ? $0 : nil }
      if author == nil, ownOnly { return nil }
      return lines[index].lowerBound..<min((author ?? lines[index]).upperBound + 1, document.count)
    }
  }
}
