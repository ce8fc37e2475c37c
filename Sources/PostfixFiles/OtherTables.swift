// The tables and files that a configuration names for something else than routes: credentials, TLS policies, lists of
// domains, access rules. The rules read them; nothing edits them.

#if canImport(Glibc)
  import Glibc
#endif

/// One table, or one file of a list of domains, that a parameter other than those of routing names.
package struct OtherTable: Sendable {
  package enum Purpose: Hashable, Sendable {
    /// `smtp_sasl_password_maps`: its values are secrets.
    case credentials
    case tlsPolicy
    /// `mydestination` and its like.
    case domains
    /// After `check_client_access` and similar restrictions.
    case access
    case other
  }

  package let purpose: Purpose
  package let parameter: String
  /// The service of master.cf that sets it for itself; nil: main.cf.
  package let service: Service?
  /// As it is written, `$names` expanded.
  package let text: SourcedText
  /// Nil for a file of names in a list of domains.
  package let type: TableType?
  /// What holds its contents or says where they are; nil for a table without a file.
  package let path: String?
  /// The program that makes its index, where it has one.
  package fileprivate(set) var indexMaker = TableIndex.Maker.postmap

  /// The files with its contents: the text and the index. A database has them elsewhere.
  package var files: [String] {
    guard let path else { return [] }
    switch type {
    case .indexed(let type)?: return [path, TableIndex(type: type, source: path).path]
    case .other?: return []
    default: return [path]
    }
  }
}

/// The parameters that name such tables.
package enum OtherTableParameter {
  package static let credentials = ["smtp_sasl_password_maps", "lmtp_sasl_password_maps"]
  package static let tlsPolicies = ["smtp_tls_policy_maps", "lmtp_tls_policy_maps"]
  package static let domains = [
    "mydestination", "relay_domains", "virtual_mailbox_domains", "virtual_alias_domains",
  ]
  /// Lists of tables and of nothing else (`postconf -d`). The lists of what proxymap(8) may read or write do not
  /// belong to them: proxy_read_maps has names of all kinds in it.
  package static let lists: Set = [
    "address_verify_sender_dependent_default_transport_maps",
    "address_verify_sender_dependent_relayhost_maps",
    "address_verify_transport_maps", "alias_maps", "body_checks", "canonical_maps",
    "fallback_transport_maps", "header_checks",
    "lmtp_discard_lhlo_keyword_address_maps", "lmtp_generic_maps", "lmtp_pix_workaround_maps",
    "lmtp_sasl_password_maps", "lmtp_tls_policy_maps", "local_login_sender_maps", "local_recipient_maps",
    "mailbox_command_maps", "mailbox_transport_maps", "milter_header_checks", "mime_header_checks",
    "nested_header_checks",
    "postscreen_discard_ehlo_keyword_address_maps",
    "postscreen_reject_footer_maps", "rbl_reply_maps", "recipient_bcc_maps", "recipient_canonical_maps",
    "relay_recipient_maps", "relocated_maps", "sender_bcc_maps", "sender_canonical_maps",
    "smtp_body_checks", "smtp_discard_ehlo_keyword_address_maps", "smtp_generic_maps", "smtp_header_checks",
    "smtp_pix_workaround_maps",
    "smtp_sasl_password_maps", "smtp_tls_policy_maps", "smtpd_discard_ehlo_keyword_address_maps",
    "smtpd_reject_footer_maps", "smtpd_sender_login_maps", "tls_server_sni_maps",
    "tlsproxy_client_policy_maps",
    "virtual_alias_maps", "virtual_gid_maps", "virtual_mailbox_maps", "virtual_uid_maps",
  ]

  fileprivate static func purpose(_ parameter: String) -> OtherTable.Purpose {
    if credentials.contains(parameter) { return .credentials }
    if tlsPolicies.contains(parameter) { return .tlsPolicy }
    if domains.contains(parameter) { return .domains }
    return .other
  }
}

extension MailConfig {
  /// Those that main.cf or an override of master.cf names, in the order of the files.
  package var otherTables: [OtherTable] { workedOut { findOtherTables() } }

  private func findOtherTables() -> [OtherTable] {
    var found: [OtherTable] = []
    let parameters = parameters
    for assignment in main.assignments where main[assignment.name]?.line == assignment.line {
      guard let value = try? parameters.expand(assignment.value, for: assignment.name) else { continue }
      found += otherTables(in: value, of: assignment.name, service: nil)
    }
    for service in master?.services ?? [] {
      let seen = parameters.seen(by: service)
      for (name, raw) in service.overrides {
        guard let value = try? seen.expand(raw, for: name) else { continue }
        found += otherTables(in: value, of: name, service: service)
      }
    }
    // local_recipient_maps names an aliases file as well, and it is by the file that its index is made.
    let aliases = Set(
      found.filter { $0.parameter == "alias_maps" }.compactMap(\.path)
        + tables("alias_database").compactMap { try? $0.get() }.flatMap(\.flattened).compactMap(path))
    for index in found.indices {
      if let path = found[index].path, aliases.contains(path) {
        found[index].indexMaker = .postalias
      } else if found[index].parameter == "tls_server_sni_maps" {
        found[index].indexMaker = .postmapWithFiles
      }
    }
    return found
  }

