// The fallback of a stock pool, kept in step with its members: a drained or removed gateway is removed from the fallback
// list, a new one is added to it.

import Gateways
import PostfixFiles
import Routing

/// The net around a pool, and what an edit of the pool means for it.
struct NetEditor {
  let pool: Pool
  let config: MailConfig
  let document: Document
  /// Nil where it is `smtp_fallback_relay`.
  let net: StockNet?
  /// The next hops of `smtp_fallback_relay`, where they are those of the members.
  let fallback: ListText?
  private let clients: [String: Transport]

  /// Nil if nothing surrounds the pool.
  init?(_ pool: Pool, in document: Document, of config: MailConfig) {
    net = pool.net
    fallback = net == nil ? Self.fallback(of: pool, in: document, of: config) : nil
    if net == nil, fallback == nil { return nil }
    self.pool = pool
    self.config = config
    self.document = document
    var clients: [String: Transport] = [:]
    for name in Set(pool.members.compactMap(\.transport)) { clients[name] = config.gatewayTransport(name) }
    self.clients = clients
  }

  /// `member` gets no mail any more; with `forGood` it is not to come back either.
  func leaving(_ member: Member, forGood: Bool) throws(EditError) -> [Splice] {
    switch net {
    case .afterEach(let tables): try leaving(member, lists: tables.compactMap(hops))
    case .translated(let table):
      try leaving(member, forGood: forGood, translatedBy: Translation(table, self))
    case nil: try leaving(member, lists: fallback.map { [$0] } ?? [])
    }
  }

  /// `result` gets mail from now on: a new member, or one that was drained.
  func joining(_ result: String, isNew: Bool) throws(EditError) -> [Splice] {
    switch net {
    case .afterEach(let tables):
      let transport = destination(result).transport
      guard destination(result).hops.count == 1,
        others(than: result).allSatisfy({ destination($0.result).transport == transport })
      else {
        throw refusal(
          "the same next hops follow every member, so need one like the others; "
            + "or convert it --to agent, and --to stock after the edit")
      }
      return try joining(result, lists: tables.compactMap(hops))
    case .translated(let table):
      return try joining(result, isNew: isNew, translatedBy: Translation(table, self))
    case nil: return try joining(result, lists: fallback.map { [$0] } ?? [], separator: ", ")
    }
  }

  // MARK: - Lists that follow all members

  private func leaving(_ member: Member, lists: [ListText]) throws(EditError) -> [Splice] {
    let own = destination(member.result)
    guard let hop = own.hops.first, !isHead(hop, of: others(than: member.result)) else { return [] }
    var splices: [Splice] = []
    for list in lists {
      let gone = list.items.indices.filter { isSame(list[$0], hop, own.transport) }
      if !gone.isEmpty { splices += try removing(Set(gone), from: list, member.result) }
    }
    return splices
  }

  private func joining(
    _ result: String, lists: [ListText], separator: String = ","
  ) throws(EditError) -> [Splice] {
    let own = destination(result)
    let others = others(than: result)
    guard let hop = own.hops.first else { return [] }
    var splices: [Splice] = []
    for list in lists {
      guard !list.items.indices.contains(where: { isSame(list[$0], hop, own.transport) }),
        let last = list.items.indices.last(where: { isHead(list[$0], of: others) })
      else { continue }
      splices.append(try inserting(hop, into: list, after: last, separator: separator))
    }
    return splices
  }

  /// Before Postfix 3.5 there are no next-hop lists: `smtp_fallback_relay` is the net, if it names every member.
  private static func fallback(of pool: Pool, in document: Document, of config: MailConfig) -> ListText? {
    guard pool.notation == .stock, config.environment.version < .nextHopLists,
      let value = config.main[.smtpFallbackRelay]?.value
    else { return nil }
    let list = ListText(
      text: value,
      items: value.itemRanges(in: 0..<value.count, where: { $0.isListSeparator }, keepingBraces: false),
      document: document)
    let hops = Set(list.items.indices.map { list[$0] })
    let heads = pool.members.filter { !$0.isDrained }.map {
      NextHopList($0.result, kind: pool.kind).hops.first
    }
    return heads.allSatisfy { $0.map(hops.contains) ?? false } ? list : nil
  }

  // MARK: - The parts of a net

  var kind: ResultKind { pool.kind }

  func destination(_ text: String) -> NextHopList { NextHopList(text, kind: kind) }

  func others(than result: String) -> [Member] {
    pool.members.filter { !$0.isDrained && $0.result != result }
  }

  func refusal(_ reason: String) -> EditError { .safetyNet(pool.id, reason: reason) }

  func removing(
    _ gone: Set<Int>, from list: ListText, _ member: String
  ) throws(EditError) -> [Splice] {
    do throws(ListError) { return try list.removing(gone) } catch {
      throw refusal(error, "\(member) is the only one in it: name another one there first")
    }
  }

  func inserting(
    _ item: String, into list: ListText, after index: Int, separator: String = ","
  ) throws(EditError) -> Splice {
    do throws(ListError) { return try list.inserting(item, after: index, separator: separator) } catch {
      throw refusal(error, "")
    }
  }

  private func refusal(_ problem: ListError, _ reason: String) -> EditError {
    switch problem {
    case .wouldBeEmpty: refusal(reason)
    case .notInOnePlace: .notInOnePlace("the fallback of \(pool.id)")
    }
  }

  /// The next hops that a table after the random choice answers with.
  func hops(_ table: TableSpec) -> ListText? {
    switch table.content {
    case .constant(let value): hops(in: value)
    case .draw(let items): ListText(text: table.argument, items: items, document: document)
    default: nil
    }
  }

  /// The next hops of a text from `start` on.
  func hops(in text: SourcedText, from start: Int = 0) -> ListText {
    ListText(
      text: text,
      items: text.itemRanges(in: start..<text.count, where: { $0.isListSeparator }, keepingBraces: false),
      document: document)
  }

  /// Whether a member of `members` names this next hop first.
  private func isHead(_ hop: String, of members: [Member]) -> Bool {
    members.contains { member in
      let own = destination(member.result)
      return own.hops.first.map { isSame($0, hop, own.transport) } ?? false
    }
  }

  /// Whether two next hops of a transport are spellings of one gateway.
  func isSame(_ one: String, _ other: String, _ transport: String) -> Bool {
    if one == other { return true }
    guard let client = client(of: transport) else { return false }
    func gateway(_ hop: String) -> Gateway? {
      Gateway(hop, mailProtocol: client.approach.mailProtocol, defaultPort: client.defaultPort)
    }
    return gateway(one).map { $0 == gateway(other) } ?? false
  }

  /// - Parameter transport: with its colon; empty where the results are next hops alone.
  func client(of transport: String) -> Transport? {
    let name = transport.isEmpty ? pool.members.first?.transport : String(transport.dropLast())
    return name.flatMap { clients[$0] ?? config.gatewayTransport($0) }
  }

  /// Whether a list may follow a result of this transport.
  func takesList(_ list: NextHopList) -> Bool {
    config.environment.version >= .nextHopLists && client(of: list.transport) != nil && !list.isLocalSocket
  }
}
