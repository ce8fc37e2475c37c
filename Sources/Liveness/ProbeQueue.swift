// Probes targets with bounds: so many connections at once, overall and to one address; what several targets share is
// probed once.

import Gateways
import Glibc
import NIOCore
import Routing
import System

/// The probes that wait and that are under way. Lives on one event loop, and is called only there.
final class ProbeQueue {
  private let eventLoop: any EventLoop
  private let timers: LoopTimers
  /// For probes that end while the loop does.
  private let gate: LoopGate
  private let settings: ProbeSettings
  private let connectionLimit: Int
  /// Less than the limit for a while where the system had no descriptor left.
  private var allowed: Int
  private let names: NameQueue
  private let tls = TLSClient()
  /// Who wants the reading of an endpoint that waits or is being probed.
  private var wanted: [Endpoint: [(Reading) -> Void]] = [:]
  private var ready = CircularBuffer<Endpoint>()
  private var lanes: [String: Lane] = [:]
  private var connections = 0
  private var isStopped = false

  /// The connections to one address, and what waits for one of them to end.
  private struct Lane {
    var admitted = 0
    /// Nil if nothing ever waited: there are thousands of lanes, and an empty buffer has space for 16.
    var waiting: CircularBuffer<Endpoint>?

    mutating func wait(_ endpoint: Endpoint) {
      if waiting == nil { waiting = CircularBuffer() }
      waiting?.append(endpoint)
    }
  }

  init(settings: ProbeSettings, on eventLoop: any EventLoop, _ timers: LoopTimers) {
    self.settings = settings
    self.eventLoop = eventLoop
    self.timers = timers
    gate = LoopGate(to: eventLoop)
    names = NameQueue(settings: settings, on: eventLoop, timers)
    connectionLimit = min(settings[.connectionLimit], Descriptors.toSpare(wanted: settings[.connectionLimit]))
    allowed = connectionLimit
  }

  /// Resolves and probes every address of a target. `each` gets a reading as it comes, `done` all of
  /// them. A name that does not resolve is a reading too.
  ///
  /// - Parameter recipient: whom each address is asked about, with an envelope and no message; nil for a probe.
  func probe(
    _ target: Target, for recipient: String? = nil, each: @escaping (Reading) -> Void = { _ in },
    done: @escaping ([Reading]) -> Void
  ) {
    names.resolve(target) { resolution in
      switch resolution {
      case .failure(let failure):
        let finding = ProbeFinding.unresolved(failure)
        let reading = Reading(
          address: nil, port: target.gateway.port, finding: finding,
          recipient: recipient.map { _ in .unknown(finding.reason) })
        each(reading)
        done([reading])
      case .success(let addresses):
        var readings: [Int: Reading] = [:]
        for (index, found) in addresses.enumerated() {
          let endpoint = Endpoint(
            address: found.address, port: target.gateway.port, approach: target.approach,
            recipient: recipient)
          self.submit(endpoint) { raw in
            let reading = self.judged(raw, of: found.host, for: target)
            readings[index] = reading
            each(reading)
            if readings.count == addresses.count {
              done(readings.sorted { $0.key < $1.key }.map(\.value))
            }
          }
        }
      }
    }
  }

  /// What is right for one gateway of an address may be wrong for another: its name.
  private func judged(_ reading: Reading, of host: String, for target: Target) -> Reading {
    reading.judged(
      by: target.approach.tls, host: host, domain: target.gateway.name, daysNeeded: settings[.certificateDays]
    )
  }

  /// Nothing starts and nothing is called back any more.
  func stop() {
    isStopped = true
    _ = gate.shut()
    wanted = [:]
    names.stop()
    timers.stop()
  }

  // MARK: - Connections

  private func submit(_ endpoint: Endpoint, then: @escaping (Reading) -> Void) {
    if wanted[endpoint] != nil {
      wanted[endpoint]?.append(then)
      return
    }
    wanted[endpoint] = [then]
    if lanes[endpoint.address, default: Lane()].admitted < settings[.addressConnectionLimit] {
      admit(endpoint)
    } else {
      lanes[endpoint.address]?.wait(endpoint)
    }
    startReady()
  }

  private func admit(_ endpoint: Endpoint) {
    lanes[endpoint.address, default: Lane()].admitted += 1
    ready.append(endpoint)
  }

  private func startReady() {
    while !isStopped, connections < allowed, let endpoint = ready.popFirst() {
      connections += 1
      AddressProbe.run(endpoint, settings: settings, tls: tls, on: eventLoop, timers) { outcome in
        // Not from within the start of another probe: a connection may fail at once.
        let end = NIOLoopBound({ self.finish(endpoint, outcome) }, eventLoop: self.eventLoop)
        self.gate.pass { end.value() }
      }
    }
  }

  private func finish(_ endpoint: Endpoint, _ outcome: AddressProbe.Outcome) {
    if isStopped { return }
    connections -= 1
    switch outcome {
    case .reading(let reading):
      allowed = min(allowed + 1, connectionLimit)
      finish(endpoint, reading)
    case .noDescriptor(let reading):
      // Other probes will release theirs; without other probes, the rest of the process has them all.
      guard connections > 0 else { return finish(endpoint, reading) }
      allowed = connections
      ready.prepend(endpoint)
    }
  }

  private func finish(_ endpoint: Endpoint, _ reading: Reading) {
    lanes[endpoint.address]?.admitted -= 1
    if let next = lanes[endpoint.address]?.waiting?.popFirst() {
      admit(next)
    } else if lanes[endpoint.address]?.admitted == 0 {
      lanes[endpoint.address] = nil
    }
    let callers = wanted.removeValue(forKey: endpoint) ?? []
    for call in callers { call(reading) }
    startReady()
  }
}
