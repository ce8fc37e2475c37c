// The place of an entry that a stock pool has taken out of its table: a comment keeps it, so that the entry comes back to the comments
// and the neighbours that it had.

import PostfixFiles
import Routing

extension MailConfig {
  /// The comment that keeps the place of an entry.
  static func placeMark(of key: String) -> String { "\(placeMarkStart)\(key)\(placeMarkEnd)" }

  static let placeMarkStart = "# randmap: the entry for "
  private static let placeMarkEnd = " is in main.cf"

  static func isPlaceMark(_ line: String) -> Bool {
    line.hasPrefix(placeMarkStart) && line.hasSuffix(placeMarkEnd)
  }

  /// The key as its entry had it.
  static func key(ofPlaceMark line: String) -> Substring {
    line.dropFirst(placeMarkStart.count).dropLast(placeMarkEnd.count)
  }

  /// Without the marks of a key whose pool is gone.
  func removingPlaceMarks(of key: String, in parameter: RoutingParameter) -> MailConfig {
    var edited = self
    for path in Set(tableSites(of: parameter).compactMap(\.source)) {
      guard let document = edited.files[path]?.document, let place = document.placeMark(of: key) else {
        continue
      }
      let line = place.lowerBound..<min(place.upperBound + 1, document.count)
      edited.update(document.applying([Splice(range: line, bytes: [])]))
      edited = edited.removingEmptyTable(path)
    }
    return edited
  }
}

extension Document {
  /// Where the mark of a key is, in any case: Postfix makes no difference there.
  func placeMark(of key: String) -> Range<Int>? {
    let mark = MailConfig.placeMark(of: key).lowercased()
    return positions(of: MailConfig.placeMarkStart).lazy.map(physicalLine).first {
      self[$0].text.trimmingSpace.lowercased() == mark
    }
  }

  /// With a new entry, in the place that it had before, otherwise at the end.
  func adding(_ value: String, for key: String) -> Document {
    guard let place = placeMark(of: key) else { return appending("\(key)\t\(value)") }
    // As it was written.
    let former = MailConfig.key(ofPlaceMark: self[place].text.trimmingSpace)
    return applying([Splice(range: place, bytes: Bytes("\(former)\t\(value)".utf8))])
  }
}
