// What a gateway needs beside its share: a line with credentials, a line with its TLS policy. They are asked for, and
// never invented.

import PostfixFiles
import Routing

/// A line that a table has for some gateways of a pool, and not for others.
struct MissingLine: Hashable {
  let parameter: String
  let file: String
  /// What has none, and how it is reached.
  let nextHop: String
  let transport: String
  /// What has one.
  let other: String
  /// The value to write into the line, where that is no secret; nil where it depends on the gateway, such as a fingerprint.
  let value: String?

  var words: String {
    // An inline: table has its passwords in its name.
    let isInline = file.contains("{")
    let name = isInline ? file.prefix { $0 != "{" } + "{...}" : file[...]
    let line =
      value.map { isInline ? "the entry {\(nextHop)=\($0)}" : "the line \"\(nextHop) \($0)\"" }
      ?? "\(isInline ? "an entry {\(nextHop)=...}" : "a line for \(nextHop)") such as that of \(other)"
    return printable("\(nextHop) has no entry in \(name) (\(parameter)); \(other) has: add \(line)")
  }
}

extension MailConfig {
  /// The next hops of `pool` without credentials, where others of it, or what it was before, have some.
  ///
  /// - Parameter senders: the addresses, and `@domain`s, that the pool is for; empty where it is for all senders.
  func missingCredentials(
    _ hops: [(transport: String, hop: String)], like known: [(transport: String, hop: String)],
    from senders: [String] = []
  )
    -> [MissingLine]
  {
    missingLines("sasl_password_maps", hops, like: known, value: { _ in "USER:PASSWORD" }) {
      parameters, client in
      parameters.text("\(client)_sasl_auth_enable").lowercased() == "yes"
        && !hasCredentials(ofEach: senders, parameters, client)
    }
  }

  /// Whether smtp(8) finds the credentials of these senders before it asks for the gateway (smtp_sasl_glue.c). As LMTP it does not
  /// ask for them.
  private func hasCredentials(ofEach senders: [String], _ parameters: Parameters, _ client: String) -> Bool {
    guard !senders.isEmpty, client == "smtp",
      parameters.text("smtp_sender_dependent_authentication").lowercased() == "yes",
      let list = try? parameters.value("smtp_sasl_password_maps")
    else { return false }
    let delimiters = parameters.text("recipient_delimiter")
    return senders.allSatisfy { hasLine(Self.credentialKeys(of: $0, delimiters), in: list)?.has ?? false }
  }

  /// What is asked for a sender in turn: the address, that without its extension, and its domain.
  private static func credentialKeys(of sender: String, _ delimiters: String) -> Set<String> {
    guard let at = sender.lastIndex(of: "@") else { return [sender] }
    let local = sender[..<at]
    var keys: Set<String> = [sender, String(sender[at...])]
    if let end = local.firstIndex(where: delimiters.contains), end > local.startIndex {
      keys.insert(String(local[..<end] + sender[at...]))
    }
    return keys
  }

  /// The same of TLS policies.
  func missingPolicies(
    _ hops: [(transport: String, hop: String)], like known: [(transport: String, hop: String)]
  )
    -> [MissingLine]
  {
    missingLines(
      "tls_policy_maps", hops, like: known,
      value: { policy in
        guard let words = policy?.split(whereSeparator: { $0 == "," || $0.isWhitespace }),
          let level = words.first
        else { return "LEVEL" }
        // With names or fingerprints that are for the other gateway, the level alone asks for something else.
        return words.count == 1 ? String(level) : nil
      }
    ) { _, _ in true }
  }

  /// - Parameters:
  ///   - name: that of a parameter, without the `smtp_` or `lmtp_` of the client that reads it.
  ///   - value: what a line for a gateway would say, from what another one has.
  private func missingLines(
    _ name: String, _ hops: [(transport: String, hop: String)],
    like known: [(transport: String, hop: String)],
    value: (_ ofOther: String?) -> String?,
    where isUsed: (_ parameters: Parameters, _ client: String) -> Bool
  ) -> [MissingLine] {
    func client(_ transport: String) -> String? {
      gatewayTransport(transport)?.approach.mailProtocol.rawValue
    }
    func answer(_ hop: (transport: String, hop: String)) -> Line? {
      let service = master?.transport(hop.transport)
      let seen = service.map { parameters.seen(by: $0) } ?? parameters
      guard let client = client(hop.transport), isUsed(seen, client),
        let value = try? seen.value("\(client)_\(name)")
      else { return nil }
      return hasLine(keys(of: hop.hop, parents: name == "tls_policy_maps"), in: value)
    }
    let answers = hops.map { (hop: $0, answer: answer($0)) }
    guard
      let other = answers.first(where: { $0.answer?.has == true })?.hop
        ?? known.first(where: { answer($0)?.has == true })
    else { return [] }
    let line = value(answer(other)?.value)
    return answers.compactMap { hop, answer in
      guard let answer, !answer.has else { return nil }
      return MissingLine(
        parameter: "\(client(hop.transport) ?? "smtp")_\(name)", file: answer.file, nextHop: hop.hop,
        transport: hop.transport, other: other.hop, value: line)
    }
  }

  /// What smtp(8) asks for a next hop: the host's name, or the next hop as it is written; for a TLS policy the parents of a
  /// domain too.
  private func keys(of hop: String, parents: Bool) -> Set<String> {
    let hop = hop.lowercased()
    return Set(
      [hop, (try? HostPort(hop))?.host.lowercased()].compactMap(\.self)
        + (parents ? TLSPolicyTable.keys(of: hop) : []))
  }

  /// What a table has for a gateway.
  private typealias Line = (has: Bool, file: String, value: String?)

  /// Whether a table has a line for one of these keys. Nil where that cannot be told here.
  private func hasLine(_ wanted: Set<String>, in list: SourcedText) -> Line? {
    var file: String?
    for item in list.listItems {
      guard let table = (try? TableSpec(item))?.unproxied else { return nil }
      let lines: [(key: String, value: String)]
      switch table.content {
      case .entries(let entries): lines = entries.map { ($0.key, $0.value.text) }
      case .file(let path) where !table.isPattern:
        guard let document = try? reading(absolute(path)) else { return nil }
        lines = Table(document).entries.map { ($0.key.text.lowercased(), $0.value.text) }
        file = file ?? absolute(path)
      case .constant(let value): return (true, item.text, value.text)
      default: return nil
      }
      if let line = lines.first(where: { wanted.contains($0.key) }) {
        return (true, file ?? item.text, line.value)
      }
    }
    return file.map { (false, $0, nil) } ?? (list.isEmpty ? nil : (false, list.text, nil))
  }
}
