// Mail that this host puts into mailboxes itself: an edit that sends it elsewhere asks first.

import Gateways
import PostfixFiles
import Routing

extension MailConfig {
  /// The first of these changes that takes mail off this host which a program of it puts into mailboxes.
  package func mailboxGuards(_ routes: [RouteChange], in edited: MailConfig, on machine: Machine)
    -> [EditGuard]
  {
    let first = routes.first {
      $0.isChanged && losesMailboxes($0.before, to: $0.after, in: edited, on: machine)
    }
    return first.map {
      [.takesMailboxes(address: $0.sample.recipient, before: $0.before.words, after: $0.after.words)]
    } ?? []
  }

  /// The same of mail of each kind. Where thousands of tables are asked that takes too long for a look before a write.
  package func mailboxGuards(against edited: MailConfig) -> [EditGuard] {
    guard max(sites.count, edited.sites.count) < 500 else { return [] }
    let machine = Machine(addresses: Set(surroundings?.addresses ?? []))
    return mailboxGuards(routeChanges(to: edited), in: edited, on: machine)
  }

  /// Whether mail was delivered here, and is no more.
  func losesMailboxes(
    _ before: RouteAnswer, to after: RouteAnswer, in edited: MailConfig, on machine: Machine
  ) -> Bool {
    let wasMailboxes = before.classes.contains(.virtual)
    func isOurs(_ hop: ClientHop) -> Bool {
      edited.deliversHere(hop.transport, ofClass: after.classes.contains(.virtual))
    }
    // From one server of this host to another it may go.
    return before.firstHops.keys.contains { hop in
      deliversHere(hop.transport, ofClass: wasMailboxes) && !after.firstHops.keys.allSatisfy(isOurs)
        || isServerHere(hop, on: machine)
          && !after.firstHops.keys.allSatisfy { isOurs($0) || edited.isServerHere($0, on: machine) }
    }
  }

  /// What becomes of the mail of a domain in virtual_mailbox_domains, for people: an LMTP server elsewhere has the mailboxes of
  /// some hosts.
  func whereMailboxesAre(_ domain: String, _ answer: RouteAnswer) -> String {
    let machine = Machine(addresses: Set(surroundings?.addresses ?? []))
    let isHere = answer.firstHops.keys.allSatisfy {
      deliversHere($0.transport, ofClass: true) || isServerHere($0, on: machine)
    }
    return isHere
      ? "\(domain) has mailboxes on this host (virtual_mailbox_domains)"
      : "\(domain) is in virtual_mailbox_domains, and that mail goes to \(answer.words)"
  }

  /// Whether a transport puts mail into mailboxes of this host. A program that pipe(8) starts may do anything else, unless
  /// it has the mail of the mailbox domains.
  private func deliversHere(_ transport: String, ofClass isOfMailboxes: Bool) -> Bool {
    switch DeliveryServices(self).service(transport)?.command ?? transport {
    case "virtual", "local": true
    case "pipe": isOfMailboxes
    default: false
    }
  }

  /// Whether lmtp(8) hands the mail to a server of this host: that is one that puts it into mailboxes.
  private func isServerHere(_ hop: ClientHop, on machine: Machine) -> Bool {
    guard let transport = gatewayTransport(hop.transport), transport.approach.mailProtocol == .lmtp else {
      return false
    }
    switch Gateway(hop.nextHop, mailProtocol: .lmtp, defaultPort: transport.defaultPort) {
    case .unix: return true
    case .host(let host, _), .mx(let host, _):
      return host == "localhost" || host == parameters.text("myhostname").lowercased() || machine.has(host)
    case nil: return false
    }
  }
}

extension [EditGuard] {
  /// Of several about mailboxes, and of several about the login or the TLS of one gateway, the first says all.
  package var withMailboxesOnce: [EditGuard] {
    var isSaid = false
    return oncePerGateway.filter { guarded in
      guard case .takesMailboxes = guarded else { return true }
      defer { isSaid = true }
      return !isSaid
    }
  }
}
