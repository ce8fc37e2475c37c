// RM325: A table of routes that main.cf does not name

import PostfixFiles
import Routing

extension Rule {
  static let rm325 = Rule(
    "RM325", .info, "A table that main.cf does not name",
    why: """
      A file in the configuration directory has routes, passwords for gateways, TLS policies or aliases in
      it, and no parameter names it. Postfix reads a table only if main.cf or master.cf names it; the name
      and the directory of the file alone have no effect.
      """,
    bad: Example(
      main: """
        myhostname = mx1.example

        """,
      unnamed: ["relayhost-map": "«@example.com  [gw1.example]:587»\n"]),
    good: Example(
      main: """
        myhostname = mx1.example
        sender_dependent_relayhost_maps = hash:/etc/postfix/relayhost-map

        """,
      companions: ["RM308"]),
    moreBad: [
      Example(
        main: """
          myhostname = mx1.example

          """,
        unnamed: ["tls_policy": "«[gw1.example]:587  encrypt»\nexample.com  secure match=nexthop\n"]),
      Example(
        main: """
          relayhost = [gw1.example]:587

          """,
        unnamed: ["sasl_passwd": "«[gw1.example]:587»  mx1:not-a-secret\n"]),
      Example(
        main: """
          myhostname = mx1.example

          """,
        unnamed: ["virtual": "«sales@example.com  ann@example.com, ben@example.net»\n"]),
      Example(
        main: """
          myhostname = mx1.example

          """,
        unnamed: ["routes": "«/@example[.]com$/  smtp:[gw1.example]»\n/./  smtp:[gw2.example]\n"]),
      Example(
        main: """
          myhostname = mx1.example

          """,
        unnamed: [
          "sender_transport": "«@example.com  smtp:[gw1.example]»\n@example.net  lane9:[gw1.example]\n"
        ]),
    ],
    check: .directory { subject in
      subject.config.unnamedFiles.sorted { $0.key < $1.key }.compactMap { path, document in
        let entries = Array(Table(document).entries.prefix(200))
        if let finding = subject.unnamedPolicies(path, entries, document)
          ?? subject.unnamedCredentials(path, entries, document)
          ?? subject.unnamedAliases(path, entries, document)
        {
          return finding
        }
        let routes = entries.filter { subject.looksLikeRoute($0) }
        guard routes.count * 2 > entries.count, let first = routes.first else { return nil }
        let parameter = RoutedBy(first, subject.transports).parameter
        let name = printable(FileReader.name(of: path))
        let type = first.key.bytes.first == UInt8(ascii: "/") ? "regexp" : "hash"
        let text = SourcedText(first.line, of: document).trimmed()
        return Finding(
          text,
          "main.cf does not name this table of routes, so Postfix does not read it; need "
            + "\"\(parameter) = \(type):$config_directory/\(name)\", or remove the file")
      }
    })
}

/// The parameter that an entry was written for.
private struct RoutedBy {
  let parameter: RoutingParameter

  init(_ entry: TableEntry, _ agents: DeliveryServices) {
    let isDestination = entry.value.bytes.first != UInt8(ascii: "[") && Destination(entry.value).hasColon
    let isSender = entry.key.bytes.first == UInt8(ascii: "@")
    parameter =
      isDestination
      ? isSender ? .senderTransportMaps : .transportMaps
      : .senderRelayhostMaps
  }
}

extension Subject {
  /// A finding for a table of TLS policies, whose values all begin with a level.
  fileprivate func unnamedPolicies(_ path: String, _ entries: [TableEntry], _ document: Document) -> Finding?
  {
    let levels: Set = ["none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure"]
    let name = FileReader.name(of: path)
    guard let first = entries.first, name.contains("tls"),
      entries.allSatisfy({ entry in
        entry.key.bytes.contains(UInt8(ascii: "."))
          && levels.contains(entry.value.listItems.first?.text.lowercased() ?? "")
      })
    else { return nil }
    return Finding(
      SourcedText(first.line, of: document).trimmed(),
      "main.cf does not name this table of TLS policies, so Postfix does not read it; need "
        + "\"smtp_tls_policy_maps = hash:$config_directory/\(printable(name))\", or remove the file")
  }

  /// A finding for a table of credentials, whose values are all `user:password`. Only its key is shown.
  fileprivate func unnamedCredentials(
    _ path: String, _ entries: [TableEntry], _ document: Document
  ) -> Finding? {
    let name = FileReader.name(of: path)
    guard let first = entries.first, document.isNamedForPasswords,
      entries.allSatisfy({ $0.key.bytes.contains(UInt8(ascii: ".")) && $0.value.bytes.contains(.colon) })
    else { return nil }
    let parameter = "smtp_sasl_password_maps = hash:$config_directory/\(printable(name))"
    let isOn = parameters.text("smtp_sasl_auth_enable").lowercased() == "yes"
    return Finding(
      first.key,
      "main.cf does not name this table of user names and passwords, so Postfix logs in to no gateway with it; need "
        + "\"\(parameter)\"\(isOn ? "" : " and \"smtp_sasl_auth_enable = yes\""), or remove the file")
  }

  /// A finding for a table of aliases, whose keys and values are addresses.
  fileprivate func unnamedAliases(_ path: String, _ entries: [TableEntry], _ document: Document) -> Finding? {
    let name = FileReader.name(of: path)
    func isAddress(_ text: SourcedText) -> Bool {
      text.bytes.contains(UInt8(ascii: "@")) && !text.bytes.contains(.colon)
    }
    guard let first = entries.first, name.hasPrefix("virtual"),
      entries.allSatisfy({ entry in isAddress(entry.key) && entry.value.listItems.allSatisfy(isAddress) })
    else { return nil }
    return Finding(
      SourcedText(first.line, of: document).trimmed(),
      "main.cf does not name this table of aliases, so Postfix does not read it; need "
        + "\"virtual_alias_maps = hash:$config_directory/\(printable(name))\", or remove the file")
  }

  /// A key that is a domain, an address or `*`, and a gateway for it.
  fileprivate func looksLikeRoute(_ entry: TableEntry) -> Bool {
    let key = entry.key.text
    let isPattern = key.hasPrefix("/") && key.dropFirst().contains("/")
    guard isPattern || (key == "*" || key.contains(".")) && !key.contains("/"), !key.contains("=") else {
      return false
    }
    let value = entry.value
    if value.bytes.first == UInt8(ascii: "[") {
      return (try? HostPort(value.listItems.first?.text ?? "")) != nil
    }
    let destination = Destination(value)
    guard destination.hasColon else { return false }
    let isLane =
      transports.areKnown && !transports.has(destination.transport.text)
      && destination.nextHop.bytes.first == UInt8(ascii: "[")
      && destination.transport.bytes.allSatisfy({ $0.isNameByte || $0 == UInt8(ascii: "-") })
    return isLane
      || transports.has(destination.transport.text) && transports.client(destination.transport.text) != nil
      || destination.transport.text == "randmap"
  }
}
