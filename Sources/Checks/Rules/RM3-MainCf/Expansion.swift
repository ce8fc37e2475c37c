// Values of main.cf that cannot be expanded, and the names that other values use.

import PostfixFiles
import Routing

struct ExpansionFailure: Sendable {
  let value: SourcedText
  let error: ExpansionError
  /// Whether it contains patterns, in which people forget to double a $.
  let isPattern: Bool
}

extension Subject {
  /// What every program of Postfix reads when it starts, and trivial-rewrite(8) after that.
  private static let readAtStart =
    (ParameterTable.common.definitions + ReadingProgram.rewrite.table.definitions)
    .map(\.name)

  /// The assignments in force that decide where mail goes, or whether Postfix starts, and cannot be expanded.
  var expansionFailures: [ExpansionFailure] {
    let routing = RoutingParameter.allCases.map(\.rawValue)
    return (routing + Self.readAtStart.filter { !routing.contains($0) }).compactMap { parameter in
      guard let assignment = config.main[parameter] else { return nil }
      do throws(ExpansionError) {
        _ = try parameters.expand(assignment.value, for: parameter)
        return nil
      } catch {
        let text = assignment.value.text
        return ExpansionFailure(
          value: assignment.value, error: error,
          isPattern: text.contains("regexp:{") || text.contains("pcre:{"))
      }
    }
  }

  /// The names that values use as `$name`, overrides in master.cf included.
  var referencedNames: Set<String> {
    let services = config.master?.services ?? []
    let values =
      config.main.assignments.map(\.value)
      + services.flatMap { $0.overrides.map(\.value) + $0.fields.dropFirst(8) }
    return values.reduce(into: []) { names, value in
      let bytes = value.bytes
      var at = 0
      while let dollar = bytes[at...].firstIndex(of: UInt8(ascii: "$")) {
        let start = bytes.firstPosition(in: dollar + 1..<bytes.count) {
          $0 != .openBrace && $0 != UInt8(ascii: "(") && !$0.isSpace
        }
        at = bytes.firstPosition(in: start..<bytes.count) { !$0.isNameByte }
        if at > start { names.insert(bytes[start..<at].text) }
      }
    }
  }
}
