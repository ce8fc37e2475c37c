// cidr_table(5): network addresses. Routing asks for mail addresses, so it answers only after another table.

/// A `cidr:` table, its bad rules left out as Postfix does.
package struct CidrTable: Sendable {
  private let steps: [PatternStep<Network, Rule>]

  private struct Rule: Sendable {
    let network: Network
    let value: Bytes
  }

  package init(_ rules: PatternRules) {
    var steps: [PatternStep<Network, Rule>] = []
    var depth = 0
    for line in rules.lines {
      if let condition = line.rest(after: "if") {
        guard let network = Network(condition) else { continue }
        steps.append(.open(network))
        depth += 1
      } else if let rest = line.rest(after: "endif") {
        guard depth > 0, rest.allSatisfy(\.isSpace) else { continue }
        steps.append(.close)
        depth -= 1
      } else {
        let end = PatternRules.endOfNetwork(line)
        let value = line[line.trimmed(end..<line.count)]
        guard !value.isEmpty, let network = Network(line[..<end]) else { continue }
        steps.append(.rule(Rule(network: network, value: Bytes(value))))
      }
    }
    self.steps = steps
  }

  /// What it answers for `key`; nil for everything that is no address.
  package func value(for key: Bytes) -> Bytes? {
    guard let address = Address(key) else { return nil }
    return PatternStep.first(of: steps, where: { $0.contains(address) }) { rule in
      rule.network.contains(address) ? rule.value : nil
    }
  }

  /// The bytes of an address: 4 or 16.
  fileprivate struct Address: Sendable {
    let bytes: Bytes

    init?(_ text: some Collection<UInt8>) {
      guard let bytes = HostName.addressBytes(text) else { return nil }
      self.bytes = bytes
    }
  }

  private struct Network: Sendable {
    let address: Address
    let length: Int
    /// Whether a `!` stood before it.
    let isNegated: Bool

    /// `!`s, then `address`, `address/length`, or either in brackets.
    init?(_ text: ArraySlice<UInt8>) {
      let trimmed = text[text.trimmed(text.startIndex..<text.endIndex)]
      let pattern = trimmed.drop { $0 == UInt8(ascii: "!") || $0.isSpace }
      isNegated = trimmed.prefix { $0 == UInt8(ascii: "!") || $0.isSpace }.count { !$0.isSpace } % 2 == 1
      var host = pattern.prefix { $0 != UInt8(ascii: "/") }
      var mask = pattern.dropFirst(host.count + 1)
      if pattern.first == UInt8(ascii: "[") {
        guard let close = pattern.firstIndex(of: UInt8(ascii: "]")) else { return nil }
        let inside = pattern[pattern.startIndex + 1..<close]
        let rest = pattern[(close + 1)...]
        guard rest.isEmpty || rest.first == UInt8(ascii: "/") else { return nil }
        host = rest.isEmpty ? inside.prefix { $0 != UInt8(ascii: "/") } : inside
        mask = rest.isEmpty ? inside.dropFirst(host.count + 1) : rest.dropFirst()
      }
      guard let address = Address(host) else { return nil }
      let bits = address.bytes.count * 8
      let isWhole = pattern.firstIndex(of: UInt8(ascii: "/")) == nil
      guard isWhole || (!mask.isEmpty && mask.allSatisfy(\.isDigit)),
        let length = isWhole ? bits : Int(mask.text),
        length <= bits
      else { return nil }
      // Postfix skips a rule whose host bits are not all zero.
      guard (length..<bits).allSatisfy({ !address.isSet($0) }) else { return nil }
      self.address = address
      self.length = length
    }

    func contains(_ other: Address) -> Bool {
      guard other.bytes.count == address.bytes.count else { return false }
      let same = (0..<length).allSatisfy { other.isSet($0) == address.isSet($0) }
      return same != isNegated
    }
  }
}

extension CidrTable.Address {
  fileprivate func isSet(_ bit: Int) -> Bool { bytes[bit / 8] & (0x80 >> (bit % 8)) != 0 }
}
