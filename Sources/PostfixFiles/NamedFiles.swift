// Which files a configuration names, and reading them.

/// The parameters that decide where mail goes and whose value is a list of tables.
public enum RoutingParameter {
  /// Tables that answer with `transport:nexthop`.
  public static let destinationMaps = ["transport_maps", "sender_dependent_default_transport_maps"]
  /// Tables that answer with a next hop.
  public static let relayhostMaps = ["sender_dependent_relayhost_maps"]
  public static let maps = destinationMaps + relayhostMaps
  /// Parameters whose value is one `transport[:nexthop]`.
  public static let destinations = [
    "default_transport", "relay_transport", "local_transport", "virtual_transport",
  ]
  /// Parameters whose value is a list of next hops.
  public static let nextHops = ["relayhost", "smtp_fallback_relay", "lmtp_fallback_relay"]
}

extension MailConfig {
  /// The tables of a parameter; those that Postfix cannot open come as problems, with their text.
  public func tables(_ parameter: String) -> [Result<TableSpec, TableSpecFailure>] {
    guard let value = try? parameters.value(parameter) else { return [] }
    return value.listItems.map { item in
      do throws(TableSpecProblem) { return .success(try TableSpec(item)) } catch {
        return .failure(TableSpecFailure(text: item, problem: error))
      }
    }
  }

  /// The tables of a parameter that Postfix can open, those inside others included.
  public func openTables(_ parameter: String) -> [TableSpec] {
    tables(parameter).compactMap { try? $0.get() }.flatMap(\.flattened)
  }

  /// With the table sources and pool files that it names read, and the machine around it looked at. What was read before
  /// stays as it is.
  public func readingFiles() -> MailConfig {
    var config = self
    for parameter in RoutingParameter.maps {
      for table in openTables(parameter) {
        switch table.content {
        case .file(let path): config.read(absolute(path))
        case .entries(let entries): for (_, value) in entries { config.readPoolFile(value) }
        default: break
        }
      }
    }
    for parameter in RoutingParameter.destinations + RoutingParameter.nextHops {
      if let value = try? parameters.value(parameter) { config.readPoolFile(value) }
    }
    for path in config.tablePaths { config.readPoolFiles(namedIn: path) }
    config.readOtherFiles()
    config.readUnnamedFiles()
    config.surroundings = Surroundings(around: config)
    return config
  }

  /// The file at `path`: as it is here where it was read, otherwise as it is on disk.
  public func reading(_ path: String) throws(FileProblem) -> Document {
    let path = pathMap.located(path)
    if let document = document(path) { return document }
    return Document(path: path, bytes: try reader(path))
  }

  /// The source texts of the tables that hold entries (patterns left out), in the order of the parameters.
  public var tablePaths: [String] {
    var seen: Set<String> = []
    var paths: [String] = []
    for table in RoutingParameter.maps.flatMap({ openTables($0) }) {
      if case .file(let path) = table.content, seen.insert(absolute(path)).inserted {
        paths.append(absolute(path))
      }
    }
    return paths
  }

  private mutating func readPoolFiles(namedIn path: String) {
    guard let document = files[path]?.document else { return }
    let table = Table(document)
    for line in document.lines(containing: "randmap:") {
      if let entry = try? table.entry(line) { readPoolFile(entry.value) }
    }
  }

  private mutating func readPoolFile(_ value: SourcedText) {
    if let text = PoolText(value: value), let path = parameters.resolved(text)?.path { read(absolute(path)) }
  }

  private mutating func read(_ path: String) {
    guard files[path]?.document == nil else { return }
    do throws(FileProblem) {
      files[path] = .read(try open(path))
    } catch {
      files[path] = .unreadable(error)
    }
  }
}

/// A table that Postfix cannot open.
public struct TableSpecFailure: Error, Sendable {
  public let text: SourcedText
  public let problem: TableSpecProblem
}
