// RM402: The address to send from is not on this host

import PostfixFiles
import Routing

extension Rule {
  static let rm402 = Rule(
    "RM402", .error, "The address to send from is not on this host",
    why: """
      smtp(8) cannot bind an address that no interface has. It logs a warning and connects from an address
      that the system chooses: mail of this service leaves from a different address.
      """,
    bad: Example(
      main: """
        default_transport = lane1
        relayhost = [gw1.example]

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        lane1     unix  -       -       y       -       -       smtp
            -o smtp_bind_address=«192.0.2.9»
            -o smtp_helo_name=out1.example
            -o syslog_name=postfix/lane1

        """,
      surroundings: Surroundings(addresses: ["127.0.0.1", "192.0.2.1"])),
    good: Example(
      main: """
        default_transport = lane1
        relayhost = [gw1.example]

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        lane1     unix  -       -       y       -       -       smtp
            -o smtp_bind_address=192.0.2.1
            -o smtp_helo_name=out1.example
            -o syslog_name=postfix/lane1

        """,
      surroundings: Surroundings(addresses: ["127.0.0.1", "192.0.2.1"])),
    check: .surrounded { subject, surroundings in
      let own = Set(surroundings.addresses.compactMap { HostName.addressBytes($0.utf8) })
      func isForeign(_ value: SourcedText) -> Bool {
        guard let bytes = HostName.addressBytes(value.bytes) else { return false }
        // The system lets any address of 127.0.0.0/8 be bound.
        return !own.contains(bytes) && !(bytes.count == 4 && bytes[0] == 127)
      }
      let names = ["smtp_bind_address", "smtp_bind_address6"]
      let settings: [SourcedText] =
        names.compactMap { subject.setValue($0) }
        + (subject.config.master?.services ?? []).filter(\.isSMTPClient).flatMap { service in
          service.overrides.filter { names.contains($0.name) }.map(\.value)
        }
      return settings.filter(isForeign).compactMap { value in
        Finding(
          value,
          "no interface of this host has \(printable(value.bytes)), so smtp(8) does not send from it; "
            + "need an address of this host")
      }
    })
}
