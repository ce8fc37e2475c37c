// Next hops that smtp(8) looks up as SRV records: `name:service`, where use_srv_lookup has the service.

import PostfixFiles
import Routing

/// What a client does about SRV records (smtp_connect.c).
struct ServiceLookup: Sendable {
  /// The services of use_srv_lookup, as they are written in next hops.
  let services: [String]
  /// Whether it goes on with MX records and addresses where there is no SRV record.
  let fallsBack: Bool

  init(_ service: Service?, in parameters: Parameters) {
    let seen = service.map { parameters.seen(by: $0) } ?? parameters
    let isKnown = parameters.environment.version >= .serviceRecords
    services = isKnown ? ((try? seen.value("use_srv_lookup")) ?? SourcedText()).listItems.map(\.text) : []
    fallsBack = seen.isOn("allow_srv_lookup_fallback")
  }
}

/// One item of a next-hop list that is looked up so.
struct ServiceItem: Sendable {
  let item: SourcedText
  let name: String
  let service: String
  let isLast: Bool
}

extension ResultView {
  /// The first item that SRV records decide about, if there is one.
  var serviceItem: ServiceItem? {
    guard mailProtocol != nil else { return nil }
    let services = client.lookup.services
    guard !services.isEmpty else { return nil }
    for (index, item) in items.enumerated() {
      guard let (name, service) = Self.parts(of: item), services.contains(service) else { continue }
      return ServiceItem(item: item, name: name, service: service, isLast: index == items.count - 1)
    }
    return nil
  }

  /// `name:service` without brackets; a name alone has the service of smtp_tcp_port, and is not meant here.
  static func parts(of item: SourcedText) -> (name: String, service: String)? {
    let text = item.text
    guard text.first != "[", let colon = text.lastIndex(of: ":"), colon != text.startIndex else { return nil }
    let service = String(text[text.index(after: colon)...])
    return service.isEmpty ? nil : (String(text[..<colon]), service)
  }
}
