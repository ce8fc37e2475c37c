// Values that end a program of Postfix when it reads them: of the wrong type, out of range, or unknown words (each
// measured with a real trivial-rewrite).

/// Why a program ends when it starts, in Postfix's words.
package struct StartError: Error, Hashable, Sendable {
  /// The parameter.
  package let name: String
  package let message: String
  /// What to write instead.
  package let need: String
  /// Whether the value cannot be expanded: rules of their own explain that.
  package let isExpansion: Bool
}

extension ParameterKind {
  /// Whether the default may come to nothing, as it is made of other values.
  fileprivate func mayFailByDefault(_ standard: String) -> Bool {
    guard case .text(let minimum, _) = self, minimum > 0 else { return false }
    return standard.contains("$")
  }

  /// What to write, for people.
  fileprivate func need(_ name: String) -> String {
    func range(_ minimum: Int, _ maximum: Int) -> String {
      switch (minimum > 0, maximum > 0) {
      case (true, true): " from \(minimum) to \(maximum)"
      case (true, false): ", at least \(minimum)"
      case (false, true): ", at most \(maximum)"
      case (false, false): ""
      }
    }
    return switch self {
    case .boolean: "yes or no"
    case .number(let minimum, let maximum), .large(let minimum, let maximum):
      "a whole number without a unit\(range(minimum, maximum))"
    case .time(let minimum, let maximum):
      "a number with a unit s, m, h, d or w\(range(minimum, maximum))\(minimum + maximum > 0 ? " seconds" : "")"
    case .text(let minimum, let maximum) where minimum == maximum: "\(minimum) bytes"
    case .text: "a value, or remove the line"
    }
  }
}

extension ParameterKind {
  /// What a program says of `value`; nil if it takes it.
  func problem(_ name: String, _ value: Bytes) -> String? {
    let shown = printable(value)
    switch self {
    case .text(let minimum, let maximum):
      if minimum > 0, value.count < minimum {
        return "bad string length \(value.count) < \(minimum): \(name) = \(shown)"
      }
      if maximum > 0, value.count > maximum {
        return "bad string length \(value.count) > \(maximum): \(name) = \(shown)"
      }
      return nil
    case .boolean:
      let word = CaseFolding.ascii.fold(value)
      let isKnown = word == Bytes("yes".utf8) || word == Bytes("no".utf8)
      return isKnown ? nil : "bad boolean configuration: \(name) = \(shown)"
    case .number(let minimum, let maximum), .large(let minimum, let maximum):
      let (number, end) = Self.number(value)
      let isInt = if case .number = self { true } else { false }
      guard let number, end == value.count, !isInt || Int32(exactly: number) != nil else {
        return "bad numerical configuration: \(name) = \(shown)"
      }
      if minimum > 0, number < minimum { return "invalid \(name) parameter value \(number) < \(minimum)" }
      if maximum > 0, number > maximum { return "invalid \(name) parameter value \(number) > \(maximum)" }
      return nil
    case .time(let minimum, let maximum):
      guard let seconds = Self.seconds(value) else {
        return "parameter \(name): bad time value or unit: \(shown)"
      }
      // The unit of a number without one is that of the default, which only a limit would need.
      if minimum > 0, seconds < minimum { return "invalid \(name): \(seconds) (min \(minimum))" }
      if maximum > 0, seconds > maximum { return "invalid \(name): \(seconds) (max \(maximum))" }
      return nil
    }
  }

  /// The number at the start of a text as strtol(3) reads it, and where it ends; nil for one that does not fit.
  private static func number(_ text: Bytes) -> (Int?, end: Int) {
    let start = text.firstPosition(in: 0..<text.count) { !$0.isSpace }
    let signs = [UInt8(ascii: "-"), UInt8(ascii: "+")]
    let digits = start < text.count && signs.contains(text[start]) ? start + 1 : start
    let end = text.firstPosition(in: digits..<text.count) { !$0.isDigit }
    // Without a digit nothing is read: the number is 0, and ends at the start of the text.
    guard end > digits else { return (text.isEmpty ? nil : 0, 0) }
    return (Int(text[start..<end].text), end)
  }

  /// Of a unit only the first letter counts.
  private static func seconds(_ text: Bytes) -> Int? {
    let (number, end) = number(text)
    guard let number, number >= 0, Int32(exactly: number) != nil else { return nil }
    let units = ["s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800]
    let unit = end < text.count ? units[text[end...end].text] : 1
    guard let unit, unit == 1 || number < Int(Int32.max) / unit else { return nil }
    return number * unit
  }
}

extension Parameters {
  /// What ends each program of Postfix when it reads main.cf; in the order in which they are read. Only values that
  /// main.cf or the service sets can be wrong.
  package var commonProblems: [StartError] { problems(in: .common) }

