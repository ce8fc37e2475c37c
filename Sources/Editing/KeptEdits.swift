// Edits as text, so that they outlive the process that they were made in.

import FoundationEssentials

/// The edits of one sitting, the oldest first.
package struct KeptEdits: Codable, Hashable, Sendable {
  /// One step: edits that were made together, and what they did in words.
  package struct Step: Codable, Hashable, Sendable {
    package var edits: [Edit]
    package var summary: String

    package init(edits: [Edit], summary: String) {
      self.edits = edits
      self.summary = summary
    }
  }

  /// Seconds since 1970.
  package var time: Int64
  package var steps: [Step]
  /// What each file is that they change, once they are written: a digest for each path.
  package var results: [String: String]?

  package init(time: Int64, steps: [Step], results: [String: String]? = nil) {
    self.time = time
    self.steps = steps
    self.results = results
  }

  /// Whether all files are as these edits leave them.
  ///
  /// - Parameter digest: gives the digest of the file at a path; nil where there is no such file.
  package func areWritten(_ digest: (_ path: String) -> String?) -> Bool {
    guard let results, !results.isEmpty else { return false }
    return results.allSatisfy { digest($0.key) == $0.value }
  }

  /// Nil where the bytes are not what `bytes` gives: another release may have written them.
  package init?(bytes: [UInt8]) {
    guard let kept = try? JSONDecoder().decode(KeptEdits.self, from: Data(bytes)) else { return nil }
    self = kept
  }

  package var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { Array($0) } ?? []
  }
}
