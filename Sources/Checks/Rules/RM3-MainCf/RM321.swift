// RM321: A table of domains, credentials or addresses cannot be read

import PostfixFiles
import Routing

extension Rule {
  static let rm321 = Rule(
    "RM321", .error, "A table of domains, credentials or addresses cannot be read",
    why: """
      Postfix starts nevertheless, and each lookup in the table fails. Where the table is part of
      relay_domains, virtual_mailbox_domains or mydestination, Postfix cannot classify any domain and
      accepts no mail at all: 451 Temporary lookup failure. Without credentials or a TLS policy the mail
      for all gateways is deferred. The settings of a database (mysql, pgsql, ldap, sqlite) are a file
      too.
      """,
    bad: Example(
      main: """
        relay_domains = «hash:/etc/postfix/relay_domians»

        """),
    good: Example(
      main: """
        relay_domains = hash:/etc/postfix/relay_domains

        """,
      others: ["relay_domains": "example.com  x\n"]),
    check: .directory { subject in
      var told: Set<FileRange> = []
      return subject.otherTables.compactMap { table -> Finding? in
        guard let path = table.path, case .unreadable(let problem)? = subject.config.otherFiles[path],
          problem.kind != .elsewhere,
          subject.belongsHere(path), !subject.isKeptElsewhere(table), subject.mayHave(table)
        else { return nil }
        let place =
          table.text.span() ?? subject.place(of: table.parameter) ?? table.service?.fields.first?.span()
        // A default such as $virtual_alias_maps names the table a second time.
        guard let place, told.insert(place).inserted else { return nil }
        return Finding(place, "\(problem.message): \(table.effect); need \(table.need)")
      }
    })
}

extension Subject {
  /// Whether a file of this path belongs to the configuration that is looked at: those of another machine are not here.
  func belongsHere(_ path: String) -> Bool {
    config.surroundings != nil || config.pathMap.leads(to: path) || path.hasPrefix(config.directory + "/")
  }
}

extension Subject {
  /// Whether this Postfix has tables of this type: RM124 says so of others.
  fileprivate func mayHave(_ table: OtherTable) -> Bool {
    guard table.type != nil else { return true }
    let type = Destination(table.text).transport.text
    return TableTypes.everywhere.contains(type) || config.environment.tableTypes?.contains(type) ?? true
  }

  /// Whether a copy probably lacks this file: passwords are not kept in repositories, nor are the settings of databases,
  /// which have one in them.
  fileprivate func isKeptElsewhere(_ table: OtherTable) -> Bool {
    guard config.readsBesideMain, table.text.text.contains("/etc/postfix/") else { return false }
    if case .other? = table.type { return true }
    return table.purpose == .credentials
  }
}

extension OtherTable {
  /// What Postfix does as long as lookups in it fail.
  var effect: String {
    let name = printable(parameter)
    switch purpose {
    case .domains: return "each lookup in \(name) fails, and no mail is accepted"
    case .credentials: return "each lookup in \(name) fails, and mail for the gateways waits"
    case .tlsPolicy: return "each lookup in \(name) fails, and mail for the gateways waits"
    case .access: return "each lookup in it fails, and mail is not accepted"
    case .other:
      let isAddresses =
        name.hasPrefix("virtual_") || name.hasSuffix("canonical_maps") || name.hasSuffix("recipient_maps")
      return isAddresses
        ? "each lookup in \(name) fails, and mail is not accepted" : "each lookup in \(name) fails"
    }
  }

  /// The command that makes its index.
  var indexCommand: String { "\(indexMaker.rawValue) \(printable(text.bytes))" }

  fileprivate var need: String {
    switch type {
    case .indexed?: "the file and its index, or another name; make the index with \"\(indexCommand)\""
    case .other?: "the file with the settings of the database"
    default: "the file, or another name"
    }
  }
}
