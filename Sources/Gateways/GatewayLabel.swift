// The first part of a host's name, which people type for the whole: `gw2` for gw2.example.

/// A word that can be such a part: letters, digits and hyphens.
package struct GatewayLabel: Sendable {
  private let prefix: String

  /// Nil of any other word, such as one with a dot or a port.
  package init?(_ word: String) {
    guard !word.isEmpty, word.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || isLetterOrDigit($0) }) else {
      return nil
    }
    prefix = "\(word.lowercased())."
  }

  /// The gateways whose names begin with it, as people write them, each once, in order.
  package func names(among gateways: [Gateway]) -> [String] {
    Set(gateways.lazy.filter { $0.name.lowercased().hasPrefix(prefix) }.map(\.description)).sorted()
  }
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
  (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
}
