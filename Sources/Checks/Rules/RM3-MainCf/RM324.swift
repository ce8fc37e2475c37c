// RM324: A value is in quotes

import PostfixFiles

extension Rule {
  static let rm324 = Rule(
    "RM324", .error, "A value is in quotes",
    why: """
      main.cf does not use quotes: they become part of the value. With a level, a number or a yes in
      quotes, the programs that read it end with an error; a domain or an address in quotes matches
      nothing.
      """,
    bad: Example(
      main: """
        smtp_tls_security_level = «"may"»

        """),
    good: Example(
      main: """
        smtp_tls_security_level = may

        """),
    moreBad: [
      Example(
        main: """
          relay_domains = «"hash:/etc/postfix/relay_domains"»

          """)
    ],
    check: .main { subject in
      // Of names in a list of domains RM323 says it.
      let tables = OtherTableParameter.domains.flatMap { name -> [Finding] in
        guard let value = subject.setValue(name) else { return [] }
        return value.listItems.filter { item in
          isQuotedWhole(item.bytes) && item.bytes.contains(UInt8(ascii: ":"))
        }.compactMap { item in
          Finding(
            item, else: subject.place(of: name),
            "main.cf takes no quotes, so this is no table, each lookup in \(name) fails and no mail is accepted; need "
              + "\(excerpt(item.bytes.dropFirst().dropLast())) without quotes")
        }
      }
      return tables
        + subject.config.main.assignments.compactMap { assignment in
          guard assignment.isQuoted else { return nil }
          let bare = excerpt(assignment.value.bytes.dropFirst().dropLast())
          return Finding(
            assignment.value,
            "main.cf takes no quotes, so they are part of the value; need \"\(printable(assignment.name)) = \(bare)\""
          )
        }
    })
}

extension Assignment {
  /// Whether the quotes are what is wrong with the value.
  var isQuoted: Bool { isPlainWord(name) && isQuotedWhole(value.bytes) }
}

/// Whether the value of a parameter is made of names, numbers and addresses, in which no quote has a meaning. Tables and next
/// hops have rules of their own, and so have lists of domains.
private func isPlainWord(_ name: String) -> Bool {
  let names: Set = [
    "myhostname", "mydomain", "myorigin", "mynetworks", "inet_interfaces", "inet_protocols",
    "proxy_interfaces",
    "content_filter",
    "smtp_helo_name", "recipient_delimiter", "home_mailbox", "queue_directory", "compatibility_level",
  ]
  let ends = [
    "_security_level", "_enable", "_wrappermode", "_limit", "_bind_address", "_bind_address6", "_lifetime",
    "_backoff_time", "_delay", "_timeout", "_protocols", "_ciphers", "_file", "_CAfile", "_CApath",
    "_required", "_host_lookup", "_dns_support_level", "_authentication", "_tcp_port",
  ]
  return names.contains(name) || RoutingParameter(rawValue: name)?.isDestination == true
    || ends.contains(where: name.hasSuffix)
}

private func isQuotedWhole(_ value: Bytes) -> Bool {
  guard value.count > 2, let first = value.first, first == value.last else { return false }
  return first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
}
