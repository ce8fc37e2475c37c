// Pattern tables beside a pool that domains are the keys of. Postfix asks them for whole addresses, of all tables before it asks
// any for a domain (transport.c), and for "*" at the end: so wherever they stand, they decide for an address as before.

import PostfixFiles
import Routing

extension MailConfig {
  /// The rules of a `regexp:`, `pcre:` or `cidr:` table; nil for any other, and where they cannot be read.
  func patternRules(of table: TableSpec) -> PatternRules? {
    switch table.content {
    case .patterns(let text): PatternRules(inline: text)
    case .file(let path) where table.isPattern:
      files[absolute(path)]?.document.map { PatternRules($0) }
    default: nil
    }
  }

  /// Refuses a pattern table that says what a domain would not be asked for any more, or a next hop without a transport.
  ///
  /// - Parameters:
  ///   - source: what such a next hop takes its transport from.
  ///   - hasKeys: whether the pool gets domains for its keys, which are asked for before "*".
  func guardPatterns(
    _ table: TableSpec, for pool: String, transportOf source: String, hasKeys: Bool,
    passingUnread: Bool = false
  ) throws(EditError) {
    let name = table.text.text
    guard let rules = patternRules(of: table.unproxied) else {
      if passingUnread { return }
      throw .cannotConvert(
        pool,
        reason:
          "\"\(name)\" in transport_maps cannot be read here, and may decide some of this mail: call randmap where it can be read"
      )
    }
    // The keys of that are networks, not addresses.
    if table.unproxied.type == .pattern("cidr") { return }
    if let result = rules.patternResults.first(where: { $0.text.hasPrefix(":") && $0.count > 1 }) {
      throw .cannotConvert(
        pool,
        reason:
          "the result \"\(result.text)\" of \"\(name)\" in transport_maps takes its transport from \(source): write one there first, such as smtp\(result.text)"
      )
    }
    // Of pcre_table(5) this reads what the two have in common.
    guard hasKeys else { return }
    var answersAny = false
    do throws(RegularExpression.MatchError) {
      answersAny = try RegexpTable(rules, allowsSubstitution: false).value(for: Bytes("*".utf8)) != nil
    } catch {
      if error == .tooLarge {
        throw .cannotConvert(
          pool,
          reason:
            "the rules of \"\(name)\" in transport_maps take too much memory to try them here, and may answer for \"*\": need fewer rules, or smaller repetitions such as {0,99}"
        )
      }
    }
    if answersAny {
      throw .cannotConvert(
        pool,
        reason:
          "a rule of \"\(name)\" in transport_maps answers for \"*\", and so decides before \(source) now, and would not any more: put a line \"if /@/\" before that rule and \"endif\" after it"
      )
    }
  }
}
