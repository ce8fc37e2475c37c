// Which parameters and files a configuration uses as pools. Beside those it names much else that looks like a pool to
// whoever reads it as one: a table of passwords is a file of lines, and a password a text with a separator.

import PostfixFiles

/// What a configuration uses as pools, by its names.
package struct UsedPools: Sendable {
  /// Parameters.
  package private(set) var names: Set<String> = []
  /// Pool files, as absolute paths.
  package private(set) var files: Set<String> = []

  /// Adds a parameter that is used as a pool, and the file that its value names.
  package mutating func use(name: String, in config: MailConfig) {
    guard names.insert(name).inserted else { return }
    if let path = config.parameters.namedPool(name)?.path { use(path: path, in: config) }
  }

  package mutating func use(path: String, in config: MailConfig) { files.insert(config.absolute(path)) }

  /// Adds what a value uses, if it is a pool.
  fileprivate mutating func use(_ value: SourcedText, in config: MailConfig) {
    guard PoolText.mayBeElsewhere(value), let text = PoolText(value: value) else { return }
    if let name = text.name { use(name: name, in: config) }
    if let path = text.path { use(path: path, in: config) }
  }
}

extension MailConfig {
  /// Its parameters and files that are pools: those of routing, those whose own value says `randmap:`, and those that a
  /// setting, a service or an entry of a table names after `randmap:`. Its files have been read.
  package func usedPools() -> UsedPools {
    var used = UsedPools()
    for parameter in RoutingParameter.allCases where parameter.mayHoldPool {
      used.use(name: parameter.rawValue, in: self)
    }
    let parameters = parameters
    for assignment in main.assignments {
      for name in assignment.value.bytes.namesAfterRandmap { used.use(name: name, in: self) }
      guard let value = try? parameters.value(assignment.name), let text = PoolText(value: value) else {
        continue
      }
      if text.transport == nil { used.use(name: assignment.name, in: self) }
      used.use(value, in: self)
    }
    for value in (master?.services ?? []).flatMap(\.overrides).map(\.value) {
      for name in value.bytes.namesAfterRandmap { used.use(name: name, in: self) }
      if let value = try? parameters.expand(value) { used.use(value, in: self) }
    }
    for case .value(let value) in sites.map(\.content) { used.use(value, in: self) }
    for path in tablePaths {
      guard let document = files[path]?.document else { continue }
      let table = Table(document)
      for line in document.lines(containing: "randmap:") {
        if let entry = try? table.entry(line) { used.use(entry.value, in: self) }
      }
    }
    return used
  }
}

extension Bytes {
  /// The names in `randmap:NAME`, `randmap:$NAME`, `randmap:${NAME}` and `randmap:$(NAME)`, wherever they are in it.
  fileprivate var namesAfterRandmap: [String] {
    var names: [String] = []
    var at = 0
    while case let colon = firstPosition(in: at..<count, where: { $0 == .colon }), colon < count {
      at = colon + 1
      if self[..<colon].suffix(7).elementsEqual("randmap".utf8), let name = name(at: at) {
        names.append(name)
      }
    }
    return names
  }

  /// The name that is all there is from `start` to the end of a word.
  private func name(at start: Int) -> String? {
    var low = firstPosition(in: start..<count) { !$0.isSpace }
    var close: UInt8?
    if low < count, self[low] == UInt8(ascii: "$") {
      low += 1
      if low < count, self[low] == .openBrace || self[low] == UInt8(ascii: "(") {
        close = self[low] == .openBrace ? .closeBrace : UInt8(ascii: ")")
        low += 1
      }
    }
    var end = firstPosition(in: low..<count) {
      !$0.isNameByte && $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ".")
    }
    guard low < end, !self[low].isDigit else { return nil }
    let name = self[low..<end].text
    if let close {
      guard end < count, self[end] == close else { return nil }
      end += 1
    }
    let isWhole = end == count || self[end].isSpace || [.closeBrace, UInt8(ascii: ",")].contains(self[end])
    return isWhole ? name : nil
  }
}
