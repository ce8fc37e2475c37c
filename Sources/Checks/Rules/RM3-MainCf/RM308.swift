// RM308: A table or pool file can not be read

import PostfixFiles
import Routing

extension Rule {
  static let rm308 = Rule(
    "RM308", .error, "A table or pool file can not be read",
    why: """
      Lookups in a table that Postfix can not open fail for the time being: mail is not accepted. The agent
      randmap(8) runs as mail_owner: what that user may not read, it goes by as it was, and mail waits once it is
      started anew.
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
      findings += subject.tables.compactMap { use -> Finding? in
        guard case .unreadable(let problem) = subject.config.files[use.path] else { return nil }
        return Finding(
          use.text, else: subject.place(of: use.parameter),
          "\(problem.message); need a table that can be read")
      }
      for parameter in RoutingParameter.destinations where subject.usesAgent {
        guard let value = subject.setValue(parameter), let text = PoolText(value: value),
          let path = subject.parameters.resolved(text)?.path,
          case .unreadable(let problem) = subject.config.files[subject.config.absolute(path)]
        else { continue }
        findings += [
          Finding(
            value, else: subject.place(of: parameter), "\(problem.message); need a pool file that can be read"
          )
        ].compactMap { $0 }
      }
      return findings + subject.poolFilesInTables + subject.poolFilesOfOthers
    })
}

extension Subject {
  /// A finding at the first entry of a table that names a pool file which cannot be read.
  fileprivate var poolFilesInTables: [Finding] {
    guard usesAgent else { return [] }
    return Set(tables.map(\.path)).sorted().compactMap { config.files[$0]?.document }.flatMap { document in
      var told: Set<String> = []
      return document.lines(containing: "randmap:").compactMap { line -> Finding? in
        guard let entry = try? Table(document).entry(line), let path = PoolText(value: entry.value)?.path,
          case .unreadable(let problem) = config.files[config.absolute(path)], told.insert(path).inserted
        else { return nil }
        return Finding(entry.value, "\(problem.message); need a pool file that can be read")
      }
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
        "\(owner), as whom the agent runs, may not read this file, or come to it; need it readable, as by chmod 644"
      )
    }
  }
}
