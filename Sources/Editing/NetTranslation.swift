// A stock pool whose results are keys of a second table, which names for each the destination and the next hops after
// it: `pipemap:{randmap:{a, b}, inline:{{a=smtp:[a],[b]}, {b=smtp:[b],[a]}}}`.

import PostfixFiles
import Routing

/// The second table.
struct Translation {
  let keys: [String]
  let values: [SourcedText]
  /// The entries as they are written in main.cf; nil if they are in a file of their own.
  let list: ListText?
  let name: String

  init(_ table: TableSpec, _ editor: NetEditor) {
    name = table.text.text
    switch table.content {
    case .entries(let entries):
      keys = entries.map(\.key)
      values = entries.map(\.value)
      let inside = 1..<max(1, table.argument.count - 1)
      list = ListText(
        text: table.argument,
        items: table.argument.itemRanges(in: inside, where: { $0.isListSeparator }, keepingBraces: true),
        document: editor.document)
    case .file(let path):
      let document = editor.config.files[editor.config.absolute(path)]?.document
      let entries = document.map { Array(Table($0).entries) } ?? []
      keys = entries.map { $0.key.text.lowercased() }
      values = entries.map(\.value)
      list = nil
    default:
      keys = []
      values = []
      list = nil
    }
  }

  /// The entry of a result; of equal keys in an inline: table the last one counts.
  func index(of result: String) -> Int? { keys.lastIndex(of: result.lowercased()) }
}

extension NetEditor {
  func leaving(
    _ member: Member, forGood: Bool, translatedBy table: Translation
  ) throws(EditError) -> [Splice] {
    guard let own = table.index(of: member.result) else { return [] }
    let meaning = destination(table.values[own].text)
    var splices: [Splice] = []
    if let hop = meaning.hops.first, !isHead(hop, meaning.transport, besides: member.result, table) {
      for index in table.values.indices where index != own {
        let (transport, list) = hopText(table.values[index])
        let gone = list.items.indices.dropFirst().filter { isSame(list[$0], hop, meaning.transport) }
        guard transport == meaning.transport, !gone.isEmpty else { continue }
        guard table.list != nil else {
          throw refusal(
            "\"\(table.keys[index])\" in \(table.name) lists \(hop) as well: remove it there first")
        }
        splices += try removing(Set(gone), from: list, member.result)
      }
    }
    if forGood, let entries = table.list {
      splices += try removing([own], from: entries, member.result)
    }
    return splices
  }

  func joining(
    _ result: String, isNew: Bool, translatedBy table: Translation
  ) throws(EditError) -> [Splice] {
    let own = table.index(of: result)
    guard own != nil || (isNew && table.list != nil) else {
      throw refusal("\(table.name) has no entry for \"\(result)\": add that first")
    }
    let meaning = destination(own.map { table.values[$0].text } ?? result)
    if isNew { try guardNew(result, meaning, table) }
    guard let entries = table.list else { return [] }
    let hop = meaning.hops.first
    let heads = heads(of: meaning.transport, besides: result, table)
    let hasNet = hop != nil && takesList(meaning) && isNetted(meaning.transport, isNew: isNew, heads, table)
    var splices: [Splice] = []
    if let hop, hasNet {
      for index in table.values.indices where index != own {
        let (transport, list) = hopText(table.values[index])
        guard transport == meaning.transport, let last = list.items.indices.last,
          !list.items.indices.contains(where: { isSame(list[$0], hop, transport) })
        else { continue }
        splices.append(try inserting(hop, into: list, after: last))
      }
    }
    if own == nil {
      let value = ([result] + (hasNet ? heads : [])).joined(separator: ",")
      splices.append(
        try inserting(
          "{\(result)=\(value)}", into: entries, after: entries.items.count - 1, separator: ", "))
    }
    return splices
  }

  /// A new member's key must be free, or lead to just that member.
  private func guardNew(
    _ result: String, _ meaning: NextHopList, _ table: Translation
  ) throws(EditError) {
    if result.contains("=") {
      throw .badText(result, reason: "\"=\" would end the key in \(table.name)")
    }
    if meaning.text != result, meaning.head != result {
      throw .badText(result, reason: "is a key in \(table.name) already, with the value \(meaning.text)")
    }
    let same = pool.members.first { member in
      table.index(of: member.result).map { destination(table.values[$0].text).head == result } ?? false
    }
    if let same, same.result != result { throw .alreadyMember(same.result) }
  }

  /// The first next hops of the members of a transport that get mail, each once.
  private func heads(of transport: String, besides result: String, _ table: Translation) -> [String] {
    var heads: [String] = []
    for member in others(than: result) {
      guard let index = table.index(of: member.result) else { continue }
      let meaning = destination(table.values[index].text)
      if meaning.transport == transport, let head = meaning.hops.first, !heads.contains(head) {
        heads.append(head)
      }
    }
    return heads
  }

  private func isHead(_ hop: String, _ transport: String, besides result: String, _ table: Translation)
    -> Bool
  {
    heads(of: transport, besides: result, table).contains { isSame($0, hop, transport) }
  }

  /// Whether the members of a transport follow each other here. Where fewer than two were there to show it, a new
  /// one does.
  private func isNetted(
    _ transport: String, isNew: Bool, _ heads: [String], _ table: Translation
  ) -> Bool {
    if isNew, heads.count < 2 { return true }
    let all = table.values.map { hopText($0) }.filter { $0.transport == transport }
    let first = all.compactMap { $0.list.items.isEmpty ? nil : $0.list[0] }
    return all.contains { _, list in
      list.items.indices.dropFirst().contains { index in first.contains { isSame($0, list[index], transport) }
      }
    }
  }

  /// A value as its transport, with the colon, and its next hops.
  private func hopText(_ value: SourcedText) -> (transport: String, list: ListText) {
    let colon = kind == .nextHop ? nil : value.bytes.firstIndex(of: UInt8(ascii: ":"))
    let start = colon.map { $0 + 1 } ?? 0
    return (value[0..<start].text, hops(in: value, from: start))
  }
}
