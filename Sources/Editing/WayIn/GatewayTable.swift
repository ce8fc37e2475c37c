// Where the line of a gateway is to be written, in a list of tables: the file or the text of main.cf, and how its lines look.

import PostfixFiles
import Routing

/// A table that takes lines of gateways.
struct GatewayTable {
  private enum Form {
    /// `KEY VALUE` in a file; what makes its index.
    case lines(call: String?)
    case patterns
    case inline
    case inlinePatterns
    /// A server, a pipe of tables: a person knows how that is filled.
    case other
  }

  private let form: Form
  /// The file; of a table in main.cf its type alone, as its text has the passwords.
  let name: String

  /// - Parameter known: the key of a gateway that has a line; its table comes first.
  init(_ list: SourcedText, like known: [String], in config: MailConfig) {
    let items = list.listItems.compactMap { try? TableSpec($0) }
    let all = items.flatMap { Self.tables(in: $0, config) }
    let takers = all.filter { if case .other = $0.table.form { false } else { true } }
    let own = takers.first { known.contains(where: $0.keys.contains) }
    self =
      (own ?? takers.first { if case .lines = $0.table.form { true } else { false } } ?? takers.first
      ?? all.first)?.table ?? GatewayTable(form: .other, name: Self.type(of: list))
  }

  private init(form: Form, name: String) {
    self.form = form
    self.name = name
  }

  private static func type(of text: SourcedText) -> String { "\(text.text.prefix { $0 != ":" }):..." }

  private typealias Found = (table: GatewayTable, keys: Set<String>)

  /// Of a union each part, as any of them may answer.
  private static func tables(in spec: TableSpec, _ config: MailConfig) -> [Found] {
    let kind = spec.text.text.prefix { $0 != ":" }
    switch spec.content {
    case .proxied(let inner): return tables(in: inner, config)
    case .union(let parts): return parts.flatMap { tables(in: $0, config) }
    case .entries(let entries):
      return [(GatewayTable(form: .inline, name: "inline:{...}"), Set(entries.map(\.key)))]
    case .patterns: return [(GatewayTable(form: .inlinePatterns, name: "\(kind):{...}"), [])]
    case .file(let path):
      let path = config.absolute(path)
      if spec.isPattern { return [(GatewayTable(form: .patterns, name: path), [])] }
      let entries = (try? config.reading(path)).map { Table($0).entries.map { $0.key.text.lowercased() } }
      return [(GatewayTable(form: .lines(call: spec.indexCall(in: config)), name: path), Set(entries ?? []))]
    case .service, .draw, .constant, .pipe:
      return [(GatewayTable(form: .other, name: type(of: spec.text)), [])]
    }
  }

  /// What to add, for people.
  ///
  /// - Parameters:
  ///   - value: nil where that depends on the gateway.
  ///   - other: the gateway that has a line.
  func advice(for nextHop: String, _ value: String?, like other: String) -> String {
    let pattern = Self.pattern(of: nextHop)
    switch form {
    case .lines(let call):
      let then = call.map { ", and run: \($0)" } ?? ""
      return value.map { "add the line \"\(nextHop) \($0)\"" + then }
        ?? "add a line for \(nextHop) such as that of \(other)" + then
    case .patterns:
      return value.map { "add the line \"\(pattern) \($0)\"" }
        ?? "add a line for \(nextHop) such as that of \(other)"
    case .inline:
      return value.map { "add the entry {\(nextHop)=\($0)}" }
        ?? "add an entry {\(nextHop)=...} such as that of \(other)"
    case .inlinePatterns:
      // A dollar sign is doubled in main.cf.
      let pattern = pattern.replacing("$", with: "$$")
      return value.map { "add the entry {\(pattern) \($0)}" }
        ?? "add an entry {\(pattern) ...} such as that of \(other)"
    case .other: return "add an entry for \(nextHop) such as that of \(other)"
    }
  }

  private static func pattern(of nextHop: String) -> String {
    "/^\(nextHop.map { $0.isLetter || $0.isNumber || "-_@:".contains($0) ? "\($0)" : "\\\($0)" }.joined())$/"
  }
}
