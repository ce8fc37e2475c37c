// RM403: Two lanes send from the same address

import PostfixFiles
import Routing

extension Rule {
  static let rm403 = Rule(
    "RM403", .warning, "Two lanes send from the same address",
    why: """
      A lane is a transport with an smtp_bind_address of its own. If two have the same address, their
      shares add up at that address.
      """,
    bad: .lanes(
      second: """
        lane2     unix  -       -       y       -       -       smtp
            -o smtp_bind_address=«192.0.2.1»
            -o smtp_helo_name=out2.example
            -o syslog_name=postfix/lane2

        """),
    good: .lanes(),
    check: .directory { subject in
      var first: [String: String] = [:]
      // The stock transports may all have one address, for all the mail.
      return subject.lanes.filter { StockTransport(rawValue: $0.service.name) == nil }.compactMap {
        service, address in
        guard let other = first[address.text] else {
          first[address.text] = service.name
          return nil
        }
        return Finding(
          address,
          "\(printable(service.name)) sends from the address of \(printable(other)); need one address for each lane"
        )
      }
    })
}
