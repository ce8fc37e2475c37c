// The limits of a transport, for `route`.

import PostfixFiles

/// The limits that the queue manager and master(8) set for one transport, as far as main.cf or master.cf sets them.
package struct TransportLimits: Sendable {
  /// Deliveries at once to one destination; 0: no limit.
  package let concurrency: Int?
  /// Between two deliveries to one destination, and between two of the transport, as they are written.
  package let destinationDelay, transportDelay: String?
  /// Processes at once.
  package let processes: Int?

  package init(of transport: String, in config: MailConfig) {
    let qmgr = config.master?.services.last { $0.command == "qmgr" }
    let parameters = qmgr.map { config.parameters.seen(by: $0) } ?? config.parameters
    func value(_ end: String) -> String? {
      ["\(transport)_\(end)", "default_\(end)"].first(where: parameters.isSet).map { parameters.text($0) }
    }
    func delay(_ end: String) -> String? {
      value(end).flatMap { text in text.contains { ("1"..."9").contains($0) } ? text : nil }
    }
    destinationDelay = delay("destination_rate_delay")
    transportDelay = delay("transport_rate_delay")
    // With a delay there is one delivery at a time.
    concurrency = destinationDelay == nil ? value("destination_concurrency_limit").flatMap { Int($0) } : 1
    processes = config.master?.transport(transport).flatMap { Int($0.fields[6].text) }
  }

  /// For people; nil where nothing is limited.
  package var words: String? {
    var parts: [String] = []
    if let concurrency {
      parts.append(
        concurrency == 0
          ? "no limit of deliveries at once"
          : "\(concurrency) \(concurrency == 1 ? "delivery" : "deliveries") at once to one destination")
    }
    if let destinationDelay { parts.append("a pause of \(printable(destinationDelay)) after each") }
    if let transportDelay {
      parts.append("a pause of \(printable(transportDelay)) after each of the transport")
    }
    if let processes, processes > 0 {
      parts.append("\(processes) \(processes == 1 ? "process" : "processes") at most")
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
