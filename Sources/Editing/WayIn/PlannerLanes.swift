// The lanes that a wish asks for: each stands for the transport that has the mail today, with its login and its TLS.

import PostfixFiles
import Routing

extension PoolPlanner {
  /// Makes those that are not there yet. By the address: the transport.
  mutating func makingLanes() throws(EditError) -> [String: String] {
    var lanes: [String: String] = [:]
    guard wish.members.contains(where: \.isLane) else { return lanes }
    let model = transportToday
    for case .lane(let address) in wish.members.map(\.goal) where lanes[address] == nil {
      if config.lane(from: address, like: model) == nil {
        config = try config.addingLane(from: address, like: model, on: machine)
      }
      lanes[address] = config.lane(from: address, like: model)
    }
    return lanes
  }

  /// The client that most of the mail goes by, whatever decides that; of a lane the one that it stands for.
  private var transportToday: String {
    let spot = try? before.spot(for: wish.scope, nextHopsOnly: false, prefersAgent: false)
    let today = spot.map { PoolProof.ofToday(before, at: $0, wish, on: machine).transportsToday } ?? [:]
    let others = spot.map { $0.transports.sorted() + [$0.transport] } ?? []
    let names = today.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key) + others
    return names.lazy.map { before.laneModel(of: $0) ?? $0 }
      .first { before.gatewayTransport($0)?.approach.mailProtocol == .smtp } ?? "smtp"
  }
}
