// A log as JSON, one object a line: `journalctl -o json`, and the files of Docker's json-file driver. Each becomes the
// plain line that it is of; only the few keys that matter are looked at, in one pass, without a decoder.

import PostfixFiles

struct JournalLine {
  private var output: [UInt8] = []
  private var values: [Field: [UInt8]] = [:]
  /// The place of the last entry in the journal.
  private(set) var cursor = ""

  private enum Field: String, CaseIterable {
    case message = "MESSAGE"
    case identifier = "SYSLOG_IDENTIFIER"
    case process = "SYSLOG_PID"
    case ownProcess = "_PID"
    case host = "_HOSTNAME"
    case time = "__REALTIME_TIMESTAMP"
    case docker = "log"
    case cursor = "__CURSOR"
  }

  /// The plain line of an object, and whether its stamp is one that we wrote.
  mutating func plain(_ bytes: Span<UInt8>, _ range: Range<Int>) -> (line: [UInt8], isOurs: Bool)? {
    values.removeAll(keepingCapacity: true)
    var at = range.lowerBound + 1
    while true {
      at = skipSpace(bytes, at, range.upperBound)
      guard at < range.upperBound, let key = string(bytes, &at, range.upperBound) else { return nil }
      at = skipSpace(bytes, at, range.upperBound)
      guard at < range.upperBound, bytes[at] == .colon else { return nil }
      at = skipSpace(bytes, at + 1, range.upperBound)
      let field = Field(rawValue: String(decoding: key, as: UTF8.self))
      guard let value = value(bytes, &at, range.upperBound) else { return nil }
      // The first of a key counts: a second one may be forged.
      if let field, values[field] == nil { values[field] = value }
      at = skipSpace(bytes, at, range.upperBound)
      guard at < range.upperBound else { return nil }
      if bytes[at] == UInt8(ascii: ",") { at += 1 } else { break }
    }
    guard bytes[at] == UInt8(ascii: "}") else { return nil }
    if let place = values[.cursor] { cursor = String(decoding: place, as: UTF8.self) }
    if let log = values[.docker], values[.message] == nil {
      // One line: what comes after its newline is not another one.
      return (Array(log.prefix { $0 != .newline }), false)
    }
    guard let message = values[.message], let identifier = values[.identifier], let time = values[.time],
      time.count > 6, time.allSatisfy(\.isDigit), !identifier.contains(where: \.isSpace)
    else { return nil }
    let host = values[.host] ?? Array("localhost".utf8)
    let process = values[.process] ?? values[.ownProcess] ?? [UInt8(ascii: "0")]
    guard process.allSatisfy(\.isDigit), !process.isEmpty, !host.contains(where: \.isSpace), !host.isEmpty
    else {
      return nil
    }
    output.removeAll(keepingCapacity: true)
    output.append(UInt8(ascii: "@"))
    output += time.dropLast(6)
    output.append(0x20)
    output += host
    output.append(0x20)
    output += identifier
    output.append(UInt8(ascii: "["))
    output += process
    output += Array("]: ".utf8)
    output += message.map { $0 == .newline ? 0x20 : $0 }
    return (output, true)
  }

  private func skipSpace(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    var at = start
    while at < end, bytes[at].isSpace { at += 1 }
    return at
  }

  /// A string, an array of byte values (what journalctl makes of a message that is not UTF-8), or something else that
  /// is passed over.
  private func value(_ bytes: Span<UInt8>, _ at: inout Int, _ end: Int) -> [UInt8]? {
    guard at < end else { return nil }
    switch bytes[at] {
    case UInt8(ascii: "\""): return string(bytes, &at, end)
    case UInt8(ascii: "["):
      guard let close = bytes.position(of: UInt8(ascii: "]"), in: at..<end) else { return nil }
      let numbers = bytes.array(at + 1..<close).split(separator: UInt8(ascii: ","))
      at = close + 1
      return numbers.map { part in
        // What is no byte comes from no journalctl, and any number of digits may be there.
        UInt8(String(decoding: part.filter { !$0.isSpace }, as: UTF8.self)) ?? UInt8(ascii: "?")
      }
    case .openBrace:
      // An object within: passed over, strings and all.
      var depth = 0
      while at < end {
        if bytes[at] == UInt8(ascii: "\"") {
          guard string(bytes, &at, end) != nil else { return nil }
          continue
        }
        if bytes[at] == .openBrace { depth += 1 }
        if bytes[at] == UInt8(ascii: "}") { depth -= 1 }
        at += 1
        if depth == 0 { return [] }
      }
      return nil
    default:
      let start = at
      while at < end, bytes[at] != UInt8(ascii: ","), bytes[at] != UInt8(ascii: "}") { at += 1 }
      return bytes.array(start..<at)
    }
  }

  private func string(_ bytes: Span<UInt8>, _ at: inout Int, _ end: Int) -> [UInt8]? {
    guard at < end, bytes[at] == UInt8(ascii: "\"") else { return nil }
    at += 1
    var result: [UInt8] = []
    while at < end {
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "\"") { return result }
      guard byte == UInt8(ascii: "\\"), at < end else {
        result.append(byte)
        continue
      }
      let escaped = bytes[at]
      at += 1
      switch escaped {
      case UInt8(ascii: "n"): result.append(.newline)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0C)
      case UInt8(ascii: "u"):
        guard at + 4 <= end, let code = UInt32(bytes.text(at..<at + 4), radix: 16) else { return nil }
        at += 4
        // Halves of a pair are for characters that no log of Postfix has.
        result += Array(String(UnicodeScalar(code) ?? "?").utf8)
      default: result.append(escaped)
      }
    }
    return nil
  }
}
