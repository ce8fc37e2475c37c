// How a plan writes its pool: in the notation that works here, into the pool that is there, or as a new one.

import PostfixFiles
import Routing

extension PoolPlanner {
  /// The keys that are meant where a pool of several is named by its id.
  func severalKeys(of spot: PoolSpot) -> [String] {
    guard case .named(let name) = wish.scope, case .key = spot.place, let site = spot.sites.first,
      site.id == before.pool(name)?.id, site.ownKeys.count > 1
    else { return [] }
    return site.ownKeys
  }

  /// The notation that is wanted, or works here.
  func notation(there site: PoolSite?) -> PoolWish.Notation {
    if let wanted = wish.notation { return wanted }
    if isInFrontOfPool { return .stock }
    if let site, site.isTable || config.usesAgent { return Self.notation(of: site) }
    return config.isServedByAgent ? .agent : .stock
  }

  private static func notation(of site: PoolSite) -> PoolWish.Notation {
    site.isInDatabase ? .database : site.isTable ? .stock : site.isInFile ? .file : .agent
  }

  /// A pool that other mail uses too is not changed for this mail.
  func guardShared(_ spot: PoolSpot) throws(EditError) {
    if case .named = wish.scope { return }
    for site in spot.sites {
      let others = config.poolSites().filter { $0.id == site.id && $0.index != site.index }
      // In a database each name of a class is a route.
      let isOfClass = site.isInDatabase && DomainClass(spot.parameter) != nil
      if let other = others.first(where: { !isOfClass || $0.parameter != site.parameter }) {
        throw .cannotPool(
          "\(wish.scope)",
          reason:
            "its pool \(site.id) decides for \(other.words) too: change the pool for both, with randmap pool \(site.id.asArgument)"
        )
      }
    }
  }

  /// The members of the pool that is there, changed in its own notation; nil where it has to be written anew.
  mutating func changing(_ spot: PoolSpot, to content: PoolContent) throws(EditError) -> MailConfig? {
    guard let first = spot.sites.first, notation(there: first) == Self.notation(of: first) else { return nil }
    // Of a pool that other keys use too, only all of it is changed in its place.
    if case .key = spot.place, first.ownKeys.count > 1, severalKeys(of: spot).isEmpty { return nil }
    var edited = config
    for (index, site) in spot.sites.enumerated() {
      let own = index == 0 ? content : content.withTransport("relay:", for: "smtp:")
      guard site.text.transport == nil else { return nil }
      do throws(EditError) { edited = try edited.changing(site.id, to: own) } catch {
        switch error {
        // Where the members are keys of another table, a gateway that is asked for may be one of them.
        case .safetyNet, .notInOnePlace, .cannotConvert, .alreadyMember:
          refusal = error
          return nil
        default: throw error
        }
      }
    }
    return edited
  }

  /// Whether another notation would do what this one cannot.
  private func works(in notation: PoolWish.Notation) -> Bool {
    guard wish.notation == nil else { return false }
    var other = wish
    other.notation = notation
    return (try? before.planning(other, on: machine)) != nil
  }

  mutating func making(_ content: PoolContent, at spot: PoolSpot) throws(EditError) -> MailConfig {
    let notation = notation(there: spot.sites.first)
    let keys = severalKeys(of: spot)
    if !keys.isEmpty {
      if let refusal { throw refusal }
      // A stock pool goes into files by way of the agent's notation.
      let target = notation == .file ? PoolWish.Notation.agent : notation
      throw .cannotPool(
        "\(wish.scope)",
        reason:
          "it decides for \(keys.count) keys: change its notation first, with randmap convert --to \(target) \("\(wish.scope)".asArgument)"
      )
    }
    do throws(EditError) {
      return try config.making(
        content, at: spot, wish.scope, in: notation, database: wish.database, notes: &notes)
    } catch {
      guard case .cannotConvert(_, let reason) = error else { throw error }
      // A list that stands in the way may have a mistake inside.
      try before.guardReadableLists(for: wish.scope)
      let advice =
        switch notation {
        case .stock where works(in: .agent):
          "; where the agent serves this Postfix: \(wish.words(choosing: .agent))"
        case .agent where works(in: .stock): "; as stock Postfix runs it: \(wish.words(choosing: .stock))"
        default: ""
        }
      throw .cannotPool(
        "\(wish.scope)", reason: reason + advice + (before.adviceForOneDomain(of: wish, on: machine) ?? ""))
    }
  }
}
