// The tables of a list that smtp(8) asks for a next hop, each opened once, and why a lookup in one cannot be done here.

import PostfixFiles

/// Why it cannot be told here what Postfix finds.
package enum UnreadTable: Hashable, Sendable {
  /// A database, a server, a file that is missing or may not be read.
  case elsewhere(table: String)
  /// The text is newer than the index, and Postfix reads the index; what makes it anew.
  case oldIndex(call: String)
  /// There is no index; what makes it.
  case noIndex(call: String)

  /// For people.
  package var words: String {
    switch self {
    case .elsewhere: "a table cannot be read here"
    case .oldIndex(let call): "the index of a table is older than its text; run: \(call)"
    case .noIndex(let call): "a table has no index here; run: \(call)"
    }
  }
}

/// What the tables have for a next hop, as far as that can be told here.
package enum NextHopLine: Hashable, Sendable {
  case present(Bytes)
  case absent
  /// The text has it, and the index that Postfix reads is older; what makes that anew.
  case inTextAlone(Bytes, call: String)
  case unknown(UnreadTable)

  /// What a line says, in the index or in the text alone; nil where there is none.
  package var value: Bytes? {
    switch self {
    case .present(let value), .inTextAlone(let value, _): value
    case .absent, .unknown: nil
    }
  }
}

extension TableSpec {
  /// The call that makes the index of a table from its text; nil where it has none.
  package func indexCall(in config: MailConfig) -> String? {
    guard case .indexed(let type) = type, case .file(let path) = content else { return nil }
    return "postmap \("\(type):\(config.absolute(path))".asArgument)"
  }

  /// The state of its index; nil where it has none, or its text cannot be read, or is edited: then a write makes it anew.
  package func indexState(in config: MailConfig) -> TableIndex.State? {
    guard case .indexed(let type) = type, case .file(let path) = content,
      let document = try? config.reading(config.absolute(path)), !document.isEdited
    else { return nil }
    return TableIndex(type: type, source: config.absolute(path)).state
  }
}

struct NextHopMaps {
  private struct Map {
    let name: String
    let list: MapList
    /// What is wrong with an index in it.
    let fault: UnreadTable?
  }

  private let maps: [Map]
  private let tables: OpenTables

  /// Nil where no table is named, or smtp(8) would not start with what is.
  init?(_ parameter: String, _ list: SourcedText, _ tables: OpenTables, isUnicode: Bool) {
    self.tables = tables
    let use = TableOpening(foldsKeys: true, allowsSubstitution: true)
    var maps: [Map] = []
    for item in list.listItems {
      do throws(ResolverError) {
        let table = try tables.open(item, for: use).indexed(isUnicode: isUnicode)
        maps.append(
          Map(
            name: Self.name(of: item), list: MapList(parameter: parameter, tables: [table], use: use),
            fault: Self.fault(of: item, in: tables.config)))
      } catch {
        return nil
      }
    }
    if maps.isEmpty { return nil }
    self.maps = maps
  }

  /// `type:path`; of a table that is in the value itself the type alone.
  static func name(of item: SourcedText) -> String {
    guard let spec = try? TableSpec(item) else { return "..." }
    switch spec.unproxied.content {
    case .file: return item.text
    case .service where spec.unproxied.argument.bytes.first == UInt8(ascii: "/"): return item.text
    default: return "\(item.text.prefix { $0 != ":" }):..."
    }
  }

  private static func fault(of item: SourcedText, in config: MailConfig) -> UnreadTable? {
    let tables = (try? TableSpec(item))?.flattened ?? []
    return tables.lazy.compactMap { table in
      guard let call = table.indexCall(in: config) else { return nil }
      return switch table.indexState(in: config) {
      case .outdated?: .oldIndex(call: call)
      case .missing?: .noIndex(call: call)
      case .current?, .madeByPostmap?, nil: nil
      }
    }.first
  }

  var isOfTexts: Bool { maps.allSatisfy { $0.name.hasPrefix("texthash:") } }

  var hasOldIndex: Bool { callOfOldIndex != nil }

  /// What makes the first index anew that is older than its text.
  var callOfOldIndex: String? {
    maps.lazy.compactMap { if case .oldIndex(let call)? = $0.fault { call } else { nil } }.first
  }

  func answer(for keys: [String]) -> NextHopTable.Answer {
    for key in keys {
      for map in maps {
        let answer = tables.find(Bytes(key.utf8), in: map.list, partial: false) { _, _ in }
        // What cannot be asked here may have an answer that comes before every other.
        guard tables.finish().unknown.isEmpty, answer.isCertain, let first = answer.outcomes.first?.value
        else {
          return .unknown(map.fault ?? .elsewhere(table: map.name))
        }
        switch first {
        case .notFound: continue
        case .found(let value): return .found(key: key, table: map.name, value: value)
        case .failed: return .failed(map.fault ?? .elsewhere(table: map.name))
        }
      }
    }
    return .notFound
  }
}

extension OpenTable {
  /// With the entries of a text in an index: thousands of gateways may ask for theirs.
  fileprivate func indexed(isUnicode: Bool) -> OpenTable {
    guard case .text(let table, let folding) = self else { return self }
    var entries: [Bytes: Bytes] = [:]
    for entry in table.entries where !isUnicode || table.document[entry.line.range].isUTF8 {
      let key = folding.fold(entry.key.bytes)
      if entries[key] == nil { entries[key] = entry.value.bytes }
    }
    return .keyed(entries)
  }
}
