// What a plan says beside its diff: what a percentage came to, what a key matches, and which mail waits for a dead gateway.

import Gateways
import PostfixFiles
import Routing
import System

extension PoolPlanner {
  /// What a percentage came to.
  mutating func say(_ choice: WeightChoice) {
    guard wish.members.count > 1 else { return }
    for (index, member) in wish.members.enumerated() {
      guard case .share(let share) = member.weight, abs(choice.share(index) - choice.asked[index]) > 0.00005
      else {
        continue
      }
      let exact = choice.exactTotal.map { "; \($0) parts would be exact" } ?? ""
      notes.append(
        "\(member.description): asked for \(member.weight.words), got \(percent(choice.share(index), apartFrom: share))\(exact)"
      )
    }
  }

  /// The key of a domain matches more than it says in such a configuration.
  mutating func saySubdomains(of spot: PoolSpot) {
    guard case .key(let key, of: .transportMaps) = spot.place, !key.contains("@"), key != "*",
      before.matchesSubdomains
    else { return }
    notes.append(
      "mail for subdomains of \(key) goes there too: parent_domain_matches_subdomains names transport_maps")
  }

  /// That a dead gateway keeps its mail waiting, where nothing has said so.
  mutating func sayFallback(of spot: PoolSpot) {
    guard !notes.contains(where: \.isOnMissingFallback), let pool = poolMade else { return }
    // Of all mail it is the fallback that was meant.
    let isAllMail = [.parameter(.relayhost), .parameter(.defaultTransport)].contains(spot.place)
    if !isAllMail, let note = config.noteOnOthersFallback(of: pool) { notes.append(.other(note)) }
    if let note = config.noteOnFallback(of: pool) { notes.append(.noFallback(note)) }
  }

  private var poolMade: Pool? {
    let spot = try? config.spot(
      for: wish.scope, nextHopsOnly: true, prefersAgent: notation(there: nil) != .stock)
    return spot?.sites.first?.pool
  }

  private static let needOfGateways =
    "need the gateways too, such as '[gw1.example]:587=70' '[gw2.example]:587=30'"

  /// Why a wish needs gateways.
  func whyGateways(at spot: PoolSpot) -> String {
    guard let domainClass = DomainClass(spot.parameter), spot.sites.first?.parameter == .transportMaps else {
      return Self.needOfGateways
    }
    do throws(ClassKeysError) {
      _ = try config.transportKeys(of: domainClass)
      return Self.needOfGateways
    } catch {
      return error.message
    }
  }

  /// That the pool of a class has just the domains of its list; nil where that is not so, or not known.
  func noteOnListThatFits(at spot: PoolSpot) -> String? {
    guard let domainClass = wish.scope.domainClass, let site = spot.sites.first,
      site.parameter != .transportMaps || (try? config.transportKeys(of: domainClass)) != nil
    else { return nil }
    return
      "its pool has the domains of \(domainClass.list) already; to change its gateways: randmap pool \(wish.scope) '[gw1.example]:587=70' '[gw2.example]:587=30'"
  }
}
