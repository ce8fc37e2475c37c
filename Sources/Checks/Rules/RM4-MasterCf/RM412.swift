// RM412: Invalid address to send from

import PostfixFiles
import Routing

extension Rule {
  static let rm412 = Rule(
    "RM412", .error, "Invalid address to send from",
    why: """
      smtp_bind_address takes one IPv4 address and smtp_bind_address6 one IPv6 address: no host name, port, mask or
      list. With anything else smtp(8) ends with an error at each delivery, and mail for the transport waits.
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example]
        smtp_bind_address = «out1.example»

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]
        smtp_bind_address = 192.0.2.1

        """),
    moreGood: ["127.0.0.010", "2130706433", "0x7f.1", "[192.0.2.1]"].map { address in
      Example(
        main: """
          relayhost = [gw1.example]
          smtp_bind_address = \(address)
          smtp_bind_address6 = fe80::1%eth0

          """)
    },
    check: .directory { subject in
      let main = BindAddress.names.compactMap { name in
        // Of quotes RM324 says enough.
        subject.config.main[name]?.isQuoted == true
          ? nil : subject.setValue(name).map { (name, $0, nil as Service?) }
      }
      let services = (subject.config.master?.services ?? []).filter(\.isSMTPClient).flatMap { service in
        service.overrides.filter { $0.name.hasPrefix("\(service.command)_bind_address") && !$0.value.isEmpty }
          .compactMap { name, _ -> (String, SourcedText, Service?)? in
            guard BindAddress.names.contains(name),
              let value = try? subject.parameters.seen(by: service).value(name)
            else { return nil }
            return (name, value, service)
          }
      }
      return (main + services).compactMap { name, value, service in
        guard let words = BindAddress.fault(of: value, in: name) else { return nil }
        let client = name.hasPrefix("lmtp") ? "lmtp(8)" : "smtp(8)"
        let whose = service.map(\.whatStops) ?? "mail waits"
        return Finding(
          value, else: service?.fields.first?.span() ?? subject.place(of: name),
          "\"\(excerpt(value.bytes))\" \(words): \(client) ends with an error at each delivery and \(whose); "
            + "need \(BindAddress.need(value, in: name))")
      }
    })
}

/// `smtp_bind_address` and its like.
enum BindAddress {
  static let names = ["smtp_bind_address", "smtp_bind_address6", "lmtp_bind_address", "lmtp_bind_address6"]

  /// What is wrong with an address to send from; nil where nothing is. Brackets around it are taken (measured).
  static func fault(of value: SourcedText, in name: String) -> String? {
    let text = value.text
    guard !text.isEmpty else { return nil }
    let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
    let isSix = name.hasSuffix("6")
    // The name of an interface may follow a link-local address.
    let six = bare.lowercased().hasPrefix("fe80:") ? String(bare.prefix { $0 != "%" }) : bare
    if isSix ? HostName.isIPv6(six) : HostName.isNumericIPv4(bare) { return nil }
    if HostName.isAddress(bare) { return isSix ? "is not an IPv6 address" : "is not an IPv4 address" }
    if value.listItems.count > 1 { return "is a list, and only one address is allowed" }
    if text.contains("/") { return "has a mask" }
    if address(in: text) != nil { return "has a port" }
    return "is a host name, not an address"
  }

  static func need(_ value: SourcedText, in name: String) -> String {
    let items = value.listItems.map(\.text)
    let first = items.first ?? ""
    if let address = address(in: first) { return "\(name) = \(printable(address))" }
    return HostName.isAddress(first)
      ? name.hasSuffix("6") != HostName.isIPv6(first)
        ? "\(name.hasSuffix("6") ? name.dropLast() + "" : name + "6") = \(printable(first))"
        : "\(name) = \(printable(first))"
      : "the numeric address, such as \(name) = \(name.hasSuffix("6") ? "2001:db8::1" : "192.0.2.1")"
  }

  /// The address in front of a port or a mask.
  private static func address(in text: String) -> String? {
    let bare = text.hasPrefix("[") ? String(text.dropFirst().prefix { $0 != "]" }) : text
    let front = text.hasPrefix("[") ? bare : String(bare.prefix { $0 != ":" && $0 != "/" })
    return front != text && HostName.isAddress(front) ? front : nil
  }
}
