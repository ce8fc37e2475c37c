// Where mail for an address goes, decided as trivial-rewrite(8) decides it (resolve.c, measured): the class of its
// domain, the class's transport, sender-dependent tables, relayhost, transport_maps, relocated_maps.

import PostfixFiles

/// Answers for one configuration. It opens each table once.
package final class Resolver {
  let settings: Result<ResolverSettings, ResolverError>
  let context: RouteContext
  private let config: MailConfig
  private var trail: [RouteStep] = []
  private var noted: Set<RouteStep> = []
  private var classes: Set<AddressClass> = []
  private var isHeld = false
  private var usesRelayhost = false

  /// - Parameter keepsKeys: whether the keys of large source texts are kept for further addresses.
  package init(_ config: MailConfig, context: RouteContext = RouteContext(), keepsKeys: Bool = false) {
    // Which texts are unknown in templates is known of what was read.
    let config = config.environment.template == nil ? config : config.readingFiles()
    self.config = config
    self.context = context
    do throws(ResolverError) {
      settings = .success(try ResolverSettings(config, context: context, keepsKeys: keepsKeys))
    } catch {
      settings = .failure(error)
    }
  }

  /// Where mail from `sender` (empty: the null sender) to `recipient` goes. Both without quotes and brackets.
  package func route(_ recipient: String, from sender: String = "") -> RouteAnswer {
    route(Bytes(recipient.utf8), from: Bytes(sender.utf8))
  }

  /// The address that mail for `address` is routed by: one without a domain gets `$myorigin` first (append_at_myorigin).
  package func completed(_ address: Bytes) -> Bytes {
    guard !address.isEmpty, let settings = try? settings.get() else { return address }
    return Resolution(settings: settings, resolver: self).completed(address)
  }

  /// The same for an address as a person types it.
  package func completed(_ written: String) -> String { completed(Bytes(internalForm(written).utf8)).text }

  /// The same for addresses that may not be UTF-8.
  package func route(_ recipient: Bytes, from sender: Bytes) -> RouteAnswer {
    trail = []
    noted = []
    classes = []
    isHeld = false
    usesRelayhost = false
    let outcomes: Distribution<RouteOutcome>
    switch settings {
    case .failure(let end): outcomes = Distribution(.standstill(end.reason))
    case .success(let settings):
      outcomes = Resolution(settings: settings, resolver: self).outcomes(
        recipient, from: sender
      ).flatMap { self.delivered($0, in: settings) }
    }
    var (unknown, drawn) = (try? settings.get())?.tables.finish() ?? ([], [])
    var listed = outcomes.outcomes
    if outcomes.unlisted > 0 {
      let reason = "more than \(listed.count) different outcomes; only so many are listed"
      unknown.append(reason)
      listed.append((.unknown(reason), outcomes.unlisted))
    }
    if config.hasOpenTemplates {
      unknown.append("what the templates leave open; \"x\" takes its place")
      // A lookup that fails for such a text may well succeed.
      listed = listed.map { outcome, share in
        switch outcome {
        case .deferred(let reason), .standstill(let reason): (.unknown(reason), share)
        default: (outcome, share)
        }
      }
    }
    return RouteAnswer(
      recipient: recipient.text, sender: sender.text, outcomes: listed, trail: trail, deciding: deciding,
      classes: classes, unknown: unknown, drawn: drawn, isHeld: isHeld)
  }

  private var deciding: RouteStep? {
    let relayhosts = [RoutingParameter.relayhost, .senderRelayhostMaps].map(\.rawValue)
    return trail.last { $0.file != nil && (usesRelayhost || !relayhosts.contains($0.parameter)) }
  }

  /// A transport takes its next hop from the sender's relayhost.
  func noteRelayhost() { usesRelayhost = true }

  /// A random choice for the key `*` is kept for 30 seconds.
  func hold() { isHeld = true }

  /// Adds a class that the address may have.
  func note(_ addressClass: AddressClass) { classes.insert(addressClass) }

  /// Adds a lookup that fails, at the line of a table where that is the reason.
  func note(_ parameter: String, failure reason: String) {
    let place = (try? settings.get())?.tables.places[reason]
    note(parameter, "lookup failure: \(reason)", at: place, isFailure: true)
  }

  /// Adds a setting to the trail, at the line of a table entry where one answered.
  func note(
    _ parameter: String, _ detail: String, at place: (file: String, line: Int)? = nil,
    isFailure: Bool = false
  ) {
    let place = place ?? self.place(of: parameter)
    let step = RouteStep(
      parameter: parameter, file: place?.file, line: place?.line,
      // A value may run over many lines: its indentation says nothing here.
      detail: printable(
        shown(
          Bytes(
            startWithoutLogins(of: detail.utf8, atMost: 10_000).split(separator: 0x20).joined(separator: [
              0x20
            ])), of: parameter)), isFailure: isFailure)
    if noted.insert(step).inserted { trail.append(step) }
  }

  /// A value without the passwords that its names say it has: `ldap:{bind_pw=secret}`, and the login of a next hop.
  private func shown(_ value: Bytes, of parameter: String) -> Bytes {
    let isNextHop = RoutingParameter(rawValue: parameter)?.resultKind == .nextHop
    let value = isNextHop ? value.hidingLoginsOfNextHops : value
    return value.contains(UInt8(ascii: "=")) ? config.hidingSettings(in: value) : value
  }

  /// Where a parameter is set: in master.cf for trivial-rewrite(8), or in main.cf.
  private func place(of parameter: String) -> (file: String, line: Int)? {
    let settings = try? settings.get()
    if let service = settings?.service, service.overrides.contains(where: { $0.name == parameter }),
      let master = config.master
    {
      return (master.document.path, service.line.number)
    }
    return config.main[parameter].map { (config.main.document.path, $0.line.number) }
  }
}
