// A change that removes a finding, and how it is made.

import PostfixFiles

/// One replacement of a part of a file.
package struct Replacement: Hashable, Sendable {
  package let place: FileRange
  package let bytes: Bytes

  package init(_ place: FileRange, with text: String) {
    self.place = place
    bytes = Bytes(text.utf8)
  }
}

/// A change that removes a finding and changes nothing else in what Postfix does.
package struct Fix: Hashable, Sendable {
  package let replacements: [Replacement]

  package init(_ replacements: [Replacement]) { self.replacements = replacements }

  /// Removes `texts`; nil where one of them is not in one piece in a file.
  init?(removing texts: [SourcedText]) {
    let places = texts.compactMap { $0.fileRange() }
    guard places.count == texts.count, !places.isEmpty else { return nil }
    self.init(places.map { Replacement($0, with: "") })
  }

  /// Puts `replacement` in the place of `text`; nil where that is not in one piece in a file.
  init?(replacing text: SourcedText, with replacement: String) {
    guard let place = text.fileRange() else { return nil }
    self.init([Replacement(place, with: replacement)])
  }
}

extension Document {
  /// With those replacements of the fixes that fall into it; of two that overlap, the later one counts.
  package func applying(_ fixes: [Fix]) -> Document {
    var untouched = count + 1
    let own = Set(fixes.flatMap(\.replacements)).filter { $0.place.file == path }
      .map { Splice(range: $0.place.range, bytes: $0.bytes) }
      .sorted {
        ($0.range.lowerBound, $0.range.upperBound) > ($1.range.lowerBound, $1.range.upperBound)
      }
      .filter { splice in
        guard splice.range.upperBound <= untouched else { return false }
        untouched = splice.range.lowerBound
        return true
      }
    return applying(own)
  }
}
