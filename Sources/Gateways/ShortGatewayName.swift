// What people type for a gateway: the first part of its host's name, `gw2` for gw2.example, or the host without its port.

/// A host without a port, or the first part of its name: letters, digits, hyphens and dots, or anything in brackets.
package struct ShortGatewayName: Sendable {
  private let host: String
  private let isFirstPart: Bool
  private let isBracketed: Bool

  /// Nil of any other word, such as one with a port.
  package init?(_ word: String) {
    let isBracketed = word.hasPrefix("[") && word.hasSuffix("]")
    let host = isBracketed ? word.dropFirst().dropLast() : word[...]
    guard !host.isEmpty, isBracketed ? !host.contains("]") : host.utf8.allSatisfy(isOfHostName) else {
      return nil
    }
    self.host = host.lowercased()
    self.isBracketed = isBracketed
    isFirstPart = !isBracketed && !host.contains(".")
  }

  /// The gateways that it can mean, as people write them, each once, in order.
  package func names(among gateways: [Gateway]) -> [String] {
    Set(gateways.lazy.filter(means).map(\.description)).sorted()
  }

  private func means(_ gateway: Gateway) -> Bool {
    // Without brackets a name means its mail exchangers, and with them it does not.
    if isBracketed, case .mx = gateway { return false }
    let name = gateway.name.lowercased()
    return name == host || isFirstPart && name.hasPrefix("\(host).")
  }
}

private func isOfHostName(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || (0x30...0x39).contains(byte)
    || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
}
