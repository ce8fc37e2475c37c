// Names that people see with ping(8) and that Postfix does not: smtp(8) asks the DNS alone, unless smtp_host_lookup has
// "native" too.

import PostfixFiles

enum HostsFile {
  /// More than that is a list of blocked names, which holds no gateway.
  private static let limit = 1 << 20

  /// Whether a file in the form of hosts(5) gives `name` an address.
  static func has(_ name: String, in path: String = "/etc/hosts") -> Bool {
    guard let bytes = try? FileReader.read(path), bytes.count <= limit else { return false }
    let wanted = name.lowercased()
    return bytes.text.split(whereSeparator: \.isNewline).contains { line in
      line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).dropFirst()
        .contains { $0.lowercased() == wanted }
    }
  }
}