  private func otherTables(in value: SourcedText, of parameter: String, service: Service?) -> [OtherTable] {
    func tables(_ item: SourcedText, _ purpose: OtherTable.Purpose) -> [OtherTable] {
      guard let spec = try? TableSpec(item) else { return [] }
      return spec.flattened.map { table in
        OtherTable(
          purpose: purpose, parameter: parameter, service: service, text: table.text, type: table.type,
          path: path(of: table))
      }
    }
    if OtherTableParameter.domains.contains(parameter) {
      return value.listItems.flatMap { item -> [OtherTable] in
        let text = item[item.bytes.prefix { $0 == UInt8(ascii: "!") }.count..<item.count]
        guard text.bytes.first == UInt8(ascii: "/") else {
          return text.bytes.first == UInt8(ascii: "[") ? [] : tables(text, .domains)
        }
        return [
          OtherTable(
            purpose: .domains, parameter: parameter, service: service, text: text, type: nil,
            path: pathMap.located(text.text))
        ]
      }
    }
    if OtherTableParameter.lists.contains(parameter) {
      return value.listItems.flatMap { tables($0, OtherTableParameter.purpose(parameter)) }
    }
    let items = value.listItems
    return zip(items, items.dropFirst()).flatMap { word, table -> [OtherTable] in
      let name = word.text
      guard name.hasPrefix("check_"), name.hasSuffix("_access") else { return [] }
      return tables(table, .access)
    }
  }

  /// The file of a table, or the one that says where its contents are.
  private func path(of table: TableSpec) -> String? {
    switch table.content {
    case .file(let path): absolute(path)
    case .service:
      if case .other(let type) = table.type, TableType.withSettings.contains(type),
        table.argument.bytes.first == UInt8(ascii: "/")
      {
        pathMap.located(table.argument.text)
      } else {
        nil
      }
    default: nil
    }
  }

  /// Reads what `otherTables` names. A file that is too large for that stays `.named`, and an indexed table without a
  /// text too: its index is what Postfix reads.
  package mutating func readOtherFiles() {
    for table in otherTables {
      guard let path = table.path else { continue }
      readOtherFile(path)
      if case .unreadable(let problem)? = otherFiles[path], problem.isMissing,
        case .indexed(let type)? = table.type, TableIndex(type: type, source: path).state == .current
      {
        otherFiles[path] = .named
      }
    }
  }

  /// The tables of passwords and of TLS policies.
  private var logins: [OtherTable] { otherTables.filter { [.credentials, .tlsPolicy].contains($0.purpose) } }

  /// The files of these, indices included.
  package var loginPaths: Set<String> { Set(logins.flatMap(\.files)) }

  /// With the tables of passwords and of TLS policies as they are on disk now. They are not edited here: somebody may have written
  /// what was missing in another window.
  package func rereadingLogins() -> MailConfig {
    var config = self
    for path in logins.compactMap(\.path) { config.otherFiles[path] = nil }
    config.readOtherFiles()
    return config
  }

  /// Reads the file at `path` into `otherFiles`, unless it is there already.
  package mutating func readOtherFile(_ path: String) {
    guard otherFiles[path] == nil else { return }
    if let problem = elsewhere(path) {
      otherFiles[path] = .unreadable(problem)
      return
    }
    if let size = FileReader.size(of: path), size > Self.largestOtherFile {
      otherFiles[path] = .named
      return
    }
    do throws(FileError) {
      otherFiles[path] = .read(try open(path))
    } catch {
      otherFiles[path] = .unreadable(error)
    }
  }

  private static let largestOtherFile = 8 << 20
}

extension TableType {
  /// The types whose name is the path of a file with settings: where the server is, what it is asked.
  package static let withSettings: Set = ["ldap", "memcache", "mongodb", "mysql", "pgsql", "sqlite"]
}

extension FileReader {
  /// In bytes; nil where there is no such file.
  static func size(of path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }
}

extension MailConfig {
  /// The documents of which lines may be shown: those with passwords are left out, and passwords in main.cf and master.cf
  /// are covered.
  package var documentsToShow: [Document] {
    let secret = Set(otherTables.filter { $0.purpose == .credentials }.compactMap(\.path))
    let documents =
      otherFiles.filter { !secret.contains($0.key) }.values.compactMap(\.document)
      + unnamedFiles.values.filter { !$0.holdsPasswords }
      + files.filter { !secret.contains($0.key) }.values.compactMap(\.document)
      + [main.document, master?.document].compactMap(\.self)
    return blankedSecrets?.covering(documents) ?? documents
  }
}
