// What is known of a gateway: its state, and the readings of the last probe. A value, so that what uses it need not
// probe.

/// What is worth saying of a gateway although it is not punished.
package enum Remark: Hashable, Sendable {
  /// Milliseconds to its greeting. A sound gateway may be slow: postscreen(8) holds its greeting back for 6 seconds.
  case slow(Double)

  /// The words for a person.
  package var words: String {
    switch self {
    case .slow(let milliseconds):
      let tenths = Int((milliseconds / 100).rounded())
      return "slow: greets after \(tenths / 10).\(tenths % 10) s"
    }
  }
}

/// What is known of one gateway.
package struct KnownGateway: Hashable, Sendable {
  /// What probes alone say.
  package var probed: GatewayState
  /// What the results of deliveries say; nil where they are as they should be, or not known.
  package var deliveries: DeliveryTrouble?
  /// The last reading of each address, by the approach that it was reached with; empty if nothing is known but
  /// the state.
  package var readings: [Approach: [Reading]]
  package var remark: Remark?

  package init(_ state: GatewayState, readings: [Approach: [Reading]] = [:], remark: Remark? = nil) {
    probed = state
    self.readings = readings
    self.remark = remark
  }

  /// The state that counts: a gateway that takes no mail is degraded, however well it greets.
  package var state: GatewayState {
    deliveries != nil && GatewayState.degraded.isWorse(than: probed) ? .degraded : probed
  }

  /// The ways in which it was reached, always in the same order.
  package var approaches: [Approach] {
    readings.keys.sorted {
      ($0.mailProtocol.rawValue, $0.source ?? "", $0.heloName, $0.lookup.rawValue, $0.tls.level.rawValue)
        < ($1.mailProtocol.rawValue, $1.source ?? "", $1.heloName, $1.lookup.rawValue, $1.tls.level.rawValue)
    }
  }

  /// Every reading, in the order of the approaches and of resolution.
  package var inOrder: [Reading] { approaches.flatMap { readings[$0] ?? [] } }

  /// One reading per address, the worst where several approaches saw it differently; in the order of
  /// resolution.
  package var addresses: [Reading] {
    var worst: [Reading] = []
    for reading in inOrder {
      let known = worst.firstIndex { $0.address == reading.address && $0.port == reading.port }
      if let known {
        if reading.finding.state.isWorse(than: worst[known].finding.state) { worst[known] = reading }
      } else {
        worst.append(reading)
      }
    }
    return worst
  }

  /// What the worst reading found wrong, then what deliveries say; empty when nothing is wrong.
  package var reason: String {
    [probedReason, deliveries?.reason ?? ""].filter { !$0.isEmpty }.joined(separator: "; ")
  }

  private var probedReason: String {
    var worst: ProbeFinding?
    for reading in inOrder where worst.map({ reading.finding.state.isWorse(than: $0.state) }) ?? true {
      worst = reading.finding
    }
    return worst?.reason ?? ""
  }

  /// Milliseconds to the greeting of the slowest address that gave one.
  package var latency: Double? {
    inOrder.compactMap(\.latency).max()
  }

  /// Days left of the certificate that ends first; nil where none was seen.
  package var certificateDays: Int? {
    inOrder.compactMap(\.encryption.certificate?.daysLeft).min()
  }

  /// Whether each of its addresses answers 4xx, or TLS fails: smtp(8) goes on to the next gateway, sooner or later, so
  /// the agent asks such a one last.
  package var takesNoMailNow: Bool { !readings.isEmpty && addresses.allSatisfy(\.takesNoMailNow) }

  /// Whether smtp(8) gives up the mail that nothing else can take, instead of trying again later.
  package var isFinal: Bool {
    !readings.isEmpty && inOrder.allSatisfy(\.finding.isFinal)
  }
}

/// What is known of the gateways of a configuration; of one that is not in it, nothing.
package typealias KnownGateways = [Gateway: KnownGateway]

extension KnownGateways {
  package var states: GatewayStates { mapValues(\.state) }

  /// Whether more than states is known.
  package var haveReadings: Bool { values.contains { !$0.readings.isEmpty } }
}

extension GatewayState {
  /// The state of a gateway from the readings of one probe, by every approach that reaches it: the worst approach
  /// decides.
  package static func of(_ readings: [Approach: [Reading]]) -> GatewayState {
    readings.values.map { of($0) }.reduce(.unknown) { $1.isWorse(than: $0) ? $1 : $0 }
  }
}

extension Reading {
  /// Alive, and takes no mail at the first try: it answers 4xx, or TLS fails.
  fileprivate var takesNoMailNow: Bool {
    switch finding {
    case .busy, .ehloRejected, .fallsBack: true
    default: false
    }
  }
}
