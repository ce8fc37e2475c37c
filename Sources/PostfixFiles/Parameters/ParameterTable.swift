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
  init?(_ line: Substring.UTF8View) {
    let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
    guard parts.count >= 2, let letter = parts[1].first else { return nil }
    name = String(Substring(parts[0]))
    standard = parts.count > 2 ? String(Substring(parts[2])) : ""
    let words = parts[1].dropFirst().split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    let limits = words.first?.split(separator: UInt8(ascii: "-")).map { Int(Substring($0)) ?? 0 } ?? []
    let minimum = limits.first ?? 0
    let maximum = limits.count > 1 ? limits[1] : 0
    since = words.count > 1 ? PostfixVersion(String(Substring(words[1]))) : nil
    switch Unicode.Scalar(letter) {
    case "b": kind = .boolean
    case "i": kind = .number(minimum: minimum, maximum: maximum)
    case "l": kind = .large(minimum: minimum, maximum: maximum)
    case "t": kind = .time(minimum: minimum, maximum: maximum)
    default: kind = .text(minimum: minimum, maximum: maximum)
    }
  }
}

package struct ParameterTable: Sendable {
  package let definitions: [ParameterDefinition]
  private let places: [String: Int]

  init(_ text: String) {
    // By bytes: each start reads it, and characters take ten times as long.
    let definitions = Substring(text).utf8.split(separator: .newline).compactMap { ParameterDefinition($0) }
    self.definitions = definitions
    places = Dictionary(
      definitions.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
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
