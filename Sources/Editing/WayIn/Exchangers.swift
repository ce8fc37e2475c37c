// A name with brackets and the same name without are two gateways to Postfix, and may be one machine.

import Gateways
import PostfixFiles
import Routing

extension MailConfig {
  /// What the members without brackets mean that are beside the host of the same name; safe to show.
  ///
  /// - Parameter added: the only ones that are looked at; nil: all.
  func notes(
    onExchangersBeside results: [String], kind: ResultKind, added: String? = nil
  ) -> [String] {
    struct Place: Hashable { let name: String, port: Int }
    var hosts: [Place: String] = [:]
    var exchangers: [(place: Place, hop: String)] = []
    for result in results {
      guard let hop = NextHopList(result, kind: kind).hops.first,
        let gateway = Gateway(hop, mailProtocol: .smtp, defaultPort: 25), let port = gateway.port
      else { continue }
      let place = Place(name: gateway.name.lowercased(), port: port)
      switch gateway {
      case .host: hosts[place] = hop
      case .mx: exchangers.append((place, hop))
      case .unix: break
      }
    }
    let wanted = added.flatMap { NextHopList($0, kind: kind).hops.first }
    return exchangers.compactMap { place, hop in
      guard let host = hosts[place], wanted.map({ $0 == hop || $0 == host }) ?? true else { return nil }
      return printable(
        "\(hop) means the mail exchangers of \(place.name), and \(host) the host itself: they may be the same gateway"
      )
    }
  }

  /// The same of what `edits` add to pools.
  func notesOnExchangers(of edits: [Edit]) -> [String] {
    edits.flatMap { edit -> [String] in
      guard case .add(let name, let member, _) = edit, let pool = try? poolNamed(name) else { return [] }
      return notes(onExchangersBeside: pool.members.map(\.result), kind: pool.kind, added: member)
    }
  }
}
