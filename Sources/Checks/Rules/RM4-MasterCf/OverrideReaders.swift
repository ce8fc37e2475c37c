// Which program reads a parameter, as far as people put it on another one: the parameters of routing and of the queue
// manager, of the rewriting of messages, and the families that have a program's name in front (the parameter tables in
// Postfix's source).

import PostfixFiles

/// The programs that read a parameter, and what one can do instead of an override that another program does not read.
struct ParameterReaders: Sendable {
  let programs: Set<String>
  /// The one to name: `trivial-rewrite`.
  let first: String

  /// Nil where every program may read it, or nothing is known.
  init?(_ name: String) {
    if Self.routing.contains(name) {
      self.init(first: "trivial-rewrite", "proxymap")
    } else if Self.queue.contains(name) || name.hasPrefix("default_destination_")
      || Self.ofOneTransport(name) != nil
    {
      self.init(first: "qmgr", "nqmgr", "oqmgr")
    } else if Self.messages.contains(name) {
      self.init(first: "cleanup", "proxymap")
    } else if Self.mailboxes.contains(name) {
      self.init(first: "local", "proxymap")
    } else if ["content_filter", "receive_override_options"].contains(name) {
      self.init(first: "smtpd", "qmqpd", "pickup")
    } else if name.hasPrefix("smtpd_") {
      self.init(first: "smtpd", "postscreen", "tlsproxy", "tlsmgr", "proxymap")
    } else if name.hasPrefix("smtp_") {
      self.init(first: "smtp", "tlsproxy", "tlsmgr")
    } else if name == "lmtp_assume_final" {
      self.init(first: "lmtp", "smtp")
    } else if name.hasPrefix("lmtp_") {
      self.init(first: "lmtp", "tlsmgr")
    } else if name.hasPrefix("postscreen_") {
      self.init(first: "postscreen", "proxymap")
    } else {
      return nil
    }
  }

  private init(first: String, _ others: String...) {
    self.first = first
    programs = Set(others).union([first])
  }

  /// The transport of `slow_destination_rate_delay`.
  static func ofOneTransport(_ name: String) -> String? {
    let ends = ParameterTable.limitsOfTransports.definitions.map(\.name)
    guard let end = ends.first(where: name.hasSuffix), name.utf8.count > end.utf8.count else { return nil }
    return String(name.dropLast(end.utf8.count))
  }

  /// What trivial-rewrite(8) decides by; proxymap(8) reads the names of some to know what it may open.
  static let routing = Set(RoutingParameter.allCases.filter { !$0.isFallback }.map(\.rawValue)).union([
    "empty_address_relayhost_maps_lookup_key", "empty_address_default_transport_maps_lookup_key",
    "relocated_maps", "address_verify_default_transport", "address_verify_local_transport",
    "address_verify_relay_transport", "address_verify_relayhost", "address_verify_virtual_transport",
    "address_verify_transport_maps", "address_verify_sender_dependent_relayhost_maps",
    "address_verify_sender_dependent_default_transport_maps",
  ])
  private static let queue: Set = [
    "default_transport_rate_delay", "initial_destination_concurrency", "default_delivery_slot_cost",
    "default_delivery_slot_discount", "default_delivery_slot_loan", "default_minimum_delivery_slots",
    "default_recipient_limit", "default_extra_recipient_limit", "bounce_queue_lifetime",
    "maximal_backoff_time", "defer_transports", "qmgr_message_active_limit",
    "qmgr_message_recipient_limit", "transport_retry_time", "confirm_delay_cleared",
  ]
  static let messages: Set = [
    "header_checks", "mime_header_checks", "nested_header_checks", "body_checks", "always_bcc",
    "sender_bcc_maps", "recipient_bcc_maps", "masquerade_domains", "masquerade_exceptions",
    "masquerade_classes", "canonical_classes", "sender_canonical_classes", "recipient_canonical_classes",
    "non_smtpd_milters", "milter_header_checks", "undisclosed_recipients_header",
    "always_add_missing_headers",
  ]
  private static let mailboxes: Set = [
    "mailbox_transport", "mailbox_command", "fallback_transport", "luser_relay", "mailbox_size_limit",
  ]
}
