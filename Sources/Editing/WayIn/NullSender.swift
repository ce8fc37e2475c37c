// Senders of mail to the outside: that of bounces may have an entry of its own, and is then no example for all mail.

import PostfixFiles
import Routing

extension MailConfig {
  /// A sender that no table knows.
  static let otherSender = "someone@sender.invalid"

  /// The senders that show where all mail to the outside goes.
  var outsideSenders: [String] { hasEntryForNullSender ? [Self.otherSender] : ["", Self.otherSender] }

  /// Whether a table of senders has an entry for the null sender alone.
  var hasEntryForNullSender: Bool {
    [RoutingParameter.senderTransportMaps, .senderRelayhostMaps].contains { parameter in
      let key = parameters.text(parameter.nullSenderKey)
      return tables(parameter).compactMap { try? $0.get().unproxied }.contains { table in
        if case .file(let path) = table.content, !table.isPattern {
          return (try? reading(absolute(path))).map { Table($0).first(key) != nil } ?? false
        }
        return entries(of: table)?.contains { $0.key == key } ?? false
      }
    }
  }
}

extension RoutingParameter {
  /// The parameter that says what the tables of senders are asked for where a message has none (postconf(5)).
  var nullSenderKey: String {
    "empty_address_\(rawValue.dropping(prefix: "sender_dependent_"))_lookup_key"
  }
}
