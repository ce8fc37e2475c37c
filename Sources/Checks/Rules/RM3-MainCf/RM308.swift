// RM308: A table, pool file or database cannot be read

import PostfixFiles
import Routing

extension Rule {
  static let rm308 = Rule(
    "RM308", .error, "A table or pool file cannot be read",
    why: """
      Lookups in a table that Postfix cannot open are temporary errors: mail is not accepted. The agent
      randmap(8) runs as mail_owner. If that user cannot read a file, the agent uses the text that it read
      before, and the mail waits once the agent is restarted. Under systemd it has a /tmp and a /var/tmp of
      its own, so it does not see a pool file there.
      """,
    bad: Example(
      main: """
        transport_maps = «hash:/etc/postfix/transprt»

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]

        """),
    check: .directory { subject in
      var findings: [Finding] = []
      if let problem = subject.config.masterProblem {
        let start = FileRange(file: subject.config.main.document.path, range: 0..<0)
        findings.append(Finding(start, "\(problem.message); need a master.cf that can be read"))
      }
      findings += subject.config.unreadableFiles(usesAgent: subject.usesAgent).compactMap { file in
        file.place.map { Finding($0, file.message) }
      }
      return findings + subject.poolFilesOfOthers + subject.poolFilesInTmp
    })
}

/// A file that the configuration names and that cannot be read.
package struct UnreadableFile: Sendable {
  /// Where it is named; nil where nothing that is in force names it.
  package let place: FileRange?
  /// What is wrong and what is needed.
  package let message: String
}

extension MailConfig {
  /// Every file that cannot be read, each with the places that name it, in the order of those.
  package var unreadableFiles: [UnreadableFile] {
    let named = unreadableFiles(usesAgent: usesAgent)
    let known = Set(named.map(\.path))
    let others = files.compactMap { path, file -> UnreadableFile? in
      guard case .unreadable(let problem) = file, !known.contains(path) else { return nil }
      return UnreadableFile(place: nil, message: problem.message)
    }
    func order(_ place: FileRange?) -> (String, Int) { (place?.file ?? "", place?.range.lowerBound ?? 0) }
    return named.sorted { order($0.place) < order($1.place) }
      .map { UnreadableFile(place: $0.place, message: $0.message) }
      + others.sorted { $0.message < $1.message }
  }

  /// Those that tables and pools name, with their paths. Pool files count only where the agent is in use.
  fileprivate func unreadableFiles(
    usesAgent: Bool
  ) -> [(path: String, place: FileRange?, message: String)] {
    func problem(_ path: String, _ what: String) -> String? {
      guard case .unreadable(let problem) = files[path], problem.kind != .elsewhere else { return nil }
      let index = [".db", ".lmdb", ".cdb", ".dir", ".pag"].first(where: path.hasSuffix)
      if problem.isMissing, let index {
        return "\(problem.message); need the name without \"\(index)\", which Postfix adds itself"
      }
      return "\(problem.message); need a \(what) that can be read"
    }
    func poolFile(_ value: SourcedText) -> (path: String, message: String)? {
      guard usesAgent, let named = parameters.poolFile(of: value) else { return nil }
      let path = absolute(named)
      return problem(path, "pool file").map { (path, $0) }
    }
    return sites.filter(\.isSet).flatMap { site -> [(path: String, place: FileRange?, message: String)] in
      // Only where it is needed: a value of thousands of tables has as many sites.
      func own() -> FileRange? { main[site.parameter].flatMap { $0.value.span() ?? $0.nameText.span() } }
      switch site.content {
      case .value(let value):
        return poolFile(value).map { [($0.path, value.span() ?? own(), $0.message)] } ?? []
      case .source(let path):
        if let message = problem(path, "table") {
          // Postfix's daemons work in the queue directory.
          let isRelative = (site.table?.spec.text.text).map { $0.contains(":") && !$0.contains("/") } ?? false
          let message = isRelative ? message + ", by its whole path" : message
          return [(path, site.table?.spec.text.span() ?? own(), message)]
        }
        guard usesAgent, let document = files[path]?.document else { return [] }
        var told: Set<String> = []
        return document.lines(containing: "randmap:").compactMap { line in
          guard let entry = try? Table(document).entry(line), let file = poolFile(entry.value),
            told.insert(file.path).inserted
          else { return nil }
          return (file.path, entry.value.span(), file.message)
        }
      case .database(let table):
        let place = site.table?.spec.text.span() ?? own()
        // That of another machine is not here.
        guard case .unreadable(let problem) = files[table.database],
          !problem.isMissing || elsewhere(table.database) == nil
        else { return [] }
        let need =
          problem.isMissing ? "; need the database, as \"randmap convert --to database\" makes it" : ""
        return [(table.database, place, "\(printable(table.database)): \(problem.reason)\(need)")]
      case .service:
        guard let spec = site.table?.spec, spec.databaseSettings != nil, let path = settingsPath(of: spec),
          let message = problem(path, "file with the settings of the database")
        else { return [] }
        return [(path, spec.text.span() ?? own(), message)]
      case .draw, .patterns: return []
      }
    }
  }
}

extension Subject {
  /// A finding at the start of each pool file that the unit of the agent hides from it.
  fileprivate var poolFilesInTmp: [Finding] {
    guard config.surroundings?.isAgentUnitEnabled == true else { return [] }
    return pools.compactMap { pool in
      guard pool.isAgents, case .file(let path) = pool.place,
        ["/tmp/", "/var/tmp/"].contains(where: path.hasPrefix)
      else { return nil }
      let name = FileReader.name(of: path)
      return Finding(
        FileRange(file: path, range: 0..<0),
        "the agent does not see this file: its unit has a /tmp and a /var/tmp of its own; "
          + "move it, for example to $config_directory/\(printable(name))")
    }
  }

  /// A finding at the start of each pool file that this user may read, and the agent may not.
  fileprivate var poolFilesOfOthers: [Finding] {
    pools.compactMap { pool in
      guard pool.isAgents, case .file(let path) = pool.place,
        config.surroundings?.files[path]?.isReadableByMailOwner == false
      else { return nil }
      let owner = printable(parameters.text("mail_owner"))
      return Finding(
        FileRange(file: path, range: 0..<0),
        "\(owner), the user of the agent, cannot read this file, or its directory; need read permission, for example chmod 644"
      )
    }
  }
}
