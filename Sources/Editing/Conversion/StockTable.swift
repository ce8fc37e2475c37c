// A pool written as a lookup table of an unmodified Postfix, with the fallback that its version allows.

import PostfixFiles
import Routing

/// The text of a table specification, as a tree that is broken over lines where it gets long.
indirect enum SpecText {
  case leaf(String)
  case group(String, [SpecText])

  static let width = 100

  /// As it is written in main.cf after `indent` spaces: on one line where it fits.
  func rendered(indent: Int) -> String {
    let whole = flat
    guard case .group(let head, let items) = self, indent + whole.count > Self.width else { return whole }
    let space = String(repeating: " ", count: indent + 4)
    return "\(head):{" + items.map { "\n\(space)\($0.rendered(indent: indent + 4))" }.joined(separator: ",")
      + "}"
  }

  private var flat: String {
    switch self {
    case .leaf(let text): text
    case .group(let head, let items): "\(head):{\(items.map(\.flat).joined(separator: ", "))}"
    }
  }
}

/// A text as it is written in main.cf, where `$` starts the name of a parameter.
func escapedForMainCf(_ text: String) -> String { text.replacingDollars(with: "$$") }

extension String {
  fileprivate func replacingDollars(with text: String) -> String {
    reduce(into: "") { $0 += $1 == "$" ? text : String($1) }
  }
}

extension MailConfig {
  /// The table that chooses from `content`. From Postfix 3.5 on the other members of the same transport follow the
  /// chosen one as a next-hop list.
  func stockTable(_ content: PoolContent, kind: ResultKind, for pool: String) throws(EditRefusal) -> SpecText
  {
    var keys: [String: String] = [:]
    // A result may be drained and get mail as well, where it was listed again.
    var seen: Set<String> = []
    let all = (content.choices + content.drained).filter { seen.insert($0.result).inserted }
    for choice in all {
      guard !choice.result.contains("{"), !choice.result.contains("}") else {
        throw .cannotConvert(pool, reason: "\"\(choice.result)\": Postfix keeps braces as part of a result")
      }
      keys[choice.result] = key(for: choice.result, taken: Set(keys.values))
    }
    let lists = content.choices.map { (choice: $0, list: NextHopList($0.result, kind: kind)) }
    if environment.version < .nextHopLists,
      let list = lists.first(where: { $0.list.hops.count > 1 && isSMTPClient($0.list, kind) })
    {
      throw .cannotConvert(
        pool,
        reason: "\"\(list.choice.result)\": Postfix \(environment.version) has no next-hop lists (3.5 has)")
    }
    let draw = SpecText.group(
      "randmap", content.results.map { .leaf(escapedForMainCf(keys[$0] ?? $0)) })
    let nets = Dictionary(
      uniqueKeysWithValues: all.map { ($0.result, safetyNet(of: $0.result, in: content, kind: kind)) })
    let isPlain = all.allSatisfy { keys[$0.result] == $0.result && nets[$0.result]?.isEmpty ?? true }
    if isPlain { return draw }
    let transports = Set(lists.map(\.list.transport))
    if transports.count == 1,
      lists.allSatisfy({
        $0.list.hops.count == 1 && keys[$0.choice.result] == $0.choice.result && isSMTPClient($0.list, kind)
      })
    {
      let hops = lists.flatMap(\.list.hops).map(escapedForMainCf)
      return .group("unionmap", [draw, .leaf("static:{\(hops.joined(separator: ","))}")])
    }
    let entries = all.map { choice in
      let value = ([choice.result] + (nets[choice.result] ?? [])).joined(separator: ",")
      return SpecText.leaf("{\(escapedForMainCf("\(keys[choice.result] ?? "")=\(value)"))}")
    }
    return .group("pipemap", [draw, .group("inline", entries)])
  }

  /// What follows `result` in its next-hop list: the first hop of each other member of its transport.
  private func safetyNet(of result: String, in content: PoolContent, kind: ResultKind) -> [String] {
    let own = NextHopList(result, kind: kind)
    guard environment.version >= .nextHopLists, !own.hops.isEmpty, isSMTPClient(own, kind) else { return [] }
    var hops = own.hops
    for choice in content.choices {
      let other = NextHopList(choice.result, kind: kind)
      guard other.transport == own.transport, isSMTPClient(other, kind) else { continue }
      if let first = other.hops.first, !hops.contains(first) { hops.append(first) }
    }
    return Array(hops.dropFirst(own.hops.count))
  }

  /// Whether the next hop is one that smtp(8) or lmtp(8) takes a list of.
  private func isSMTPClient(_ list: NextHopList, _ kind: ResultKind) -> Bool {
    if kind == .nextHop { return true }
    return gatewayTransport(String(list.transport.dropLast())) != nil
      && !list.isLocalSocket
  }

  /// What the randmap:{} holds for `result`: itself, or, where that has a comma or white space, its beginning.
  private func key(for result: String, taken: Set<String>) -> String {
    let folded = Set(taken.map { $0.lowercased() })
    let start = String(result.prefix { !$0.utf8.contains(where: \.isListSeparator) && $0 != "=" })
    if !start.isEmpty, !folded.contains(start.lowercased()) { return start }
    var number = taken.count + 1
    while folded.contains("\(start)#\(number)".lowercased()) { number += 1 }
    return "\(start)#\(number)"
  }
}
