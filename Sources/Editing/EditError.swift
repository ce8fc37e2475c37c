// Why an edit is refused, and the next step in words.

import PostfixFiles
import Routing
import System

/// Why an edit is not made. Nothing is changed then.
package enum EditError: Error, Hashable, Sendable {
  case unknownPool(String, known: [String])
  /// `call` adds it, where it was to get a weight.
  case unknownMember(String, pool: String, known: [String], call: String? = nil)
  case ambiguousMember(String, matches: [String])
  /// Neither a scope nor the id of a pool.
  case unknownScope(String, known: [String])
  /// No pool has it.
  case noMember(String, isDrained: Bool, known: [String])
  case unknownRoute(String)
  /// No entry, and no pool, decides for just that mail.
  /// `instead` is what decides for it, in words with the next step, where a table for other mail too does.
  case noDecision(String, instead: String? = nil)
  /// A parameter that decides no destination.
  case notARoute(String)
  /// `deciding` is the table whose entry decides today.
  case ambiguousTable(String, tables: [String], deciding: String? = nil)
  case unknownTable(String)
  case zeroWeight
  case badWeight(Int, maximum: Int)
  case badTotal(Int, maximum: Int)
  case badShare
  /// No weights with a total of at most `maximum` come near the share; the best give `nearest`, none where the other
  /// members alone come to `others`, which is not less.
  case shareOutOfReach(nearest: Double?, others: Int, maximum: Int)
  case alreadyMember(String, pool: String? = nil)
  /// A member in another way: `weight` is what both would come to.
  case otherSpelling(String, of: String, pool: String, weight: Int)
  case isDrained(String)
  case drainedAlready(String)
  case notDrained(String)
  /// A plan moves its share.
  case isRamped(String)
  case notRamped(String)
  case wouldEmpty(String)
  /// It has one destination; the second is that. `spelled` is how a person wrote that one, where it was in another way.
  case onlyOneDestination(String, destination: String, spelled: String? = nil)
  /// The word does not name a kind of mail.
  case badScope(String, reason: String)
  /// A pool cannot be made there.
  case cannotPool(String, reason: String)
  /// Percentages that do not come to 100 % (or leave nothing for the members without one); their sum.
  case sharesDoNotAddUp(Double)
  case twice(String, String)
  /// The words of a call are wrong: what is needed, in one sentence.
  case badCall(String)
  /// The text cannot be written there; the reason says what is needed.
  case badText(String, reason: String)
  /// The pool is put together from several places.
  case notInOnePlace(String)
  /// The fallback of a stock pool's members could not follow the edit.
  case safetyNet(String, reason: String)
  /// The pool would not keep its meaning in the other notation.
  case cannotConvert(String, reason: String)

  /// Whether the call itself is wrong (exit status 2), rather than a guard that holds.
  package var isWrongCall: Bool {
    switch self {
    case .wouldEmpty, .onlyOneDestination, .notInOnePlace, .safetyNet, .cannotConvert, .cannotPool: false
    default: true
    }
  }

  /// Whether it says of a name that nothing has it.
  package var isUnknownName: Bool {
    switch self {
    case .unknownPool, .unknownScope, .unknownMember, .noMember: true
    default: false
    }
  }

  /// What is wrong and what is needed; safe to show.
  package var message: String { printable(words) }

  /// The scope that a person would say for a parameter.
  static func scopeWord(_ pool: String) -> String { "\(Scope.named(pool).ofMail)" }

  /// What takes away the decision for the mail of a pool; empty where no call means just that.
  private static func callRemoving(_ pool: String, _ what: String) -> String {
    let word = scopeWord(pool)
    let isMail = if case .named? = try? Scope(word) { false } else { true }
    guard isMail || RoutingParameter(rawValue: pool) != nil else { return "" }
    return "; to take \(what) away: randmap remove-route \(word.asArgument)"
  }

  /// A second gateway with the transport and the port of the first.
  private static func example(beside destination: String) -> String {
    let first = destination.prefix { $0 != "," && !$0.isWhitespace }
    guard let open = first.firstIndex(of: "["), let close = first.firstIndex(of: "]"), open < close else {
      return "[gw2.example]"
    }
    return "\(first[..<open])[gw2.example]\(first[close...].dropFirst())"
  }

  /// What two spellings have to do with each other.
  private static func sameness(of spelled: String, and destination: String) -> String {
    isExchanger(spelled, beside: destination)
      ? "\"\(spelled)\" is taken for \"\(destination)\", though without brackets a name means its mail exchangers. "
      : "\"\(spelled)\" is the same gateway as \"\(destination)\". "
  }

  /// Whether a name has not the brackets that the one gateway has: in a pool it means the mail exchangers of that name.
  private static func isExchanger(_ name: String, beside destination: String) -> Bool {
    let host = (try? HostPort(name))?.host ?? name
    return destination.contains("[") && !name.contains("[") && !HostName.isAddress(host)
  }

  /// Of a scope; nil of another name.
  private static func mailWithoutPool(_ name: String) -> String? {
    guard let scope = try? Scope(name) else { return nil }
    if case .named = scope { return nil }
    return
      "\(scope.words) has no pool of its own; \"randmap pool \("\(scope)".asArgument) GATEWAY GATEWAY\" makes one"
  }

  /// Of a parameter whose mail may have a pool; nil of another name.
  private static func parameterWithoutPool(_ name: String) -> String? {
    let scope = scopeWord(name)
    return scope == name
      ? nil : "\(name) has no pool; \"randmap pool \(scope) GATEWAY GATEWAY\" makes one"
  }

  /// Of a parameter that names tables; nil of another name.
  private static func tablesWithoutPool(_ name: String) -> String? {
    guard let parameter = RoutingParameter(rawValue: name), parameter.takesTables else { return nil }
    let example = parameter.keys == .senders ? "from:example.com" : "to:example.com"
    return
      "\(name) names tables, and each of their keys has gateways of its own: say which mail, such as \(example); \"randmap pool\" shows what decides today"
  }

  /// Of a domain or an address without the word that says which of its mail; nil of another name.
  private static func mailOfDomain(_ name: String) -> String? {
    guard name.contains("."), !name.hasPrefix("."), !name.contains("/"), (try? Scope("to:\(name)")) != nil
    else { return nil }
    return
      "\"\(name)\" is no scope: say \("to:\(name)".asArgument) for the mail to it, or \("from:\(name)".asArgument) for the mail from it"
  }

  private var words: String {
    switch self {
    case .unknownPool(let name, let known):
      name.contains("[")
        ? "\"\(name)\" is no pool: say the pool first, then the member"
        : Self.tablesWithoutPool(name) ?? Self.mailWithoutPool(name)
          ?? Self.parameterWithoutPool(name) ?? "no pool \"\(name)\""
          + (known.isEmpty
            ? " (there are no pools; \"randmap pool\" makes one)"
            : "; pools are: \(known.joined(separator: ", "))")
    case .unknownScope(let name, let known):
      name.contains("[") || name.contains("=")
        ? "\"\(name)\" is no scope: say first which mail it is for, such as outbound"
        : Self.tablesWithoutPool(name) ?? Self.mailOfDomain(name)
          ?? "no scope \"\(name)\": need outbound, to:example.com, from:example.com, class:relay or class:virtual"
          + (known.isEmpty ? "" : ", or a pool: \(known.joined(separator: ", "))")
    case .unknownMember(let name, let pool, let known, let call):
      "\(pool) has no member \"\(name)\"; members are: \(known.joined(separator: ", "))"
        + (call.map { "; to add it: \($0)" } ?? "")
    case .ambiguousMember(let name, let matches):
      "\"\(name)\" could be any of \(matches.joined(separator: ", ")); write one of them exactly so"
    case .unknownRoute(let key): "no parameter or table entry \"\(key)\""
    case .noDecision(let scope, let instead):
      "nothing is set for \(scope), so there is nothing to remove: \(instead ?? "randmap route shows where its mail goes")"
    case .notARoute(let name):
      "\(name) decides no destination; the parameters that do are: "
        + RoutingParameter.allCases.map(\.rawValue).joined(separator: ", ")
    case .ambiguousTable(let key, let tables, nil):
      "\"\(key)\" could be written to \(tables.joined(separator: ", ")); choose one with --table FILE"
    case .ambiguousTable(let key, let tables, let deciding?):
      "\"\(key)\" is in \(tables.joined(separator: ", ")), and the entry in \(deciding) decides; choose one with --table FILE"
    case .unknownTable(let name): "main.cf names no table \"\(name)\" that could be read"
    case .zeroWeight: "a weight of 0 would hide the member: use drain (it can be restored) or remove"
    case .badWeight(let weight, let maximum): "weight \(weight): need a number from 1 to \(maximum)"
    case .badTotal(let total, let maximum):
      "the weights come to \(total) together: need at most \(maximum), or percentages"
    case .badShare: "need a share above 0% and below 100%, and another member to take the rest"
    case .shareOutOfReach(let nearest, let others, let maximum):
      "the others have a weight of \(others) together, and the total is at most \(maximum): "
        + (nearest.map { "the nearest share is \(percent($0))" } ?? "no share is left")
        + "; set a weight, or reduce the others first"
    case .noMember(let name, let isDrained, let known):
      "no pool has a \(isDrained ? "drained " : "")member \"\(printable(name))\""
        + (known.isEmpty ? "" : "; members are: \(known.joined(separator: ", "))")
    case .alreadyMember(let name, let pool):
      "\"\(name)\" is a member already; to change its weight: randmap set \(pool?.asArgument ?? "POOL") \(name.asArgument) WEIGHT"
    case .otherSpelling(let name, let member, let pool, let weight):
      "\"\(name)\" is the gateway of the member \"\(member)\". To give it more mail: randmap set \(pool.asArgument) \(member.asArgument) \(weight)"
    case .isDrained(let name):
      "\"\(name)\" is drained: restore it first, with randmap restore \(name.asArgument)"
    case .drainedAlready(let name):
      "\"\(name)\" is drained already; to give it mail again: randmap restore \(name.asArgument)"
    case .notDrained(let name): "\"\(name)\" is not drained"
    case .isRamped(let name):
      "a plan moves the share of \"\(name)\" (`randmap ramp`): end it first, with randmap ramp \(name.asArgument) --cancel"
    case .notRamped(let name): "\"\(name)\" has no plan: see `randmap ramp`"
    case .wouldEmpty(let pool):
      "\(pool) would have no member left: a pool is never written empty. Add another gateway first: randmap add \(pool.asArgument) GATEWAY"
        + Self.callRemoving(pool, "the pool")
    case .onlyOneDestination(let pool, let destination, let spelled):
      (spelled.map { Self.sameness(of: $0, and: destination) } ?? "")
        + "\(pool) has one gateway. To share its mail: randmap pool \(Self.scopeWord(pool).asArgument) \("\(destination)=70".asArgument) \("\(Self.example(beside: destination))=30".asArgument)"
        + (spelled.map { Self.isExchanger($0, beside: destination) } ?? false
          ? "; to add the mail exchangers of that name: randmap add \(pool.asArgument) \((spelled ?? "").asArgument)"
          : "")
        + Self.callRemoving(pool, "that gateway")
    case .badScope(let scope, let reason): "\"\(scope)\": \(reason)"
    case .cannotPool(let scope, let reason): "\(scope): \(reason)"
    case .sharesDoNotAddUp(let sum):
      sum >= 1 && sum < 1.0005
        ? "the percentages come to 100%, so nothing is left for the members without one: give each a percentage"
        : "the percentages come to \(percent(sum)), need 100%"
    case .twice(let one, let other):
      one == other
        ? "\"\(one)\" is named twice: name it once, with its whole weight"
        : "\"\(one)\" and \"\(other)\" are the same gateway: name it once, with its whole weight"
    case .badCall(let words): words
    case .badText(let text, let reason): "\"\(text)\": \(reason)"
    case .notInOnePlace(let pool):
      "\(pool) is in a part of a value that randmap does not edit (several $names, or a table inside another one): edit that by hand, or write it in one place first"
    case .safetyNet(let pool, let reason): "the fallback of \(pool) cannot follow: \(reason)"
    case .cannotConvert(let pool, let reason): "\(pool) is not converted: \(reason)"
    }
  }
}
