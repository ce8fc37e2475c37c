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
      edited.update(document.applying([Splice(range: document.wholeLine(place), bytes: [])]))
      edited = edited.removingEmptyTable(path)
    }
    return edited
  }
}

extension MailConfig {
  /// Without the marks of entries that are not in main.cf, in the tables that changed since `before` and those of a parameter that
  /// did: a pool may have gone with its whole line.
  func removingStalePlaceMarks(since before: MailConfig) -> MailConfig {
    var edited = self
    // A table may be that of several settings: any of them may have taken the entry out.
    var users: [String: Set<RoutingParameter>] = [:]
    for parameter in RoutingParameter.allCases where parameter.takesTables {
      for site in before.tableSites(of: parameter) + tableSites(of: parameter) {
        if let path = site.source { users[path, default: []].insert(parameter) }
      }
    }
    for (path, parameters) in users.sorted(by: { $0.key < $1.key }) {
      let isOtherList = parameters.contains { before.main[$0]?.value.text != main[$0]?.value.text }
      guard let document = edited.files[path]?.document, case let marks = document.placeMarks, !marks.isEmpty,
        isOtherList || document.bytes != before.files[path]?.document?.bytes
      else { continue }
      let stale = marks.filter { !hasPoolOrEntry($0.key, in: parameters) }.map(\.line)
      if stale.isEmpty { continue }
      edited.update(document.applying(stale.map { Splice(range: $0, bytes: []) }))
      edited = edited.removingEmptyTable(path)
    }
    return edited
  }

  /// Whether a key has a pool, or an entry in main.cf, of one of these settings, whatever decides first; also where that cannot be
  /// told. What has the same key in another setting is for other mail.
  private func hasPoolOrEntry(_ key: String, in parameters: Set<RoutingParameter>) -> Bool {
    let hasPool = poolSites().contains { site in
      guard parameters.contains(site.parameter) else { return false }
      if site.ownKeys.contains(key) || site.routeKey == key { return true }
      return switch site.site.place {
      case .entry(_, let own), .inlineEntry(_, let own): own.lowercased() == key
      default: site.keys.map { entries(of: $0)?.contains { $0.key.lowercased() == key } ?? true } ?? false
      }
    }
    return hasPool
      || tableSites.contains { site in
        guard parameters.contains(site.parameter), site.table?.isAnswer ?? false,
          case .inlineEntry(_, let own) = site.place
        else { return false }
        return own.lowercased() == key
      }
  }
}

extension Document {
  /// The keys of the marks, and their whole lines.
  fileprivate var placeMarks: [(key: String, line: Range<Int>)] {
    positions(of: MailConfig.placeMarkStart).map(physicalLine).compactMap { line in
      let text = self[line].text.trimmingSpace
      guard MailConfig.isPlaceMark(text) else { return nil }
      return (MailConfig.key(ofPlaceMark: text).lowercased(), wholeLine(line))
    }
  }

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