  /// What ends `program` beside that.
  package func ownProblems(of program: ReadingProgram) -> [StartError] { problems(in: program.table) }

  /// What ends `program` first; nil if it takes all it reads.
  package func startProblem(of program: ReadingProgram) -> StartError? {
    commonProblems.first ?? ownProblems(of: program).first
  }

  private func problems(in table: ParameterTable) -> [StartError] {
    table.definitions.compactMap { problem(of: $0) }
  }

  /// What ends qmgr(8): when it starts, or at the first mail for `transport`.
  package func queueManagerProblem(for transport: String) -> StartError? {
    let own = ParameterTable.daemonTables.first { $0.0 == "qmgr" }.flatMap { problems(in: $0.1).first }
    return own
      ?? ParameterTable.limitsOfTransports.definitions.lazy
      .compactMap { problem(of: $0.named(transport + $0.name)) }.first
  }

  /// What ends qmgr(8) at the first mail for a transport whose limit `name` is; nil for any other parameter.
  package func limitProblem(_ name: String) -> (transport: String, problem: StartError)? {
    guard !ParameterTable.daemonTables.contains(where: { $0.1.place(of: name) != nil }),
      let limit = ParameterTable.limitsOfTransports.definitions.first(where: { name.hasSuffix($0.name) }),
      let problem = problem(of: limit.named(name))
    else { return nil }
    return (String(name.dropLast(limit.name.count)), problem)
  }

  /// The release that brought a parameter; nil for one that is older than all that matter here, or not known.
  package static func firstRelease(of name: String) -> PostfixVersion? { newParameters[name] }

  private static let newParameters: [String: PostfixVersion] = Dictionary(
    ([ParameterTable.common] + ReadingProgram.allCases.map(\.table) + ParameterTable.daemonTables.map { $0.1 })
      .flatMap(\.definitions).compactMap { definition in definition.since.map { (definition.name, $0) } },
    uniquingKeysWith: { min($0, $1) })

  /// Whether some program of Postfix reads a parameter of this name, as far as they are known.
  package static func isKnown(_ name: String) -> Bool {
    ([ParameterTable.common] + ReadingProgram.allCases.map(\.table) + ParameterTable.daemonTables.map { $0.1 })
      .contains { $0.place(of: name) != nil }
      || ParameterTable.limitsOfTransports.definitions.contains { name.hasSuffix($0.name) }
      || furtherDefaults[name] != nil
      // What Postfix works out itself.
      || ["config_directory", "process_name", "process_id", "service_name", "server_name"].contains(name)
  }

  /// What ends a program of Postfix that reads `name`, by the names of these programs; nil: all of them.
  package func problems(with name: String) -> [(programs: [String]?, problem: StartError)] {
    if let place = ParameterTable.common.place(of: name),
      let problem = problem(of: ParameterTable.common.definitions[place])
    {
      return [(nil, problem)]
    }
    var found: [(programs: [String]?, problem: StartError)] = []
    func add(_ programs: [String], _ problem: StartError) {
      if let at = found.firstIndex(where: { $0.problem == problem }) {
        let known = found[at].programs ?? []
        found[at].programs = known + programs.filter { !known.contains($0) }
      } else if !programs.isEmpty {
        found.append((programs, problem))
      }
    }
    let own = ReadingProgram.allCases.map { ($0.rawValue, $0.table) }
    for (program, table) in own + ParameterTable.daemonTables {
      if let place = table.place(of: name), let problem = problem(of: table.definitions[place]) {
        add([program], problem)
      }
    }
    if let words = ParameterWords.of(name), isSet(name), let value = try? value(name),
      let message = words.problem(name, value)
    {
      add(words.programs, StartError(name: name, message: message, need: words.need, isExpansion: false))
    }
    return found
  }

  private func problem(of definition: ParameterDefinition) -> StartError? {
    let name = definition.name
    // A default can be wrong only where it is made of other values.
    guard
      isSet(name) || definition.kind.mayFailByDefault(definition.standard(in: environment.version))
        || ["myhostname", "mydomain"].contains(name)
    else { return nil }
    guard definition.isKnown(in: environment.version) else { return nil }
    do throws(ExpansionError) {
      let value = try value(name)
      if let message = definition.kind.problem(name, value.bytes) {
        // The value with a comment after it is what people write; the number itself is right as often as not.
        let hasComment = value.bytes.split(whereSeparator: \.isSpace).dropFirst().contains {
          $0.first == .hash
        }
        let need = hasComment ? "the comment on a line of its own" : definition.kind.need(name)
        return StartError(name: name, message: message, need: need, isExpansion: false)
      }
      return wordProblem(name, value).map {
        StartError(name: name, message: $0, need: Self.neededWords(name), isExpansion: false)
      }
    } catch {
      return StartError(name: name, message: "\(name): \(error.message)", need: "", isExpansion: true)
    }
  }
}
