// The parameters that a program of Postfix reads when it starts, in its order. The order matters: a value may name
// another parameter that is not set only if the program has read that one before (measured).

/// What a value must be. A program ends where it is something else.
package enum ParameterKind: Hashable, Sendable {
  /// So many bytes; 0: no limit.
  case text(minimum: Int, maximum: Int)
  /// A number that C's `int` can hold, in a range; 0: no limit.
  case number(minimum: Int, maximum: Int)
  /// The same for C's `long`.
  case large(minimum: Int, maximum: Int)
  /// A number with one of the units s, m, h, d, w or none.
  case time(minimum: Int, maximum: Int)
  case boolean
}

/// One parameter of a program.
package struct ParameterDefinition: Sendable {
  package let name: String
  package let kind: ParameterKind
  /// The release that brought it; nil: older than all that matter here.
  package let since: PostfixVersion?
  /// The built-in default, `$names` not expanded.
  package let standard: String

  /// The same for another parameter.
  func named(_ name: String) -> ParameterDefinition {
    ParameterDefinition(name: name, kind: kind, since: since, standard: standard)
  }

  private init(name: String, kind: ParameterKind, since: PostfixVersion?, standard: String) {
    (self.name, self.kind, self.since, self.standard) = (name, kind, since, standard)
  }

  /// Reads `name kind default`. The kind is a letter with the limits and the release: `s1`, `i0-6`, `t`, `b@3.10`.
  fileprivate init?(_ line: Slice<UnsafeBufferPointer<UInt8>>) {
    guard let nameEnd = line.firstIndex(of: UInt8(ascii: " ")) else { return nil }
    let rest = line[(nameEnd + 1)...]
    let wordEnd = rest.firstIndex(of: UInt8(ascii: " ")) ?? rest.endIndex
    guard nameEnd < wordEnd, nameEnd + 1 < rest.endIndex else { return nil }
    name = String(decoding: line[..<nameEnd], as: UTF8.self)
    standard = wordEnd < rest.endIndex ? String(decoding: rest[(wordEnd + 1)...], as: UTF8.self) : ""
    let word = rest[..<wordEnd]
    let limitsEnd = word.firstIndex(of: UInt8(ascii: "@")) ?? word.endIndex
    since =
      limitsEnd < word.endIndex
      ? PostfixVersion(String(decoding: word[(limitsEnd + 1)...], as: UTF8.self)) : nil
    var limits = (minimum: 0, maximum: 0)
    var isMaximum = false
    for byte in word[..<limitsEnd].dropFirst() {
      if byte == UInt8(ascii: "-") {
        isMaximum = true
      } else if isMaximum {
        limits.maximum = limits.maximum * 10 + Int(byte - UInt8(ascii: "0"))
      } else {
        limits.minimum = limits.minimum * 10 + Int(byte - UInt8(ascii: "0"))
      }
    }
    switch word.first {
    case UInt8(ascii: "b"): kind = .boolean
    case UInt8(ascii: "i"): kind = .number(minimum: limits.minimum, maximum: limits.maximum)
    case UInt8(ascii: "l"): kind = .large(minimum: limits.minimum, maximum: limits.maximum)
    case UInt8(ascii: "t"): kind = .time(minimum: limits.minimum, maximum: limits.maximum)
    default: kind = .text(minimum: limits.minimum, maximum: limits.maximum)
    }
  }
}

package struct ParameterTable: Sendable {
  package let definitions: [ParameterDefinition]
  private let places: [String: Int]

  init(_ text: String) {
    // In one pass over the bytes: each start of the program reads it, and a fifth of a check was this.
    var (text, definitions, start) = (text, [ParameterDefinition](), 0)
    text.withUTF8 { bytes in
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: .newline) ?? bytes.endIndex
        if let definition = ParameterDefinition(bytes[start..<end]) { definitions.append(definition) }
        start = end + 1
      }
    }
    var places: [String: Int] = [:]
    places.reserveCapacity(definitions.count)
    // The first one counts.
    for index in definitions.indices.reversed() { places[definitions[index].name] = index }
    (self.definitions, self.places) = (definitions, places)
  }

  package func place(of name: String) -> Int? { places[name] }
}

/// The programs whose order of reading is known.
package enum ReadingProgram: String, Hashable, Sendable, CaseIterable {
  case rewrite = "trivial-rewrite"
  case smtp, lmtp

  /// What it reads after what all programs read.
  package var table: ParameterTable {
    switch self {
    case .rewrite: .rewrite
    case .smtp: .smtp
    case .lmtp: .lmtp
    }
  }
}

/// When a parameter is read. A value that is expanded then sees the defaults of what was read before.
enum ReadingMoment: Hashable, Sendable {
  /// At this place of `ParameterTable.common`.
  case common(Int)
  /// After that, at a place of the program's own table.
  case own(ReadingProgram, Int)
  /// After all that is known: for texts of which it is not known who reads them.
  case end

  /// Whether what is read at `earlier` has been read by now.
  func isAfter(_ earlier: ReadingMoment) -> Bool {
    switch (earlier, self) {
    case (_, .end): true
    case (.common(let before), .common(let now)): before < now
    case (.common, .own): true
    case (.own(let program, let before), .own(let own, let now)): program == own && before < now
    default: false
    }
  }

  /// The definition that is read then.
  var definition: ParameterDefinition? {
    switch self {
    case .common(let place): ParameterTable.common.definitions[place]
    case .own(let program, let place): program.table.definitions[place]
    case .end: nil
    }
  }
}
