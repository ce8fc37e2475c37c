// SARIF 2.1.0, for code hosts and security dashboards.

import PostfixFiles

package struct SARIFFormat: ReportFormat {
  package let toolVersion: String

  package init(toolVersion: String) { self.toolVersion = toolVersion }

  package func render(_ report: Report, sources: (String) -> Document?) -> String {
    let codes = Set(report.diagnostics.map(\.code))
    let rules = Rule.all.filter { codes.contains($0.code) }.map {
      Log.Rule(
        id: $0.code, shortDescription: Log.Text(text: $0.summary), fullDescription: Log.Text(text: $0.why))
    }
    var columns = CharacterColumns()
    let results = report.diagnostics.map { diagnostic in
      let document = sources(diagnostic.file)
      return Log.Result(
        ruleId: diagnostic.code, level: level(diagnostic.severity),
        message: Log.Text(text: diagnostic.message),
        locations: [
          Log.Location(
            physicalLocation: Log.PhysicalLocation(
              artifactLocation: Log.Artifact(uri: uri(diagnostic.file)),
              region: Log.Region(
                startLine: diagnostic.start.line,
                startColumn: columns.column(
                  of: diagnostic.start, at: diagnostic.place.range.lowerBound, in: document),
                endLine: diagnostic.end.line,
                endColumn: columns.column(
                  of: diagnostic.end, at: diagnostic.place.range.upperBound, in: document))))
        ])
    }
    return json(
      Log(runs: [
        Log.Run(tool: Log.Tool(driver: Log.Driver(version: toolVersion, rules: rules)), results: results)
      ]))
  }

  private func level(_ severity: Severity) -> String {
    switch severity {
    case .error: "error"
    case .warning: "warning"
    case .info, .style: "note"
    }
  }

  /// The path as a URI reference: all but unreserved characters are percent-encoded.
  private func uri(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF")
    let encoded = path.utf8.map { byte -> String in
      let isPlain = byte.isNameByte || "-.~/".utf8.contains(byte)
      return isPlain
        ? String(decoding: [byte], as: UTF8.self) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }.joined()
    return path.hasPrefix("/") ? "file://\(encoded)" : encoded
  }
}

/// Columns in characters (Unicode scalars), from 1: SARIF has none in bytes. Cheap where they are asked for in order: a
/// line may be long, and have a finding in each item.
struct CharacterColumns {
  /// The place that was asked for last, and its column in characters.
  private var last: (file: String, line: Int, offset: Int, column: Int)?

  /// - Parameter offset: that of `position` in the bytes of `document`; without a document columns are left as they are.
  mutating func column(of position: Position, at offset: Int, in document: Document?) -> Int {
    guard let document else { return position.column }
    var known = (offset: offset - position.column + 1, column: 1)
    if let last, last.file == document.path, last.line == position.line, last.offset <= offset {
      known = (last.offset, last.column)
    }
    let column = known.column + document[known.offset..<offset].text.unicodeScalars.count
    last = (document.path, position.line, offset, column)
    return column
  }
}

/// The parts of the schema that are used.
private struct Log: Encodable {
  var version = "2.1.0"
  var schema = "https://json.schemastore.org/sarif-2.1.0.json"
  var runs: [Run]

  enum CodingKeys: String, CodingKey {
    case version, runs
    case schema = "$schema"
  }

  struct Run: Encodable {
    var tool: Tool
    var columnKind = "unicodeCodePoints"
    var results: [Result]
  }
  struct Tool: Encodable { var driver: Driver }
  struct Driver: Encodable {
    var name = "randmap"
    var version: String
    var rules: [Rule]
  }
  struct Rule: Encodable {
    var id: String
    var shortDescription, fullDescription: Text
  }
  struct Text: Encodable { var text: String }
  struct Result: Encodable {
    var ruleId, level: String
    var message: Text
    var locations: [Location]
  }
  struct Location: Encodable { var physicalLocation: PhysicalLocation }
  struct PhysicalLocation: Encodable {
    var artifactLocation: Artifact
    var region: Region
  }
  struct Artifact: Encodable { var uri: String }
  struct Region: Encodable { var startLine, startColumn, endLine, endColumn: Int }
}
