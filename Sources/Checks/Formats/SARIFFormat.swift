// SARIF 2.1.0, for code hosts and security dashboards.

import PostfixFiles

public struct SARIFFormat: ReportFormat {
  public let toolVersion: String

  public init(toolVersion: String) { self.toolVersion = toolVersion }

  public func render(_ report: Report, sources: (String) -> Document?) -> String {
    let codes = Set(report.diagnostics.map(\.code))
    let rules = Rule.all.filter { codes.contains($0.code) }.map {
      Log.Rule(
        id: $0.code, shortDescription: Log.Text(text: $0.summary), fullDescription: Log.Text(text: $0.why))
    }
    var finders: [String: CharacterColumns] = [:]
    let results = report.diagnostics.map { diagnostic in
      // SARIF knows no columns in bytes.
      var columns = finders[diagnostic.file] ?? sources(diagnostic.file).map { CharacterColumns($0) }
      defer { finders[diagnostic.file] = columns }
      return Log.Result(
        ruleId: diagnostic.code, level: level(diagnostic.severity),
        message: Log.Text(text: diagnostic.message),
        locations: [
          Log.Location(
            physicalLocation: Log.PhysicalLocation(
              artifactLocation: Log.Artifact(uri: uri(diagnostic.file)),
              region: Log.Region(
                startLine: diagnostic.start.line,
                startColumn: columns?.column(of: diagnostic.start) ?? diagnostic.start.column,
                endLine: diagnostic.end.line,
                endColumn: columns?.column(of: diagnostic.end) ?? diagnostic.end.column)))
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

  /// The path as a URI reference: what is not unreserved is percent-encoded.
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
