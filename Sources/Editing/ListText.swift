// A list inside a value of a document: removing items and adding one, with the separators that are there.

import PostfixFiles
import Routing

/// Why a list is not changed.
enum ListError: Error {
  /// Nothing would be left of it.
  case wouldBeEmpty
  /// Its items come from several places, or are in another document.
  case notInOnePlace
}

struct ListText {
  let text: SourcedText
  let items: [Range<Int>]
  let document: Document

  subscript(index: Int) -> String { text[items[index]].text }

  /// What takes the items out, each with what separates it from the next one, or from the one before at the end.
  func removing(_ gone: Set<Int>) throws(ListError) -> [Splice] {
    guard gone.count < items.count else { throw .wouldBeEmpty }
    var splices: [Splice] = []
    for first in items.indices where gone.contains(first) && !gone.contains(first - 1) {
      var last = first
      while gone.contains(last + 1) { last += 1 }
      let isAtEnd = last + 1 == items.count
      let places = try neighbours((isAtEnd ? first - 1 : first)...(isAtEnd ? last : last + 1))
      guard let start = places.first, let end = places.last else { continue }
      splices.append(
        Splice(
          range: isAtEnd ? start.upperBound..<end.upperBound : start.lowerBound..<end.lowerBound, bytes: []))
    }
    return splices
  }

  /// What puts `item` after the one at `index`, separated as that one is from its neighbour.
  func inserting(
    _ item: String, after index: Int, separator usual: String
  ) throws(ListError) -> Splice {
    let at = try place(index).upperBound
    var separator = Bytes(usual.utf8)
    let pair = index > 0 ? index - 1...index : index...index + 1
    if pair.upperBound < items.count, let places = try? neighbours(pair), let first = places.first,
      let second = places.last
    {
      separator = Bytes(document[first.upperBound..<second.lowerBound])
    }
    return Splice(range: at..<at, bytes: separator + Bytes(item.utf8))
  }

  /// The places of items with nothing but separators between them.
  private func neighbours(_ indices: ClosedRange<Int>) throws(ListError) -> [Range<Int>] {
    var places: [Range<Int>] = []
    for index in indices {
      let place = try place(index)
      if let before = places.last {
        guard before.upperBound <= place.lowerBound,
          document[before.upperBound..<place.lowerBound].allSatisfy(\.isListSeparator)
        else { throw .notInOnePlace }
      }
      places.append(place)
    }
    return places
  }

  private func place(_ index: Int) throws(ListError) -> Range<Int> {
    let item = items[index]
    if let place = text.fileRange(item), place.file == document.path { return place.range }
    // Of several lines: nothing but white space may be between its parts.
    guard let span = text.span(item), span.file == document.path,
      document[span.range].filter({ !$0.isListSeparator })
        .elementsEqual(text.bytes[item].filter { !$0.isListSeparator })
    else { throw .notInOnePlace }
    return span.range
  }
}

extension MailConfig {
  /// The tables that a parameter lists, as they are written; nil where main.cf does not set it.
  func tableList(of parameter: RoutingParameter) -> ListText? {
    guard let value = main[parameter]?.value else { return nil }
    let items = value.itemRanges(in: 0..<value.count, where: { $0.isListSeparator }, keepingBraces: true)
    return ListText(text: value, items: items, document: main.document)
  }
}

extension ListText {
  /// The items that begin where one of these tables does: a table beside it may have `$config_directory` in its name.
  func indices(of tables: [TableSpec]) -> Set<Int> {
    let places = tables.compactMap { $0.text.span() }
    return Set(
      items.indices.filter { index in
        text.span(items[index]).map { item in
          places.contains { $0.file == item.file && $0.range.lowerBound == item.range.lowerBound }
        } ?? false
      })
  }
}
