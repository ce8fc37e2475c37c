// The fallback of a stock pool where several members come or go at once: its lists are looked through once.

import Gateways
import PostfixFiles
import Routing

extension NetEditor {
  /// Whether the same next hops follow every member, so that several members are one change of each list.
  var hasOnlyLists: Bool { if case .translated? = net { false } else { true } }

  private var lists: (all: [ListText], separator: String) {
    if case .afterEach(let tables)? = net { return (tables.compactMap(hops), ",") }
    return (fallback.map { [$0] } ?? [], ", ")
  }

  /// New members that get mail from now on.
  func joining(_ results: [String]) throws(EditError) -> [Splice] {
    let active = pool.members.filter { !$0.isDrained }.map(\.result) + results
    if case .afterEach? = net,
      Set(active.map { destination($0).transport }).count > 1
        || results.contains(where: { destination($0).hops.count != 1 })
    {
      throw refusal(
        "the same next hops follow every member, so need members like the others; "
          + "or convert it --to agent, and --to stock after the edit")
    }
    let heads = FirstHops(active, self)
    let (lists, separator) = lists
    var splices: [Splice] = []
    for list in lists {
      let items = list.items.indices.map { list[$0] }
      guard let last = items.lastIndex(where: { heads.contains($0, self) }) else { continue }
      var there: [String: Set<HopKey>] = [:]
      var joined: Splice?
      for result in results {
        let own = destination(result)
        guard let hop = own.hops.first else { continue }
        if there[own.transport] == nil {
          there[own.transport] = Set(items.map { key(of: $0, own.transport) })
        }
        guard there[own.transport]?.insert(key(of: hop, own.transport)).inserted ?? false else { continue }
        let one = try inserting(hop, into: list, after: last, separator: separator)
        if joined == nil { joined = one } else { joined?.bytes += one.bytes }
      }
      splices += joined.map { [$0] } ?? []
    }
    return splices
  }

  /// Members of before that get mail again.
  func returning(_ results: [String]) throws(EditError) -> [Splice] {
    guard case .translated(let table)? = net else { return try joining(results) }
    let translation = Translation(table, self)
    var splices: [Splice] = []
    for result in results { splices += try joining(result, isNew: false, translatedBy: translation) }
    return splices
  }

  /// A member that is written in another way from now on.
  func spelling(_ old: NextHopList, as new: NextHopList) throws(EditError) -> [Splice] {
    guard hasOnlyLists, let before = old.hops.first, let after = new.hops.first else {
      throw refusal("the results of the pool are keys of another table: change their spelling there")
    }
    return lists.all.flatMap { list in
      list.items.indices.filter { list[$0] == before }.compactMap { index in
        list.text.fileRange(list.items[index]).map { Splice(range: $0.range, bytes: Bytes(after.utf8)) }
      }
    }
  }

  /// Members that get no mail any more and do not come back.
  func leaving(_ members: [Member]) throws(EditError) -> [Splice] {
    let gone = Set(members.map(\.result))
    let left = FirstHops(
      pool.members.filter { !$0.isDrained && !gone.contains($0.result) }.map(\.result), self)
    let leaving = FirstHops(members.map(\.result), self)
    var splices: [Splice] = []
    for list in lists.all {
      let places = list.items.indices.filter {
        let hop = list[$0]
        return leaving.contains(hop, self) && !left.contains(hop, self)
      }
      if !places.isEmpty {
        splices += try removing(Set(places), from: list, members.first?.result ?? "")
      }
    }
    return splices
  }

  /// What two spellings of one gateway have in common.
  fileprivate func key(of hop: String, _ transport: String) -> HopKey {
    guard let client = client(of: transport),
      let gateway = Gateway(
        hop, mailProtocol: client.approach.mailProtocol, defaultPort: client.defaultPort)
    else { return .text(hop) }
    return .gateway(gateway)
  }
}

private enum HopKey: Hashable {
  case gateway(Gateway)
  case text(String)
}

/// The next hops that members name first, by their transports.
private struct FirstHops {
  private var keys: [String: Set<HopKey>] = [:]

  init(_ results: [String], _ net: NetEditor) {
    for result in results {
      let own = net.destination(result)
      if let hop = own.hops.first { keys[own.transport, default: []].insert(net.key(of: hop, own.transport)) }
    }
  }

  /// Whether one of them is a spelling of this next hop.
  func contains(_ hop: String, _ net: NetEditor) -> Bool {
    keys.contains { transport, keys in keys.contains(net.key(of: hop, transport)) }
  }
}
