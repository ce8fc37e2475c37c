// A pattern table that decides before a pool: which of its rules answers, and the lines with which it leaves the mail to the pool.
// What is advised was tried: with these lines the mail goes where it should.

import PostfixFiles
import Routing

/// The rule of a pattern table that answers for an address.
private struct AnsweringRule {
  let document: Document
  let line: LogicalLine
  /// The name of the table in main.cf.
  let spec: TableSpec

  /// Without the rule.
  var without: Document { document.removing(line) }

  /// What comes into a block for the addresses that are not meant: as little as helps.
  enum Extent: CaseIterable {
    case rule, restOfFile, file

    var words: String {
      switch self {
      case .rule: "before that rule and \"endif\" after it"
      case .restOfFile: "before that rule and \"endif\" at the end of that file"
      case .file: "at the beginning of that file and \"endif\" at its end"
      }
    }
  }

  func leaving(_ condition: String, _ extent: Extent) -> Document {
    let start = extent == .file ? 0 : line.range.lowerBound
    let end = extent == .rule ? min(line.range.upperBound + 1, document.count) : document.count
    let needsNewline = document[end - 1..<end] != [.newline]
    return document.applying([
      Splice(range: start..<start, bytes: Bytes("\(condition)\n".utf8)),
      Splice(range: end..<end, bytes: Bytes("\(needsNewline ? "\n" : "")endif\n".utf8)),
    ])
  }
}

extension MailConfig {
  /// What a person can do about a pattern table in transport_maps that answers for `address`. Nil where none does, or nothing
  /// helps.
  ///
  /// - Parameters:
  ///   - names: the domains, or the address, that the pool is for; empty where it is for mail to anywhere.
  ///   - isRight: whether a configuration sends the mail where it should go.
  func adviceOnPatterns(
    answering address: String, for names: [String], isRight: (MailConfig) -> Bool
  ) -> String? {
    guard let rule = ruleOfPatterns(answering: address) else { return nil }
    if names.isEmpty { return adviceForAllMail(rule, address, isRight) }
    // "*" is asked for before the transport of a class.
    for condition in [Self.pattern(of: names), Self.pattern(of: names) + "|^[*]$"].map({ "if !/\($0)/" }) {
      for extent in AnsweringRule.Extent.allCases
      where isRight(replacing(rule.document, by: rule.leaving(condition, extent), of: rule.spec)) {
        return
          "line \(rule.line.number) of \(rule.document.path) answers for it: put a line \"\(condition)\" \(extent.words)"
      }
    }
    return nil
  }

  private func adviceForAllMail(
    _ first: AnsweringRule, _ address: String, _ isRight: (MailConfig) -> Bool
  ) -> String? {
    var lines = [first.line.number]
    var config = replacing(first.document, by: first.without, of: first.spec)
    while !isRight(config) {
      guard lines.count < 5, let next = config.ruleOfPatterns(answering: address),
        next.document.path == first.document.path
      else { return nil }
      lines.append(next.line.number + lines.count)
      config = config.replacing(next.document, by: next.without, of: next.spec)
    }
    let numbers = lines.map(String.init).joined(separator: " and ")
    return lines.count == 1
      ? "line \(numbers) of \(first.document.path) answers for it: take that line out, or let it match only the domains that it is for"
      : "lines \(numbers) of \(first.document.path) answer for it: take them out, or let them match only the domains that they are for"
  }

  /// With other rules in a table. What pcre: makes of them only Postfix can say, and it reads the file as it is: what can be
  /// read as regexp: too is.
  private func replacing(_ document: Document, by other: Document, of spec: TableSpec) -> MailConfig {
    var edited = self
    edited.update(other)
    guard spec.type == .pattern("pcre"), let place = spec.text.span(),
      let main = edited.document(place.file), main[place.range].text.hasPrefix("pcre:")
    else { return edited }
    let name = place.range.lowerBound..<place.range.lowerBound + "pcre".count
    edited.update(main.applying([Splice(range: name, bytes: Bytes("regexp".utf8))]))
    return edited
  }

  private func ruleOfPatterns(answering address: String) -> AnsweringRule? {
    let key = Bytes(address.lowercased().utf8)
    for site in tableSites(of: .transportMaps) where site.table?.isAnswer ?? false {
      guard let spec = site.table?.spec.unproxied, spec.isPattern, spec.type != .pattern("cidr"),
        case .file(let path) = spec.content, let document = document(absolute(path))
      else { continue }
      let rules = PatternRules(document)
      func answers(_ count: Int) -> Bool {
        (try? RegexpTable(rules.first(count), allowsSubstitution: false).value(for: key)) ?? nil != nil
      }
      guard answers(rules.rules.count) else { continue }
      // The first rule that answers, among thousands.
      var (low, high) = (0, rules.rules.count)
      while high - low > 1 {
        let middle = (low + high) / 2
        if answers(middle) { high = middle } else { low = middle }
      }
      guard high > 0, let place = rules.rules[high - 1].span(),
        let index = document.lineIndex(around: place.range.lowerBound)
      else { continue }
      return AnsweringRule(document: document, line: document.lines[index], spec: spec)
    }
    return nil
  }

  /// A pattern for addresses of domains and for the domains themselves, or for one address, in both kinds of tables.
  private static func pattern(of names: [String]) -> String {
    let escaped = names.map { name in
      let text = name.map { $0.isLetter || $0.isNumber || "-_@".contains($0) ? "\($0)" : "\\\($0)" }.joined()
      return name.hasPrefix(".") ? ".*\(text)" : text
    }
    let all = escaped.count == 1 ? escaped[0] : "(\(escaped.joined(separator: "|")))"
    return names.allSatisfy { $0.contains("@") } ? "^\(all)$" : "(^|@)\(all)$"
  }
}
