// main.cf: its assignments, in order, each with its place.

/// A line of main.cf that is no assignment (dict_load_fp and split_nameval, measured). Postfix skips one that starts
/// with white space, with a warning; it refuses to start with any other.
package enum AssignmentError: String, Error, Hashable, Sendable {
  case startsWithSpace = "logical line must not start with whitespace"
  case missingEquals = "missing '=' after attribute name"
  case missingName = "missing attribute name"
  /// Of an entry of an inline table alone.
  case unbalancedQuote = "unbalanced '\"'"
}

/// `name = value`, as it is written.
package struct Assignment: Sendable {
  package let name: String
  package let nameText: SourcedText
  /// What is right of `=`, white space at its ends left out, `$names` not expanded.
  package let value: SourcedText
  package let line: LogicalLine
}

/// main.cf, or any file of `name = value` lines (a theme, a settings file).
package struct MainCf: Sendable {
  package var document: Document { didSet { parse() } }
  /// In the order of the file; of several with one name the last is in force.
  package private(set) var assignments: [Assignment] = []
  /// The logical lines that are no assignment.
  package private(set) var problems: [(line: LogicalLine, problem: AssignmentError)] = []
  private var lastIndex: [String: Int] = [:]

  package init(_ document: Document) {
    self.document = document
    parse()
  }

  private mutating func parse() {
    assignments = []
    problems = []
    lastIndex = [:]
    for line in document.lines {
      do throws(AssignmentError) {
        let assignment = try Assignment(line, of: document)
        lastIndex[assignment.name] = assignments.count
        assignments.append(assignment)
      } catch {
        problems.append((line, error))
      }
    }
  }

  /// The assignment of `name` that is in force.
  package subscript(name: String) -> Assignment? { lastIndex[name].map { assignments[$0] } }
}

extension Assignment {
  init(_ line: LogicalLine, of document: Document) throws(AssignmentError) {
    guard line.kind != .orphan else { throw .startsWithSpace }
    let text = SourcedText(line, of: document)
    let (name, value) = try text.splitNameValue()
    self.init(name: name.text, nameText: name, value: value, line: line)
  }
}

extension SourcedText {
  /// Splits `name = value` as Postfix's split_nameval() does.
  package func splitNameValue() throws(AssignmentError) -> (name: SourcedText, value: SourcedText) {
    let whole = bytes.trimmed(0..<count)
    let nameEnd = bytes.firstPosition(in: whole) { $0.isSpace || $0 == UInt8(ascii: "=") }
    let equals = bytes.firstPosition(in: nameEnd..<whole.upperBound) { !$0.isSpace }
    guard equals < whole.upperBound, bytes[equals] == UInt8(ascii: "=") else { throw .missingEquals }
    guard nameEnd > whole.lowerBound else { throw .missingName }
    return (self[whole.lowerBound..<nameEnd], trimmed(equals + 1..<whole.upperBound))
  }

  /// Splits an entry of an inline table as split_qnameval() does: quotes and backslashes protect what would end the key,
  /// and stay in it.
  package func splitQuotedNameValue() throws(AssignmentError) -> (name: SourcedText, value: SourcedText) {
    let whole = bytes.trimmed(0..<count)
    guard !whole.isEmpty else { throw .missingName }
    var end = whole.lowerBound
    var isQuoted = false
    while end < whole.upperBound {
      let byte = bytes[end]
      if byte == UInt8(ascii: "\\") {
        end += 1
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if !isQuoted, byte.isSpace || byte == UInt8(ascii: "=") {
        break
      }
      end += 1
    }
    end = min(end, whole.upperBound)
    if isQuoted { throw .unbalancedQuote }
    let equals = bytes.firstPosition(in: end..<whole.upperBound) { !$0.isSpace }
    guard equals < whole.upperBound, bytes[equals] == UInt8(ascii: "=") else { throw .missingEquals }
    return (self[whole.lowerBound..<end], trimmed(equals + 1..<whole.upperBound))
  }
}
