// The tables that the parameters of a configuration name, and reading a file of it.

extension MailConfig {
  /// The tables of a parameter; those that Postfix cannot open come as problems, with their text.
  package func tables(_ parameter: RoutingParameter) -> [Result<TableSpec, NamedTableError>] {
    tables(parameter.rawValue)
  }

  /// The same of any parameter that is a list of tables.
  package func tables(_ parameter: String) -> [Result<TableSpec, NamedTableError>] {
    // An inline table may have a million entries.
    workedOut(of: parameter) {
      guard let value = try? parametersOf(tablesIn: parameter).value(parameter) else { return [] }
      return value.listItems.map { item in
        do throws(TableSpecError) { return .success(try TableSpec(item)) } catch {
          return .failure(NamedTableError(text: item, problem: error))
        }
      }
    }
  }

  /// The parameters, with the names of trivial-rewrite(8) where the tables that it reads ask for them.
  private func parametersOf(tablesIn parameter: String) -> Parameters {
    guard RoutingParameter(rawValue: parameter)?.takesTables == true, let value = main[parameter]?.value,
      value.bytes.contains(UInt8(ascii: "$")),
      ["process_name", "service_name"].contains(where: value.text.contains)
    else { return parameters }
    return parameters.seen(by: .rewrite)
  }

  /// The tables of a parameter that Postfix can open, those inside others included.
  package func openTables(_ parameter: RoutingParameter) -> [TableSpec] {
    tables(parameter).compactMap { try? $0.get() }.flatMap(\.flattened)
  }

  /// The file at `path`: as it is here where it was read, otherwise as it is on disk.
  package func reading(_ path: String) throws(FileError) -> Document {
    let path = pathMap.located(path)
    if let document = document(path) { return document }
    if let problem = elsewhere(path) { throw problem }
    let bytes = try reader(path)
    return Document(path: path, bytes: environment.template.map { TemplateText(bytes, $0).bytes } ?? bytes)
  }

  /// Reads the file at `path` into `files`, unless it is there already.
  package mutating func read(_ path: String) {
    guard files[path]?.document == nil else { return }
    do throws(FileError) {
      files[path] = .read(try open(path))
    } catch {
      files[path] = .unreadable(error)
    }
  }
}

/// A table that Postfix cannot open.
package struct NamedTableError: Error, Sendable {
  package let text: SourcedText
  package let problem: TableSpecError
}
